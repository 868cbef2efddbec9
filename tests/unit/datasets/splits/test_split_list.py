"""Splits from a list of files."""

import pytest

from reelwise.core.errors import DataError
from reelwise.core.records import Record
from reelwise.datasets.splits.split_list import read_splits

FILES = ["walk/a.MP4", "walk/caf\u00e9.mp4", "run/b.webm", "run/c.mp4"]


def read(tmp_path, text):
    (tmp_path / "s.csv").write_text(text)
    return read_splits(tmp_path / "s.csv", [Record(file, tmp_path / file, "x") for file in FILES])


def test_names_in_another_spelling(tmp_path):
    rows = "file,split\nwalk/a.mp4,train\ncafe\u0301.mp4,val\nb,test\n"
    assert read(tmp_path, rows) == ["train", "val", "test", None]


def test_an_exact_name_wins_over_another_spelling(tmp_path):
    assert read(tmp_path, "file,split\nwalk/a.MP4,train\nWALK/A.mp4,test\n")[0] == "train"


def test_names_of_none_of_the_files(tmp_path):
    with pytest.raises(DataError, match="none of its 1 files is in the data"):
        read(tmp_path, "file,split\nother.mp4,train\n")
