"""A run folder is claimed once, and resumed only by the same command."""

import csv
import json

import pytest

from reelwise.core.errors import CacheError, UsageError
from reelwise.core.records import Record, SkippedFile
from reelwise.jobs.runs.folder import (
    claim_folder,
    configuration_of,
    latest_run_path,
    make_run_folder,
    start_run,
    write_csv,
    write_history,
    write_skipped,
    write_splits,
)
from reelwise.jobs.runs.options import TrainOptions


def test_a_folder_that_is_not_empty_is_refused_and_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(UsageError, match="not empty"):
        claim_folder(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_resume_needs_the_same_command(tmp_path):
    first = configuration_of(TrainOptions("clips", epochs=5))
    start_run(tmp_path / "run", first, resume=False)
    again = configuration_of(TrainOptions("clips", epochs=5, resume=True))
    assert start_run(tmp_path / "run", again, resume=True)["configuration"] == first
    other = configuration_of(TrainOptions("clips", epochs=6, resume=True))
    with pytest.raises(UsageError, match="epochs was 5, is 6"):
        start_run(tmp_path / "run", other, resume=True)


def test_another_back_end_or_precision_is_refused_with_the_reason(tmp_path):
    document = start_run(tmp_path / "run", configuration_of(TrainOptions("clips")), resume=False)
    document["backend"] = {"name": "jax", "threads": 2}
    (tmp_path / "run" / "run.json").write_text(json.dumps(document))
    for backend in (None, "jax"):  # what was chosen is what counts
        start_run(tmp_path / "run", configuration_of(TrainOptions("clips", backend=backend)), resume=True)
    with pytest.raises(UsageError, match=r"--backend was jax, is torch \(a checkpoint fits the back end.* new --out"):
        start_run(tmp_path / "run", configuration_of(TrainOptions("clips", backend="torch")), resume=True)
    with pytest.raises(UsageError, match=r"--precision was auto, is float32 \(a checkpoint fits the precision"):
        start_run(tmp_path / "run", configuration_of(TrainOptions("clips", precision="float32")), resume=True)


def test_resume_of_nothing_says_so(tmp_path):
    with pytest.raises(UsageError, match=r"no run\.json"):
        start_run(tmp_path, configuration_of(TrainOptions("clips")), resume=True)


def test_run_names_count_up(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert make_run_folder("data/clips").as_posix() == "runs/clips-1"
    assert make_run_folder("data/clips").as_posix() == "runs/clips-2"
    assert latest_run_path("data/clips").as_posix() == "runs/clips-2"
    with pytest.raises(UsageError, match="no run of other"):
        latest_run_path("other")


def test_csv_files_survive_odd_names(tmp_path):
    odd = 'a "b", c\nd.mp4'
    record = Record(odd, tmp_path / "x", "wave", group="g1")
    write_splits(tmp_path, [record], ["train"])
    write_skipped(tmp_path, [SkippedFile(odd, "zero bytes", "copy it again")])
    write_history(tmp_path, ("epoch", "loss", "psnr"), [{"epoch": 1, "loss": 0.1, "fold": 0}])
    rows = list(csv.DictReader((tmp_path / "splits.csv").open(newline="")))
    assert rows == [{"file": odd, "label": "wave", "group": "g1", "split": "train"}]
    assert next(csv.DictReader((tmp_path / "skipped.csv").open(newline="")))["reason"] == "zero bytes"
    assert next(csv.reader((tmp_path / "history.csv").open(newline=""))) == ["fold", "epoch", "loss", "psnr"]


def test_configuration_is_json():
    assert json.dumps(configuration_of(TrainOptions("clips")))


def test_a_place_that_cannot_be_written_has_a_hint(tmp_path):
    (tmp_path / "file").touch()
    for write in (lambda: claim_folder(tmp_path / "file/out"), lambda: write_csv(tmp_path / "file/a.csv", ("a",), ())):
        with pytest.raises(CacheError, match="cannot be written") as error:
            write()
        assert error.value.hint == "Choose another place: a part of this path is no folder."
