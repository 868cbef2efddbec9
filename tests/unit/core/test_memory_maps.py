"""Arrays in files, with and without memory maps."""

import errno

import numpy as np
import pytest

from reelwise.core.errors import ReelwiseWarning
from reelwise.core.memory_maps import load_array, map_array


@pytest.fixture
def without_maps(monkeypatch):
    def refuse(*args, **kwargs):
        raise OSError(errno.ENODEV, "No such device")

    monkeypatch.setattr("mmap.mmap", refuse)


def test_a_map_that_is_refused_is_a_copy(tmp_path, without_maps):
    path = tmp_path / "a"
    np.arange(6, dtype=np.float32).tofile(path)
    with pytest.warns(ReelwiseWarning, match="no memory maps .No such device"):
        array = map_array(path, np.float32, (2, 3))
    assert array.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert not array.flags.writeable
    with pytest.warns(ReelwiseWarning):
        assert map_array(path, np.float32, (2, 3), "r+").flags.writeable
    np.save(tmp_path / "b.npy", np.arange(3))
    with pytest.warns(ReelwiseWarning):
        assert load_array(tmp_path / "b.npy").tolist() == [0, 1, 2]


@pytest.mark.parametrize("maps", [True, False])
def test_a_short_file_and_one_that_is_gone(maps, tmp_path, request):
    if not maps:
        request.getfixturevalue("without_maps")
    (tmp_path / "a").write_bytes(b"123")
    with pytest.raises(ValueError, match=r"4|greater"):
        map_array(tmp_path / "a", np.uint8, (4,))
    for read in (lambda: map_array(tmp_path / "b", np.uint8, (4,)), lambda: load_array(tmp_path / "b")):
        with pytest.raises(FileNotFoundError):
            read()
