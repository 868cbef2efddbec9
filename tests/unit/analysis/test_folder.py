"""The arrays beside an analysis."""

import zipfile

import numpy as np
import pytest

from reelwise.analysis.folder import read_arrays, write_arrays

ARRAYS = {
    "pts": np.arange(90_000),
    "curve": np.linspace(0, 1, 30, dtype=np.float32).reshape(10, 3),
    "none": np.zeros(0),
}


def test_arrays_come_back_and_numpy_reads_them(tmp_path):
    write_arrays(tmp_path / "a.npz", ARRAYS)
    for arrays in (read_arrays(tmp_path / "a.npz"), dict(np.load(tmp_path / "a.npz"))):
        assert list(arrays) == list(ARRAYS)
        for name, array in ARRAYS.items():
            assert arrays[name].dtype == array.dtype
            np.testing.assert_array_equal(arrays[name], array)


def test_the_bytes_do_not_tell_when_they_were_written(tmp_path):
    write_arrays(tmp_path / "a.npz", ARRAYS)
    with zipfile.ZipFile(tmp_path / "a.npz") as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_what_unpacks_to_too_much_is_refused(tmp_path):
    write_arrays(tmp_path / "a.npz", ARRAYS)
    with pytest.raises(ValueError, match="unpacks to more than"):
        read_arrays(tmp_path / "a.npz", max_bytes=1000)


def test_objects_are_refused(tmp_path):
    np.savez(tmp_path / "a.npz", hidden=np.array([{}], object))
    with pytest.raises(ValueError, match="allow_pickle"):
        read_arrays(tmp_path / "a.npz")
