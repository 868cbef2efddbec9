"""What is given as a list and is none is named by what it is, with a hint that helps."""

import gzip
import zipfile
from pathlib import Path

import crafted
import h5py
import numpy as np
import pyarrow
import pyarrow.parquet
import pytest

from reelwise.core.errors import DataError
from reelwise.datasets.lists.layouts import read_source
from reelwise.datasets.lists.tables import read_table


def zip_of(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "text")
    return path


def hdf5(path: Path) -> Path:
    h5py.File(path, "w").close()
    return path


def compressed(path: Path) -> Path:
    path.write_bytes(gzip.compress(b"file,label\na.mp4,walk\n"))
    return path


def parquet(path: Path) -> Path:
    pyarrow.parquet.write_table(pyarrow.table({"file": ["a.mp4"], "label": ["walk"]}), path)
    return path


def arrays(path: Path) -> Path:
    with path.open("wb") as stream:
        np.savez(stream, a=np.zeros(3))
    return path


CASES = {
    "a zip archive": (lambda folder: zip_of(folder / "clips.zip", "walk/a.mp4"), "Unpack it"),
    "a zip archive with another suffix": (lambda folder: zip_of(folder / "clips.csv", "walk/a.mp4"), "Unpack it"),
    "an Office document": (lambda folder: zip_of(folder / "labels.xlsx", "[Content_Types].xml"), "Save it as CSV"),
    "an HDF5 file": (lambda folder: hdf5(folder / "labels.h5"), "Give a folder"),
    "an HDF5 file named .json": (lambda folder: hdf5(folder / "labels.json"), "Give a folder"),
    "a gzip archive": (lambda folder: compressed(folder / "labels.csv.gz"), "Unpack it"),
    "a gzip archive named .txt": (lambda folder: compressed(folder / "labels.txt"), "Unpack it"),
    "a Parquet table": (lambda folder: parquet(folder / "labels.csv"), "suffix .parquet"),
    "a file of numpy arrays": (lambda folder: arrays(folder / "labels.npz"), "Give a folder"),
    "one video": (lambda folder: crafted.make_video(folder / "a.mp4", 3), "Give the folder"),
}


@pytest.mark.parametrize(("name", "case"), CASES.items(), ids=CASES)
def test_what_is_no_list_is_named(tmp_path, name, case):
    make, hint = case
    path = make(tmp_path)
    with pytest.raises(DataError, match=name.split(" with ")[0].split(" named ")[0]) as caught:
        read_source(path)
    assert str(path) in caught.value.message
    assert hint in caught.value.hint


def test_a_parquet_list_is_read(tmp_path):
    assert len(read_source(parquet(tmp_path / "labels.parquet")).rows) == 1


def test_a_split_list_is_named_too(tmp_path):
    with pytest.raises(DataError, match="is a zip archive, not a list"):
        read_table(zip_of(tmp_path / "splits.csv", "a"), ("split",))
