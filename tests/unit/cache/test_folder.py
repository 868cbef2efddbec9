"""Where the cache is when there is no home for it."""

import os
import stat
from pathlib import Path

import pytest

from reelwise.cache import folder
from reelwise.cache.folder import cache_root
from reelwise.core.errors import CacheError, ReelwiseWarning


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    for name in ("REELWISE_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "file").touch()
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(folder.tempfile, "gettempdir", lambda: str(tmp_path / "temporary"))
    return tmp_path / "temporary"


def test_a_home_that_takes_no_folder_gives_way_to_a_temporary_one_of_this_user(temporary):
    with pytest.warns(
        ReelwiseWarning, match=r"file/\.cache/reelwise: cannot be written, so that the cache is .*--cache-dir"
    ):
        root = cache_root(None)
    assert root.parent == temporary
    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    with pytest.warns(ReelwiseWarning):
        assert cache_root(None) == root


def test_a_user_without_a_home(temporary, monkeypatch):
    def refuse():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", refuse)
    with pytest.warns(ReelwiseWarning, match="there is no home folder, so that the cache is"):
        assert cache_root(None).parent == temporary


@pytest.mark.skipif(os.name == "nt", reason="the folder of temporary files is a user's own there")
@pytest.mark.parametrize("kind", ["open to others", "link"])
def test_a_folder_that_somebody_else_may_have_made_is_left_alone(kind, temporary, tmp_path):
    usual = temporary / f"reelwise-cache-{os.getuid()}"
    if kind == "link":
        (tmp_path / "theirs").mkdir()
        usual.symlink_to(tmp_path / "theirs")
    else:
        usual.mkdir()
        usual.chmod(0o777)
    with pytest.warns(ReelwiseWarning):
        root = cache_root(None)
    assert root != usual
    assert root.parent == temporary


def test_the_error_names_the_file_in_the_cache():
    inside = PermissionError(13, "Permission denied", "/cache/entries/ab/x.frames")
    assert isinstance(folder.cannot_write_cache(Path("/cache"), inside), CacheError)
    assert str(folder.cannot_write_cache(Path("/cache"), inside)).startswith("/cache/entries/ab/x.frames: cannot be")
    elsewhere = PermissionError(13, "Permission denied", "/videos/x.mp4")
    assert str(folder.cannot_write_cache(Path("/cache"), elsewhere)).startswith("/cache: cannot be written")
