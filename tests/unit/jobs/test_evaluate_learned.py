"""Evaluating a model on its own training videos warns; evaluating it on others does not."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from reelwise.core.errors import ModelFileError, TrainingError
from reelwise.evaluation.training_videos import TrainingVideos
from reelwise.jobs.api import evaluate
from reelwise.models.file import load_model_file, save_model


def training_videos_of(path: Path) -> TrainingVideos:
    return TrainingVideos.from_arrays(load_model_file(path / "model.keras").arrays)


def hashes(clips: Path, run: Path, *splits: str) -> set[int]:
    """First eight bytes of the SHA-256 of the files of these splits."""
    from reelwise.core.files import file_sha256

    with (run / "splits.csv").open(newline="") as stream:
        files = [row["file"] for row in csv.DictReader(stream) if row["split"] in splits]
    return {int(file_sha256(clips / name)[:16], 16) for name in files}


def with_arrays(run: Path, target: Path, **arrays: np.ndarray | None) -> Path:
    """The model of a run with some arrays changed or, for None, left out."""
    loaded = load_model_file(run / "model.keras")
    plain = {name: item for name, item in loaded.arrays.items() if not name.startswith("learned_from")}
    changed = {name.replace("__", "."): item for name, item in arrays.items() if item is not None}
    save_model(target, loaded.network, loaded.contract, loaded.metrics, {**plain, **changed}, loaded.training)
    return target


@pytest.fixture
def refitted(tiny_train, quick_fit):
    """A run whose model was refitted on all 18 videos."""
    return tiny_train(out="refitted", no_refit=False)


def test_evaluating_a_refitted_model_on_its_own_videos_warns(refitted, clips, cache, tmp_path, listener):
    metrics = evaluate(refitted.path, clips, out=tmp_path / "out", cache_dir=cache, progress=listener)
    words = "the model was trained on 18 of these 18 videos: this score says nothing about new ones."
    assert words in listener.warned
    assert metrics["learned_from"] == 18
    assert words.rstrip(".") in metrics["verdict"]
    assert json.loads((tmp_path / "out" / "metrics.json").read_text()) == metrics
    page = (tmp_path / "out" / "report.html").read_text()
    assert f"T{words[1:]}" in page
    assert "Beats every simple rule" not in page


def test_a_copy_under_another_name_is_the_same_video(refitted, clips, cache, tmp_path, listener):
    (tmp_path / "data" / "up").mkdir(parents=True)
    first, second = sorted((clips / "up").glob("*.mp4"))[:2]
    shutil.copy(first, tmp_path / "data" / "up" / "another name.mp4")
    (tmp_path / "data" / "up" / "new.mp4").write_bytes(second.read_bytes() + b"\0\0\0\x08free")
    metrics = evaluate(refitted.path, tmp_path / "data", cache_dir=cache, progress=listener)
    assert (metrics["learned_from"], metrics["num_videos"]) == (1, 2)
    assert "the model was trained on 1 of these 2 videos: this score is too good." in listener.warned


def test_without_a_refit_only_train_and_val_are_in_the_list(tested, clips, cache):
    training_videos = training_videos_of(tested.path)
    assert set(training_videos.contents.tolist()) == hashes(clips, tested.path, "train", "val")
    assert training_videos.is_complete
    assert evaluate(tested.path, clips, cache_dir=cache)["learned_from"] == 15


def test_videos_used_only_for_calibration_are_in_the_list(tiny_train, quick_fit, clips):
    run = tiny_train(folds=3)
    assert len(training_videos_of(run.path).contents) == 18


def test_metrics_of_train_have_no_such_field(refitted, tested):
    for run in (refitted, tested):
        assert "learned_from" not in run.metrics
        assert "trained on" not in run.metrics["verdict"]


def test_the_golden_file_of_an_older_version_has_no_list():
    arrays = load_model_file(Path(__file__).parents[2] / "golden" / "frames_only.keras").arrays
    training_videos = TrainingVideos.from_arrays(arrays)
    assert (len(training_videos.contents), training_videos.is_complete) == (0, False)


def test_a_file_without_a_list_gives_no_count_and_no_warning(tested, clips, cache, tmp_path, listener):
    metrics = evaluate(with_arrays(tested.path, tmp_path / "old.keras"), clips, cache_dir=cache, progress=listener)
    assert "learned_from" not in metrics
    assert "trained on" not in metrics["verdict"]
    assert any("does not list all its training videos" in text for text in listener.said)
    assert not any("trained on" in text for text in listener.warned)


@pytest.mark.parametrize(
    "damaged",
    [np.arange(18.0), np.zeros((3, 3), np.uint64), np.array([2, 1], np.uint64), np.arange(1_000_001, dtype=np.uint64)],
)
def test_a_damaged_list_costs_only_the_count(damaged, tested, clips, cache, tmp_path, tiny_train, listener):
    path = with_arrays(tested.path, tmp_path / "damaged.keras", learned_from__all=damaged)
    metrics = evaluate(path, clips, cache_dir=cache, progress=listener)
    assert "learned_from" not in metrics
    assert metrics["baselines"]
    assert any(
        text.startswith("whether the model was trained on these videos is not known") for text in listener.warned
    )
    with pytest.raises(ModelFileError, match=r"learned_from\.all in the model file"):
        tiny_train(from_model=path)


@pytest.fixture
def others(clips, tmp_path):
    """The clips once more with other bytes that show the same."""
    root = tmp_path / "others"
    shutil.copytree(clips, root)
    for path in root.rglob("*.mp4"):
        path.write_bytes(path.read_bytes() + b"\0\0\0\x08free")
    return root


def test_the_list_of_the_starting_model_is_carried_on(tested, others, clips, cache, tiny_train, quick_fit):
    run = tiny_train(others, from_model=tested.path)
    training_videos = training_videos_of(run.path)
    assert set(training_videos_of(tested.path).contents.tolist()) < set(training_videos.contents.tolist())
    assert (len(training_videos.contents), training_videos.is_complete) == (30, True)
    assert evaluate(run.path, clips, cache_dir=cache)["learned_from"] == 15


def test_after_a_start_without_a_list_there_is_no_count(tested, others, clips, cache, tmp_path, tiny_train, quick_fit):
    run = tiny_train(others, from_model=with_arrays(tested.path, tmp_path / "old.keras"))
    assert "learned_from" not in evaluate(run.path, clips, cache_dir=cache)
    assert evaluate(run.path, others, cache_dir=cache)["learned_from"] == 15


def test_train_warns_when_the_starting_model_was_trained_on_the_test_videos(refitted, tiny_train, tested):
    def notes_of(run):
        return [
            text for text in json.loads((run.path / "run.json").read_text())["notes"] if "--from was trained" in text
        ]

    notes = notes_of(tiny_train(out="again", from_model=refitted.path))
    assert notes == ["the model of --from was trained on 3 of the 3 test videos: the score is too good."]
    assert len(notes_of(tiny_train(out="folds", from_model=refitted.path, folds=3))) == 1
    assert not notes_of(tiny_train(out="unknown", from_model=tested.path))


def test_the_last_good_weights_have_the_list_too(clips, tmp_path, tiny_train, loss_turns_nan):
    with pytest.raises(TrainingError):
        tiny_train()
    assert set(training_videos_of(tmp_path / "run").contents.tolist()) == hashes(
        clips, tmp_path / "run", "train", "val"
    )
