"""Rows that wait in a file without a name."""

import gc

import numpy as np
import pytest

from reelwise.cache.scratch_rows import ScratchRows
from reelwise.core.errors import CacheError


def test_rows_come_back_and_more_may_follow(tmp_path):
    kept = ScratchRows((3,), np.float16, tmp_path)
    rows = np.random.default_rng(0).normal(size=(10_000, 3)).astype(np.float16)
    for start, end in ((0, 1), (1, 1), (1, 6000), (6000, 10_000)):
        kept.append(rows[start:end])
        assert len(kept) == end
        np.testing.assert_array_equal(kept.read(), rows[:end])
    assert kept.read().dtype == np.float16


def test_no_rows_are_an_empty_array(tmp_path):
    assert ScratchRows((2,), np.float32, tmp_path).read().shape == (0, 2)


def test_the_file_has_no_name_that_could_stay(tmp_path):
    kept = ScratchRows((2,), np.float32, tmp_path)
    kept.append(np.zeros((100_000, 2)))
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_an_error_with_a_hint(tmp_path):
    import resource

    kept = ScratchRows((2,), np.float32, tmp_path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        with pytest.raises(CacheError, match="cannot be written") as caught:
            for _ in range(100):
                kept.append(np.zeros((1000, 2)))
        del kept
        gc.collect()  # what its buffer still holds is nobody's error
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert str(tmp_path) in str(caught.value)
    assert caught.value.hint == "Free some space. --cache-dir names another folder for the cache."


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(CacheError, match="cannot be written"):
        ScratchRows((2,), np.float32, tmp_path / "gone")
