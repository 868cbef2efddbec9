"""Who judges a model on videos that it learned from is told so; who does not, is not."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from reelwise.core.errors import ModelFileError, TrainingError
from reelwise.evaluation.learned_from import LearnedFrom
from reelwise.jobs.api import evaluate
from reelwise.models.file import load_model_file, save_model


def known_to(path: Path) -> LearnedFrom:
    return LearnedFrom.from_arrays(load_model_file(path / "model.keras").arrays)


def hashes(clips: Path, run: Path, *splits: str) -> set[int]:
    """First eight bytes of the SHA-256 of the files of these splits."""
    from reelwise.core.files import file_sha256

    with (run / "splits.csv").open(newline="") as stream:
        files = [row["file"] for row in csv.DictReader(stream) if row["split"] in splits]
    return {int(file_sha256(clips / name)[:16], 16) for name in files}


def rewritten(run: Path, target: Path, **arrays: np.ndarray | None) -> Path:
    """The model of a run with some arrays changed or, for None, left out."""
    loaded = load_model_file(run / "model.keras")
    plain = {name: item for name, item in loaded.arrays.items() if not name.startswith("learned_from")}
    given = {name.replace("__", "."): item for name, item in arrays.items() if item is not None}
    save_model(target, loaded.network, loaded.contract, loaded.metrics, {**plain, **given}, loaded.training)
    return target


@pytest.fixture
def refitted(tiny_train, quick_fit):
    """A run whose model was refitted on all 18 videos."""
    return tiny_train(out="refitted", no_refit=False)


def test_a_refitted_model_judged_on_its_own_videos_is_told_so(refitted, clips, cache, tmp_path, listener):
    told = listener
    metrics = evaluate(refitted.path, clips, out=tmp_path / "out", cache_dir=cache, progress=told)
    words = "the model learned from 18 of these 18 videos: this score says nothing of new ones."
    assert words in told.warned
    assert metrics["learned_from"] == 18
    assert words.rstrip(".") in metrics["verdict"]
    assert json.loads((tmp_path / "out" / "metrics.json").read_text()) == metrics
    page = (tmp_path / "out" / "report.html").read_text()
    assert f"T{words[1:]}" in page
    assert "Beats every simple rule" not in page


def test_a_copy_under_another_name_is_the_same_video(refitted, clips, cache, tmp_path, listener):
    (tmp_path / "data" / "up").mkdir(parents=True)
    first, second = sorted((clips / "up").glob("*.mp4"))[:2]
    shutil.copy(first, tmp_path / "data" / "up" / "nobody knows me.mp4")
    (tmp_path / "data" / "up" / "new.mp4").write_bytes(second.read_bytes() + b"\0\0\0\x08free")
    told = listener
    metrics = evaluate(refitted.path, tmp_path / "data", cache_dir=cache, progress=told)
    assert (metrics["learned_from"], metrics["num_videos"]) == (1, 2)
    assert "the model learned from 1 of these 2 videos: this score flatters it." in told.warned


def test_without_a_refit_only_train_and_val_were_learned_from(tested, clips, cache):
    known = known_to(tested.path)
    assert set(known.contents.tolist()) == hashes(clips, tested.path, "train", "val")
    assert known.whole
    assert evaluate(tested.path, clips, cache_dir=cache)["learned_from"] == 15


def test_videos_that_only_decided_the_calibration_count(tiny_train, quick_fit, clips):
    run = tiny_train(folds=3)
    assert len(known_to(run.path).contents) == 18


def test_train_itself_says_nothing_of_it(refitted, tested):
    for run in (refitted, tested):
        assert "learned_from" not in run.metrics
        assert "learned from" not in run.metrics["verdict"]


def test_the_golden_file_of_before_says_nothing():
    arrays = load_model_file(Path(__file__).parents[2] / "golden" / "frames_only.keras").arrays
    known = LearnedFrom.from_arrays(arrays)
    assert (len(known.contents), known.whole) == (0, False)


def test_a_file_from_before_is_judged_without_a_claim(tested, clips, cache, tmp_path, listener):
    told = listener
    metrics = evaluate(rewritten(tested.path, tmp_path / "old.keras"), clips, cache_dir=cache, progress=told)
    assert "learned_from" not in metrics
    assert "learned from" not in metrics["verdict"]
    assert any("does not say all it learned from" in text for text in told.said)
    assert not any("learned from" in text for text in told.warned)


@pytest.mark.parametrize(
    "odd",
    [np.arange(18.0), np.zeros((3, 3), np.uint64), np.array([2, 1], np.uint64), np.arange(1_000_001, dtype=np.uint64)],
)
def test_an_odd_list_costs_only_the_answer(odd, tested, clips, cache, tmp_path, tiny_train, listener):
    path, told = rewritten(tested.path, tmp_path / "odd.keras", learned_from__all=odd), listener
    metrics = evaluate(path, clips, cache_dir=cache, progress=told)
    assert "learned_from" not in metrics
    assert metrics["baselines"]
    assert any(text.startswith("whether the model learned from these videos is not known") for text in told.warned)
    with pytest.raises(ModelFileError, match="learned from is not"):
        tiny_train(from_model=path)


@pytest.fixture
def others(clips, tmp_path):
    """The clips once more with other bytes that show the same."""
    root = tmp_path / "others"
    shutil.copytree(clips, root)
    for path in root.rglob("*.mp4"):
        path.write_bytes(path.read_bytes() + b"\0\0\0\x08free")
    return root


def test_what_the_start_learned_from_is_carried_on(tested, others, clips, cache, tiny_train, quick_fit):
    run = tiny_train(others, from_model=tested.path)
    known = known_to(run.path)
    assert set(known_to(tested.path).contents.tolist()) < set(known.contents.tolist())
    assert (len(known.contents), known.whole) == (30, True)
    assert evaluate(run.path, clips, cache_dir=cache)["learned_from"] == 15


def test_after_a_start_that_does_not_say_nothing_is_claimed(
    tested, others, clips, cache, tmp_path, tiny_train, quick_fit
):
    run = tiny_train(others, from_model=rewritten(tested.path, tmp_path / "old.keras"))
    assert "learned_from" not in evaluate(run.path, clips, cache_dir=cache)
    assert evaluate(run.path, others, cache_dir=cache)["learned_from"] == 15


def test_train_tells_when_the_start_knows_the_test_videos(refitted, tiny_train, tested):
    def notes_of(run):
        return [text for text in json.loads((run.path / "run.json").read_text())["notes"] if "--from learned" in text]

    known = notes_of(tiny_train(out="again", from_model=refitted.path))
    assert known == ["the model of --from learned from 3 of the 3 test videos: the score flatters."]
    assert len(notes_of(tiny_train(out="folds", from_model=refitted.path, folds=3))) == 1
    assert not notes_of(tiny_train(out="unknown", from_model=tested.path))


def test_the_last_good_weights_say_what_they_learned_from(clips, tmp_path, tiny_train, loss_turns_nan):
    with pytest.raises(TrainingError):
        tiny_train()
    assert set(known_to(tmp_path / "run").contents.tolist()) == hashes(clips, tmp_path / "run", "train", "val")
