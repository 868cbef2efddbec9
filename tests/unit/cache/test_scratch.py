"""Folders for a while, and those of jobs that were killed."""

import subprocess
import sys

import pytest

from reelwise.cache.frame_cache import FrameCache
from reelwise.cache.scratch import scratch_folder, sweep_scratch
from reelwise.core.errors import CacheError

KILLED = """
import os, sys, pathlib
from reelwise.cache.frame_cache import FrameCache
from reelwise.cache.scratch import scratch_folder
with scratch_folder(pathlib.Path(sys.argv[1]), "predict") as folder:
    (folder / "0.frames").write_bytes(b"x")
    os.kill(os.getpid(), 9)
"""


def test_a_folder_is_gone_after_an_error_too(tmp_path):
    with pytest.raises(ValueError, match="oops"), scratch_folder(tmp_path, "predict") as folder:
        (folder / "a").mkdir()
        raise ValueError("oops")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_job_left_is_swept_and_what_is_in_use_stays(tmp_path):
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    (left,) = (path for path in tmp_path.iterdir() if path.is_dir())
    with scratch_folder(tmp_path, "report") as mine:
        assert not left.exists()
        assert sweep_scratch(tmp_path) == 0
        assert mine.is_dir()


def test_clearing_the_cache_sweeps_too(tmp_path):
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    FrameCache(tmp_path).clear()
    assert not list(tmp_path.glob("scratch-*"))


def test_a_place_that_cannot_be_written_has_a_hint(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CacheError, match="cannot be written") as error, scratch_folder(tmp_path / "file/cache", "test"):
        pass
    assert "--cache-dir" in error.value.hint
