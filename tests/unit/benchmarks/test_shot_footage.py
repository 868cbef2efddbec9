"""The truth of the benchmark of shots is exact, and its sources train no detector; made-up takes, no video."""

import itertools
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from reelwise.metrics.boundaries import TRANSITION_TYPES, Boundary

BENCHMARKS = str(Path(__file__).parents[3] / "benchmarks")
SCENES = ["a", "b", "c", "d"]
LEVELS = (40, 90, 150, 210)
"""Grey level of each made-up take, so that a frame says which shot it is from."""


@pytest.fixture
def shot_edits(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    import shot_edits

    monkeypatch.setattr(shot_edits, "SIZE_HW", (6, 8))
    return shot_edits


@pytest.mark.parametrize("seed", range(4))
def test_every_frame_outside_of_a_transition_is_wholly_of_its_shot(shot_edits, seed):
    takes = [np.full((360, 6, 8, 3), level, np.uint8) for level in LEVELS]
    shots, blends = shot_edits._plan_edit(SCENES, [360] * 4, 25.0, np.random.default_rng(seed))
    frames = list(shot_edits._frames_of(shots, blends, takes))
    truths = list(shot_edits._truths_of(shots, blends))
    edges = [0, *(edge for truth in truths for edge in (truth.start_frame, truth.end_frame)), len(frames)]
    for shot, start, end in zip(shots, edges[::2], edges[1::2], strict=True):
        assert end - start == shot.num_own
        assert all((frame == LEVELS[shot.take]).all() for frame in frames[start:end])
    for truth in filter(lambda truth: truth.is_gradual, truths):
        middle = frames[(truth.start_frame + truth.end_frame) // 2]
        assert (middle != frames[truth.start_frame - 1]).any()  # not wholly of the shot before
        assert (middle != frames[truth.end_frame]).any()  # nor of the one behind


def test_shots_have_the_lengths_and_types_that_the_issue_asks_for(shot_edits):
    lengths, truths, rate = [], [], 25.0
    for seed in range(40):
        shots, blends = shot_edits._plan_edit(SCENES, [360] * 4, rate, np.random.default_rng(seed))
        lengths += [shot.num_own for shot in shots]
        truths += list(shot_edits._truths_of(shots, blends))
        assert all(SCENES[a.take] != SCENES[b.take] for a, b in itertools.pairwise(shots))
    seconds = np.array(lengths) / rate
    is_short = np.array(lengths) <= 14  # a few of the others are 0.5 s, 12 to 14 frames, long
    assert 0.07 < is_short.mean() < 0.16
    assert 0.45 < np.median(seconds[~is_short]) / 2 < 1.1  # log-uniform: the middle is 2 s
    assert seconds.max() <= 8.0
    assert len(truths) >= 1000
    assert {truth.type for truth in truths} == set(TRANSITION_TYPES)


@pytest.mark.real
def test_no_source_trains_the_detector(monkeypatch, real_data):
    monkeypatch.syspath_prepend(BENCHMARKS)
    monkeypatch.setenv("REELWISE_REAL_DATA", str(real_data))
    monkeypatch.delitem(sys.modules, "shot_sources", raising=False)
    import shot_sources

    monkeypatch.setattr(shot_sources, "count_frames", lambda path: 300)
    files = {take.file for take in shot_sources.list_takes()}
    assert len(files) > 60
    assert all((real_data / file).is_file() for file in files)
    assert not files & shot_sources.TRAINING_FILES
    assert not any("asl_gestures" in file or "uuid540" in file or "FLIR" in file for file in files)
    assert all(not file.startswith(("clips/", "actions/")) for file in {
        take.file for take in shot_sources.list_takes(("clips", "actions"))
    })  # fmt: skip


def test_the_list_of_boundaries_is_read_again(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(BENCHMARKS)
    import shot_footage

    truths = {"edits/000.mp4": [Boundary(4, 9, "wipe")], "distractors/x-0.mp4": []}
    shot_footage._write_truth(tmp_path / "truth.csv", truths)
    assert shot_footage.read_truth(tmp_path / "truth.csv") == truths


def test_what_an_interrupted_run_made_is_used(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(BENCHMARKS)
    import shot_footage

    makes: list[str] = []

    def write_edit(path, takes, seed):
        makes.append(path.name)
        if makes.count("002.mp4") == 1:
            raise KeyboardInterrupt
        return [Boundary(seed + 1, seed + 1)]

    monkeypatch.setattr(shot_footage, "list_takes", lambda without: ())
    monkeypatch.setattr(shot_footage, "ProcessPoolExecutor", ThreadPoolExecutor)
    monkeypatch.setattr(shot_footage, "KINDS", shot_footage.KINDS[:1])
    monkeypatch.setattr(shot_footage, "write_edit", write_edit)
    monkeypatch.setattr(shot_footage, "write_distractor", lambda path, kind, takes, seed: makes.append(path.name))
    with pytest.raises(KeyboardInterrupt):
        shot_footage.made_videos(tmp_path, 3, 3)
    videos = shot_footage.made_videos(tmp_path, 3, 3)
    assert [video.truths for video in videos if video.kind == "edits"] == [(Boundary(n, n),) for n in (1, 2, 3)]
    assert [video.kind for video in videos if video.kind != "edits"] == ["flashes"] * 3
    assert makes.count("000.mp4") == makes.count("001.mp4") == makes.count("flashes-0.mp4") == 1
    shot_footage.made_videos(tmp_path, 3, 3)
    assert makes.count("002.mp4") == 2  # nothing is made again once all is there
