"""Columns that ask for something are used, or named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwise.datasets.lists import columns
from reelwise.datasets.metadata.unused_columns import unused_columns
from reelwise.datasets.reading import read_dataset

MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(40)


def of(**values):
    return [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]


@pytest.mark.parametrize("name", ["timestamp", "frame", "clip start", "time_sec", "Segment", "moment_ms", "StartTime"])
def test_times_are_named(name):
    (note,) = unused_columns(of(**{name: ["12", "1:30"]}))
    assert note.startswith(f"the column {name!r} looks like times and cuts no segments")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("split_2", ["1", "2"]),
        ("is_train", ["1", "0"]),
        ("train", ["yes", "no"]),
        ("my partition", ["a", "b"]),
        ("which", ["train", "test"]),
        ("subset", ["A", "B"]),
    ],
)
def test_splits_are_named(name, values):
    (note,) = unused_columns(of(**{name: values}))
    assert note.startswith(f"the column {name!r} looks like a split and is not used")


def test_folds_are_named_with_the_flags_that_use_them():
    (note,) = unused_columns(of(**{"CV fold": ["1", "2", "3"]}))
    assert note.endswith("--group 'CV fold' --folds 3 tests each of its values once")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("duration", ["1.5", "2"]),
        ("num_frames", ["10", "20"]),
        ("time_of_day", ["morning", "noon"]),
        ("timestamp", ["1700000000", "1700000001"]),
        ("tags.creation_time", ["2024-01-01", "2024-01-02"]),
        ("camera_set", ["set1", "set2"]),
        ("light", ["day", "night"]),
        ("training_years", ["1", "2"]),
    ],
)
def test_others_are_not(name, values):
    assert not unused_columns(of(**{name: values}))


def test_what_is_used_is_not_named():
    assert not unused_columns(of(fold=["1", "2"]), ["fold"])


ASKING = (
    *columns.START_NAMES, *columns.END_NAMES, *columns.START_MS_NAMES, *columns.END_MS_NAMES,
    *columns.START_FRAME_NAMES, *columns.END_FRAME_NAMES, "timestamp", "fold", "cv_fold", "is_test", "split_id",
)  # fmt: skip


@given(st.sampled_from(ASKING), st.sampled_from([str.lower, str.upper, str.title]))
def test_no_column_that_asks_is_silent(name, style):
    assert unused_columns(of(**{style(name): ["1", "2"]}))


@pytest.mark.parametrize("name", ["set", "phase", "usage", "Train Test", "fold"])
def test_a_split_of_another_name_is_used(tmp_path, name):
    for file in "1234":
        (tmp_path / f"{file}.mp4").write_bytes(MP4)
    rows = ["1.mp4,a,train", "2.mp4,b,train", "3.mp4,a,test", "4.mp4,b,test"]
    (tmp_path / "l.csv").write_text(f"file,label,{name}\n" + "\n".join(rows))
    dataset = read_dataset(tmp_path / "l.csv")
    assert [record.split for record in dataset.records] == ["train", "train", "test", "test"]
    assert not any("split" in note for note in dataset.notes)


def test_a_split_that_is_none_is_said_and_not_held_against_the_rows(tmp_path):
    for file in "12":
        (tmp_path / f"{file}.mp4").write_bytes(MP4)
    (tmp_path / "l.csv").write_text("file,label,split\n1.mp4,a,1\n2.mp4,b,2\n")
    dataset = read_dataset(tmp_path / "l.csv")
    assert [record.split for record in dataset.records] == [None, None]
    assert any("'split' looks like a split and is not used" in note for note in dataset.notes)
