"""Training a model that makes clips on videos without classes, and on videos that are hardly fit for it."""

import json
from pathlib import Path

import numpy as np
import pytest
from tiny_classes import RATE, TINY, square_video

from reelwise.core.errors import DataError
from reelwise.jobs.api import generate, info, train
from reelwise.jobs.runs.folder import Run
from reelwise.media.writers.writer import write_video

SHORT = {**TINY, "epochs": 1}


def write_videos(folder: Path, videos: list[np.ndarray]) -> Path:
    for number, frames in enumerate(videos):
        write_video(folder / f"{number:02}.mp4", frames, RATE)
    return folder


@pytest.fixture(scope="module")
def flat_run(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Of ten videos in one folder."""
    folder = tmp_path_factory.mktemp("flat")
    videos = [square_video("small", seed) for seed in range(10)]
    return train(write_videos(folder / "flat", videos), out=folder / "run", cache_dir=cache, **SHORT)


def test_a_flat_folder_trains_without_classes(flat_run: Run) -> None:
    metrics = flat_run.metrics
    assert metrics["labels"] == []
    assert metrics["kvd"] is None
    assert sorted(metrics["distances"]) == ["fvd[random]", "kvd[random]"]
    assert metrics["baselines"] == {}
    assert "class_accuracy" not in metrics
    assert "These clips have no score, for want of classes and with too few clips (256 clips" in metrics.verdict
    assert "your data is too small for this (6 videos)" in metrics.verdict
    page = (flat_run.path / "report.html").read_text()
    assert "How far are they from real clips?" in page
    assert "Generated clips by class" not in page
    assert page.count("data:image/webp") >= 20
    assert not (flat_run.path / "predictions.csv").exists()
    assert info(flat_run.path)
    assert json.loads((flat_run.path / "metrics.json").read_text())["kvd"] is None


def test_clips_are_drawn_without_a_label(flat_run: Run, cache: Path, tmp_path: Path) -> None:
    assert len(generate(flat_run.path, out=tmp_path / "new", num=1, steps=2, cache_dir=cache).files) > 0


def test_videos_that_stand_still_and_a_class_of_one_video_are_trained_and_said(cache: Path, tmp_path: Path) -> None:
    videos = [np.full((12, 16, 16, 3), 20 * number, np.uint8) for number in range(6)]  # the first one is black
    for number, video in enumerate(videos):
        video[:, number : number + 3, 4:12] = 250 - 20 * number
    write_videos(tmp_path / "clips" / "usual", videos[:-1])
    write_videos(tmp_path / "clips" / "rare", videos[-1:])
    run = train(tmp_path / "clips", out=tmp_path / "run", cache_dir=cache, **SHORT)
    assert "nothing moves in the real test clips" in run.metrics.verdict
    assert run.metrics.labels == ["rare", "usual"]


def test_videos_that_are_all_alike_are_one_recording(cache: Path, tmp_path: Path) -> None:
    video = square_video("small", 3)
    with pytest.raises(DataError, match="one recording"):
        train(write_videos(tmp_path / "clips", [video] * 4), out=tmp_path / "run", cache_dir=cache, **SHORT)


def test_one_clip_and_clips_that_are_too_short_are_refused_with_the_mend(cache: Path, tmp_path: Path) -> None:
    videos = [square_video("small", seed) for seed in range(5)]
    with pytest.raises(DataError, match="there is 1 video") as caught:
        train(write_videos(tmp_path / "one", videos[:1]), out=tmp_path / "run", cache_dir=cache, **SHORT)
    assert "Give two videos or more" in caught.value.hint
    short_videos = [video[:3] for video in videos]
    with pytest.raises(DataError, match="No video has 4 frames") as caught:
        train(write_videos(tmp_path / "short", short_videos), out=tmp_path / "run2", cache_dir=cache, **SHORT)
    assert caught.value.hint
