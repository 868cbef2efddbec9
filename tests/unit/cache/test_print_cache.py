"""Prints in the cache: whole, or made again."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reelwise.cache.frame_cache import FrameCache
from reelwise.cache.print_cache import PrintCache, StoredPrint

KEY, OTHER = "ab" * 32, "cd" * 32


def stored_print(num_frames: int = 5) -> StoredPrint:
    values = np.random.default_rng(0).normal(size=(num_frames, 65)).astype(np.float16)
    pts = np.arange(num_frames, dtype=np.int64) * 3 + 7
    return StoredPrint(pts, 3 * num_frames + 7, Fraction(1, 90), Fraction(1, 3), values)


def files_of(root: Path) -> list[Path]:
    return sorted(path for path in (root / "entries").rglob("*") if path.is_file())


def test_what_is_written_is_read(tmp_path):
    cache, stored = PrintCache(tmp_path), stored_print()
    assert cache.read(KEY) is None
    cache.write(KEY, stored)
    again = PrintCache(tmp_path).read(KEY)
    np.testing.assert_array_equal(again.pts, stored.pts)
    np.testing.assert_array_equal(again.values, stored.values)
    assert (again.end_pts, again.time_base, again.start_seconds) == (22, Fraction(1, 90), Fraction(1, 3))


@pytest.mark.parametrize("suffix", ["prints", "json"])
@pytest.mark.parametrize("damage", ["flipped", "shorter", "empty"])
def test_a_damaged_entry_is_none(tmp_path, suffix, damage):
    cache = PrintCache(tmp_path)
    cache.write(KEY, stored_print())
    (path,) = (file for file in files_of(tmp_path) if file.suffix == f".{suffix}")
    content = path.read_bytes()
    changed = bytearray(content)
    changed[len(content) // 2] ^= 4
    path.write_bytes({"flipped": bytes(changed), "shorter": content[:-20], "empty": b""}[damage])
    if damage == "flipped" and suffix == "json":
        path.write_bytes(content.replace(b'"num_columns": 65', b'"num_columns": 64'))
    assert cache.read(KEY) is None
    assert files_of(tmp_path) == []


def test_prints_are_entries_of_the_cache(tmp_path):
    PrintCache(tmp_path).write(KEY, stored_print())
    frames = FrameCache(tmp_path)
    assert frames.num_entries == 1
    assert frames.clear() == 1
    assert files_of(tmp_path) == []


def test_the_least_recently_used_print_goes_first(tmp_path):
    PrintCache(tmp_path).write(KEY, stored_print(50))
    PrintCache(tmp_path, max_gb=9e-6).write(OTHER, stored_print(50))
    assert PrintCache(tmp_path).read(KEY) is None
    assert PrintCache(tmp_path).read(OTHER) is not None
