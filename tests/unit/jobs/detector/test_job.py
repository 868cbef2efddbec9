"""``reelwise train FOLDER --model shots``: options, and a whole tiny run."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import reelwise as rw
from reelwise.analysis.shots.weights import SHIPPED_WEIGHTS, load_weights
from reelwise.core.errors import DataError, UsageError
from reelwise.core.progress import Silent
from reelwise.jobs.analyze import analyze_job
from reelwise.jobs.detector import job
from reelwise.jobs.detector.recordings import MIN_TAKE, read_recordings
from reelwise.jobs.runs.options import AnalyzeOptions, TrainOptions
from reelwise.media.writers.writer import write_video


def write_takes(folder: Path, num_videos: int) -> list[Path]:
    folder.mkdir()
    paths = [folder / f"{number}.mp4" for number in range(num_videos)]
    for number, path in enumerate(paths):
        pictures = np.random.default_rng(number).integers(0, 256, (2, 8, 8, 3), np.uint8)
        frames = np.repeat(np.kron(pictures, np.ones((1, 16, 16, 1), np.uint8)), 40, axis=0)
        write_video(path, frames, Fraction(25))
    return paths


@pytest.mark.parametrize(
    ("options", "name"),
    [({"folds": 3}, "--folds"), ({"frame_stride": 2}, "--frame-stride"), ({"from_model": Path("m.keras")}, "--from")],
)
def test_options_that_make_no_sense_are_refused_by_name(tmp_path: Path, options: dict[str, object], name: str) -> None:
    with pytest.raises(UsageError, match=f"^{name} makes no sense for --model shots"):
        job.check_shots_options(TrainOptions(str(tmp_path), model="shots", **options))  # pyright: ignore[reportArgumentType]


def test_videos_become_takes_without_their_cuts(tmp_path: Path) -> None:
    (path,) = write_takes(tmp_path / "videos", 1)
    broken = tmp_path / "videos" / "broken.mp4"
    broken.write_bytes(path.read_bytes()[:300])
    (recording,) = read_recordings([broken, path], Silent())
    assert recording.path == path
    takes = [scene.take(MIN_TAKE, np.random.default_rng(0)) for scene in recording.scenes]
    assert len(takes) == 2
    assert all(np.abs(np.diff(take, axis=0)).mean() < 3 for take in takes)


def test_one_video_is_too_few(tmp_path: Path) -> None:
    write_takes(tmp_path / "videos", 1)
    with pytest.raises(DataError, match="1 videos can be used, expected two or more"):
        job.train_shots(TrainOptions(str(tmp_path / "videos"), model="shots", out=tmp_path / "run"), Silent())


@pytest.mark.backend
def test_a_run_hands_over_weights_and_a_comparison(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_takes(tmp_path / "videos", 3)
    monkeypatch.setattr(job, "NUM_SEQUENCES", 6)
    monkeypatch.setattr(job, "NUM_GRADUAL", 2)
    monkeypatch.setattr(job, "NUM_VALIDATION", 2)
    run = rw.train_shots(tmp_path / "videos", out=str(tmp_path / "run"), epochs=1, threads=1)
    assert isinstance(run, rw.DetectorRun)
    assert json.loads((tmp_path / "run" / "metrics.json").read_text()) == run.metrics
    baseline = run.metrics["baselines"]["shipped_detector"]
    assert set(baseline) == set(run.metrics) - {"baselines"}
    assert {"boundaries", "cuts", "gradual"} <= set(baseline)
    assert load_weights(run.weights_path).arrays["heads.bias"].shape == (6,)
    with pytest.raises(UsageError, match="is not empty"):
        rw.train_shots(tmp_path / "videos", out=tmp_path / "run")
    analysis = rw.analyze(tmp_path / "videos/0.mp4", out=tmp_path / "out", do="shots", model=run.weights_path).analyses[
        0
    ]
    assert str(analysis.tool.options["shots"]).startswith("shots.safetensors, sha256 ")


def test_train_says_which_function_trains_a_detector(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a detector") as refusal:
        rw.train(tmp_path, model="shots")
    assert "train_shots" in refusal.value.hint
    with pytest.raises(UsageError, match=r"^--folds makes no sense for --model shots"):
        rw.train_shots(tmp_path, folds=3)  # pyright: ignore[reportCallIssue]


def test_analyze_takes_one_detector(tmp_path: Path) -> None:
    (path,) = write_takes(tmp_path / "videos", 1)
    own = tmp_path / "shots.safetensors"
    own.write_bytes(SHIPPED_WEIGHTS.read_bytes())
    run = analyze_job(AnalyzeOptions((str(path),), out=tmp_path / "out", do="shots", model=(own,)), Silent())
    (analysis,) = run.analyses
    assert str(analysis.tool.options["shots"]).startswith("shots.safetensors, sha256 ")
    with pytest.raises(UsageError, match="two shot detectors"):
        analyze_job(AnalyzeOptions((str(path),), out=tmp_path / "other", model=(own, own)), Silent())
