"""Runs of hops as runs of frames, whatever is longer, a hop or a frame."""

import numpy as np
import pytest

from reelwise.analysis.label_runs import FrameRun, LabelRuns


def runs_of(frames: list[int], holds: list[bool], num_frames: int) -> list[tuple[int, int]]:
    label_runs, found = LabelRuns(), list[FrameRun]()
    for start, end, each in zip(frames, [*frames[1:], num_frames], holds, strict=True):
        found += label_runs.push(start, end, holds=each, prob=0.5)
    return [(run.start, run.end) for run in [*found, *label_runs.finish(num_frames)]]


@pytest.mark.parametrize("seed", range(40))
def test_frames_are_those_of_all_hops_together(seed):
    """Hops of no, one or several frames: what touches is one run, and what holds no frame is none."""
    rng = np.random.default_rng(seed)
    frames = np.concatenate([[0], np.cumsum(rng.integers(0, 3, 60))]).tolist()
    holds = (rng.random(60) < 0.6).tolist()
    num_frames = frames[-1]
    covered = np.zeros(num_frames + 1, bool)
    for first, after, each in zip(frames[:-1], frames[1:], holds, strict=True):
        covered[first:after] |= each
    edges = np.flatnonzero(np.diff(np.concatenate([[0], covered.astype(int), [0]])))
    expected = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
    assert runs_of(frames[:-1], holds, num_frames) == expected


def test_the_score_is_the_highest_of_what_became_one():
    label_runs = LabelRuns()
    answers = [(0, 3, True, 0.7), (3, 3, False, 0.1), (3, 6, True, 0.9), (6, 9, False, 0.2)]
    found = [run for start, end, holds, prob in answers for run in label_runs.push(start, end, holds=holds, prob=prob)]
    assert found == [FrameRun(0, 6, 0.9)]
    assert list(label_runs.finish(12)) == []


def test_what_holds_to_the_end_ends_with_the_video():
    assert runs_of([0, 4, 8], [False, True, True], 11) == [(4, 11)]
