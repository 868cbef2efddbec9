"""Options that make no sense are refused before a folder is made."""

import json
from pathlib import Path

import pytest

from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract, InputSpec, NetworkSpec
from reelwise.core.errors import DataError, UsageError
from reelwise.core.modalities import Encoder
from reelwise.jobs.classifier.extractor import find_extractor
from reelwise.jobs.classifier.model_request import ModelRequest
from reelwise.jobs.classifier.option_checks import check_options
from reelwise.jobs.runs.folder import claim_folder, start_run
from reelwise.jobs.runs.option_checks import check_data, check_numbers
from reelwise.jobs.runs.options import CheckOptions, EvaluateOptions, PredictOptions, TrainOptions
from reelwise.jobs.train import train_job
from reelwise.tasks.classification import ClassificationOutput


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (TrainOptions("x", seed=-1), "--seed is -1"),
        (TrainOptions("x", size=0), "--size is 0, expected 16 to 512"),
        (TrainOptions("x", folds=1), "--folds is 1, expected 2 to 100"),
        (TrainOptions("x", cache_gb=0.0), "--cache-gb is 0"),
        (TrainOptions("x", cache_gb=float("nan")), "--cache-gb is nan"),
        (EvaluateOptions("m", "x", views=0), "--views is 0"),
        (PredictOptions("m", ("x",), top=0), "--top is 0"),
        (CheckOptions("x", threads=0), "--threads is 0"),
    ],
)
def test_numbers_out_of_range_name_their_flag(options, told):
    with pytest.raises(UsageError, match=told):
        check_numbers(options)


@pytest.mark.parametrize(("data", "kind"), [("", UsageError), ("synthetic:foo", UsageError), ("nosuch", DataError)])
def test_data_that_is_not_there(data, kind):
    with pytest.raises(kind):
        check_data(data)


def test_folds_and_splits_contradict(tmp_path):
    with pytest.raises(UsageError, match="--folds and --splits"):
        check_options(TrainOptions(str(tmp_path), folds=3, splits=tmp_path / "splits.csv"))


@pytest.mark.parametrize("wrong", [{"flip": "maybe"}, {"seed": -1}, {"splits": "missing.csv"}, {"data": "nosuch"}])
def test_nothing_is_left_behind(wrong, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clips").mkdir()
    given = {"data": "clips", **wrong}
    if "splits" in given:
        given["splits"] = tmp_path / given["splits"]
    with pytest.raises((UsageError, DataError)):
        train_job(TrainOptions(**given), None)
    assert [item.name for item in tmp_path.iterdir()] == ["clips"]


def test_a_run_that_never_began_does_not_block_its_folder(tmp_path):
    start_run(tmp_path / "run", {"data": "a"}, resume=False)
    with pytest.raises(UsageError, match="not empty"):
        claim_folder(tmp_path / "run")
    note = tmp_path / "run" / "run.json"
    note.write_text(json.dumps({**json.loads(note.read_text()), "status": "failed"}))
    claim_folder(tmp_path / "run")
    (tmp_path / "run" / "mine.txt").write_text("dear")
    with pytest.raises(UsageError, match="not empty"):
        claim_folder(tmp_path / "run")


def test_another_command_on_resume_is_told_in_flags(tmp_path):
    start_run(tmp_path / "run", {"data": "a", "batch_size": None}, resume=False)
    with pytest.raises(UsageError, match="--batch-size was not given, is 4"):
        start_run(tmp_path / "run", {"data": "a", "batch_size": 4}, resume=True)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"model": "application_lstm"}, "looks through mobilenet_v2, whose weights do not come"),
        ({"model": "cnn,application_lstm:base"}, "looks through efficientnet_v2_b0"),
        ({"model": "cnn", "download_weights": True}, "--download-weights was given, but cnn learns all"),
        ({"extractor_weights": "here.h5"}, "--extractor-weights was given, but auto learns all"),
        ({"model": "application_lstm", "extractor_weights": "missing.h5"}, "missing.h5: there is no such file"),
        ({"model": "application_lstm", "extractor_weights": "here.h5", "download_weights": True}, "both given"),
    ],
)
def test_weights_of_an_image_network_where_they_are_needed_and_only_there(given, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here.h5").touch()
    paths = {name: Path(value) for name, value in given.items() if name == "extractor_weights"}
    with pytest.raises(UsageError, match=told) as caught:
        check_options(TrainOptions(str(tmp_path), **{**given, **paths}))
    assert caught.value.hint


def test_a_model_to_go_on_from_brings_its_own_image_network():
    labels, clip = ("a", "b"), ClipSpec(4, input_size=32)
    spec, output = InputSpec(DecodeSettings(), clip), ClassificationOutput(labels)
    start = Contract(spec, NetworkSpec((Encoder("application_lstm", "small"),)), output)
    assert find_extractor(ModelRequest(start=start), "application_lstm") is None
    with pytest.raises(UsageError, match="brings its image network along"):
        find_extractor(ModelRequest(start=start, download_weights=True), "application_lstm")
    other = Contract(spec, NetworkSpec((Encoder("cnn", "small"),)), output)
    with pytest.raises(UsageError, match="do not come with Reelwise"):
        find_extractor(ModelRequest(start=other), "application_lstm")
