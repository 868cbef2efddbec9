"""Classes, sets of labels and numbers: told apart by the labels, and what a network learns of each."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from reelwise.core.errors import DataError, UsageError
from reelwise.datasets.reading import read_dataset

MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(40)


@pytest.fixture
def listed(tmp_path):
    """A list of videos 0.mp4, 1.mp4, … with these labels."""

    def make(labels, column="label") -> Path:
        for i in range(len(labels)):
            (tmp_path / f"{i}.mp4").write_bytes(MP4 + bytes([i % 256]))
        lines = [f"{i}.mp4,{label},x" for i, label in enumerate(labels)]
        (tmp_path / "list.csv").write_text("\n".join([f"file,{column},other", *lines]) + "\n")
        return tmp_path / "list.csv"

    return make


def test_sets_of_labels(listed):
    dataset = read_dataset(listed(["swim|dive", "dive", " dive | swim ", "", "run"]))
    assert dataset.task == "multilabel"
    assert dataset.labels == ("dive", "run", "swim")
    assert [record.label for record in dataset.records] == ["dive|swim", "dive", "dive|swim", "|", "run"]
    assert dataset.targets().dtype == np.float32
    assert dataset.targets().tolist() == [[1, 0, 1], [1, 0, 0], [1, 0, 1], [0, 0, 0], [0, 1, 0]]
    assert "--task classification" in " ".join(dataset.notes)
    assert dataset.label_column == "label"


def test_classes_with_a_bar_when_asked(listed):
    dataset = read_dataset(listed(["swim|dive", "dive"]), task="classification")
    assert dataset.labels == ("dive", "swim|dive")
    assert dataset.targets().tolist() == [1, 0]


def test_a_class_folder_is_never_taken_apart(tmp_path):
    for name in ("a|b/1.mp4", "c/2.mp4"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(MP4)
    assert read_dataset(tmp_path).labels == ("a|b", "c")
    assert read_dataset(tmp_path).task == "classification"


def test_numbers(listed):
    dataset = read_dataset(listed(["1.5", "2", "-3e1"], column="speed"), label_from="speed")
    assert dataset.task == "regression"
    assert dataset.labels == ("speed",)
    assert dataset.targets().tolist() == [1.5, 2, -30]
    assert dataset.targets().dtype == np.float64
    assert "--task classification" in " ".join(dataset.notes)
    assert read_dataset(listed([i * 3 for i in range(21)])).task == "regression"


@pytest.mark.parametrize(
    "labels", [[i % 7 for i in range(30)], [i % 25 for i in range(100)], ["1.5", "2", "x"], ["0.0", "1.0", "0.0"]]
)
def test_whole_numbers_that_are_classes(listed, labels):
    dataset = read_dataset(listed(labels))
    assert dataset.task == "classification"
    assert len(dataset.labels) == len(set(labels))


def test_a_number_that_is_none_costs_its_row_when_asked_for(listed):
    dataset = read_dataset(listed(["1", "2", "x", "4"]), task="regression")
    assert [record.label for record in dataset.records] == ["1", "2", "4"]
    assert "'x' is not a number" in dataset.skipped[0].reason


def test_what_cannot_be_learned(listed):
    with pytest.raises(DataError, match="different sets of labels are needed"):
        read_dataset(listed(["a|b", "b|a"]))
    with pytest.raises(DataError, match="different numbers are needed"):
        read_dataset(listed(["1", "1"]), task="regression")
    with pytest.raises(UsageError, match="the task is 'guess'"):
        read_dataset(listed(["a", "b"]), task="guess")


def test_labels_from_another_column(listed):
    path = listed(["a", "b"])
    (path.parent / "list.csv").write_text("file,label,verb\n0.mp4,a,x|y\n1.mp4,b,y\n")
    dataset = read_dataset(path, label_from="verb")
    assert dataset.labels == ("x", "y")
    assert dataset.reserved_columns == ("verb",)
    assert dataset.records[0].metadata == {"label": "a"}


def test_a_column_that_was_named_is_not_filled_up_from_folders(tmp_path):
    for name in ("a/1.mp4", "a/2.mp4", "b/3.mp4", "b/4.mp4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(MP4)
    (tmp_path / "metadata.csv").write_text("file_name,verb\na/1.mp4,x\na/2.mp4,\nb/3.mp4,y\n")
    dataset = read_dataset(tmp_path, label_from="verb")
    assert [(record.file, record.label) for record in dataset.records] == [("a/1.mp4", "x"), ("b/3.mp4", "y")]
    assert {item.file for item in dataset.skipped} == {"a/2.mp4", "b/4.mp4"}


def test_a_dataset_for_a_model(listed):
    dataset = read_dataset(listed(["a", "b", "c"]))
    asked, strangers = dataset.for_labels(("b", "a"))
    assert asked.targets().tolist() == [1, 0]
    assert [item.file for item in strangers] == ["2.mp4"]
    asked, strangers = read_dataset(listed(["a|x", "x", "b"])).for_labels(("b", "a", "z"))
    assert asked.targets().tolist() == [[0, 1, 0], [0, 0, 0], [1, 0, 0]]
    assert strangers == ()
    with pytest.raises(DataError, match="'c' is not known"):
        dataset.for_labels(("a", "b"))[0].targets(dataset.records)


@pytest.mark.parametrize("task", ["classification", "multilabel", "regression"])
def test_what_has_no_label_is_not_asked(listed, task):
    dataset = read_dataset(listed(["1.5", "2", "3"]), task=task, strict=False)
    bare = replace(dataset, records=(replace(dataset.records[0], label=""), *dataset.records[1:]))
    asked, strangers = bare.for_labels(dataset.labels)
    assert [item.reason for item in strangers] == ["no label"]
    assert len(asked.targets()) == 2
    with pytest.raises(DataError, match="has no label"):
        bare.targets()
