"""``reelwise train FOLDER --model shots``: options, and a whole tiny run."""

import json
import tempfile
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
    [
        ({"folds": 3}, "--folds"),
        ({"frame_stride": 2}, "--frame-stride"),
        ({"from_model": Path("m.keras")}, "--from"),
        ({"cache_gb": 3.0}, "--cache-gb"),
    ],
)
def test_options_that_make_no_sense_are_refused_by_name(tmp_path: Path, options: dict[str, object], name: str) -> None:
    with pytest.raises(UsageError, match=f"^{name} makes no sense for --model shots"):
        job.check_shots_options(TrainOptions(str(tmp_path), model="shots", **options))  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"seed": -1}, "--seed is -1, expected 0 to 4,000,000"),
        ({"epochs": 0}, "--epochs is 0, expected 1 to"),
        ({"epochs": -1}, "--epochs is -1, expected 1 to"),
        ({"threads": -3}, "--threads is -3, expected 1 to"),
        ({"backend": "theano"}, "theano"),
    ],
)
def test_numbers_are_refused_before_any_work(tmp_path: Path, options: dict[str, object], complaint: str) -> None:
    write_takes(tmp_path / "videos", 1)
    train_options = TrainOptions(str(tmp_path / "videos"), model="shots", out=tmp_path / "run", **options)  # pyright: ignore[reportArgumentType]
    with pytest.raises(UsageError, match=complaint):
        job.train_shots(train_options, Silent())
    assert not (tmp_path / "run").exists()


def test_data_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no such file or folder"):
        job.check_shots_options(TrainOptions(str(tmp_path / "gone"), model="shots"))
    with pytest.raises(UsageError, match="DATA is empty"):
        job.check_shots_options(TrainOptions("", model="shots"))
    with pytest.raises(UsageError, match="expected a folder of videos"):
        job.check_shots_options(TrainOptions("synthetic:motion", model="shots"))


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
    with pytest.raises(DataError, match="1 video can be used, expected two or more"):
        job.train_shots(TrainOptions(str(tmp_path / "videos"), model="shots", out=tmp_path / "run"), Silent())


@pytest.mark.backend
def test_a_run_hands_over_weights_and_a_comparison(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_takes(tmp_path / "videos", 3)
    monkeypatch.setattr(job, "NUM_SEQUENCES", 4)
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


class SetsTheToken(Silent):
    """Requests a stop in the first step of a stage, and keeps what lies in the cache then."""

    def __init__(self, token: rw.StopToken, title: str, cache: Path) -> None:
        self.token, self.title, self.cache, self.current = token, title, cache, ""
        self.scratch: list[str] = []

    def stage(self, title: str) -> None:
        self.current = title

    def update(self, done: float, total: float, unit: str, note: str = "") -> None:
        if self.current == self.title:
            self.scratch = [path.name for path in self.cache.glob("scratch-train-*[0-9]/*/*.npy")]
            self.token.set()


@pytest.mark.backend
@pytest.mark.parametrize(
    ("title", "num_files"),
    [("decode", 0), ("make examples", 3), ("train", 6), ("calibrate", 0), ("evaluate", 0)],
)
def test_a_stop_is_heard_in_each_stage_and_leaves_no_examples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, title: str, num_files: int
) -> None:
    write_takes(tmp_path / "videos", 2)
    for name, number in (("NUM_SEQUENCES", 2), ("NUM_GRADUAL", 1), ("NUM_VALIDATION", 2)):
        monkeypatch.setattr(job, name, number)
    if title in ("calibrate", "evaluate"):
        monkeypatch.setattr(job, "NUM_EPOCHS", 0)  # these come after a training, which takes most of the time
    monkeypatch.setattr(tempfile, "mkdtemp", lambda *args, **kwargs: pytest.fail("only the cache may be written"))
    token, cache = rw.StopToken(), tmp_path / "cache"
    progress = SetsTheToken(token, title, cache)
    with pytest.raises(rw.Interruption, match="run: stopped before there was a detector") as stopped:
        rw.train_shots(
            tmp_path / "videos", out=tmp_path / "run", cache_dir=cache, threads=1, stop=token, progress=progress
        )
    assert stopped.value.hint == "Begin again with the same command."
    assert len(progress.scratch) == num_files
    assert list(cache.glob("scratch-*")) == []
    assert list((tmp_path / "run").iterdir()) == []


def test_train_says_which_function_trains_a_detector(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="a detector") as refusal:
        rw.train(tmp_path, model="shots")
    assert "train_shots" in refusal.value.hint
    with pytest.raises(UsageError, match=r"^--folds makes no sense for --model shots"):
        rw.train_shots(tmp_path, folds=3)  # pyright: ignore[reportCallIssue]


def test_a_verb_of_classifiers_says_what_a_detector_is_for(tmp_path: Path) -> None:
    own = tmp_path / "shots.safetensors"
    own.write_bytes(SHIPPED_WEIGHTS.read_bytes())
    for model in (own, tmp_path):
        with pytest.raises(UsageError, match="is a shot detector, expected a classifier") as refusal:
            rw.load_model(model)
        assert "reelwise analyze VIDEO --model" in refusal.value.hint


@pytest.mark.parametrize(
    ("model", "complaint", "hint"),
    [
        ("shots,cnn_lstm", "is a detector without labels, and the others are classifiers", "in a run of its own"),
        ("cnn, shots:nano", "is a detector without labels, and the others are classifiers", "in a run of its own"),
        ("shots:nano", "the detector has one size", "Use --model shots"),
    ],
)
def test_a_detector_is_no_classifier_and_has_no_preset(tmp_path: Path, model: str, complaint: str, hint: str) -> None:
    with pytest.raises(UsageError, match=complaint) as refusal:
        rw.train(tmp_path, model=model)
    assert hint in refusal.value.hint


def test_analyze_takes_one_detector(tmp_path: Path) -> None:
    (path,) = write_takes(tmp_path / "videos", 1)
    own = tmp_path / "shots.safetensors"
    own.write_bytes(SHIPPED_WEIGHTS.read_bytes())
    run = analyze_job(AnalyzeOptions((str(path),), out=tmp_path / "out", do="shots", model=(own,)), Silent())
    (analysis,) = run.analyses
    assert str(analysis.tool.options["shots"]).startswith("shots.safetensors, sha256 ")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "shots.safetensors").write_bytes(SHIPPED_WEIGHTS.read_bytes())
    options = AnalyzeOptions((str(path),), out=tmp_path / "of-run", do="shots", model=(tmp_path / "run",))
    assert analyze_job(options, Silent()).analyses[0].tool == analysis.tool
    with pytest.raises(UsageError, match="two shot detectors"):
        analyze_job(AnalyzeOptions((str(path),), out=tmp_path / "other", model=(own, own)), Silent())
