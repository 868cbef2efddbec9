"""The folder of the cache."""

import os
import stat
import tempfile
import warnings
from contextlib import suppress
from functools import cache
from pathlib import Path

from reelwise.core.errors import CacheError, ReelwiseWarning
from reelwise.core.files import CACHE_DIR_HINT, write_hint
from reelwise.core.local_paths import refuse_url

_TAG = (
    "Signature: 8a477f597d28d172789f06886806bc55\n# Decoded frames and sound of Reelwise; may be deleted at any time.\n"
)


def cache_root(cache_dir: Path | None) -> Path:
    """The cache folder: ``cache_dir`` if given, else ``REELWISE_CACHE``, else ``~/.cache/reelwise``.

    Where nothing can be written in the home folder, or there is none (as in many containers), a folder of this user
    among the temporary ones takes its place.

    Raises:
        UsageError: It is a URL.
    """
    if root := cache_dir or os.environ.get("REELWISE_CACHE"):
        refuse_url(root)
        return Path(root)
    try:
        root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "reelwise"
    except RuntimeError:  # a user without a home
        return _temporary_root("there is no home folder")
    return root if _can_hold_cache(root) else _temporary_root(f"{root}: cannot be written")


def _can_hold_cache(root: Path) -> bool:
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(root, os.W_OK | os.X_OK)


def _temporary_root(reason: str) -> Path:
    folder = _own_temporary_folder(Path(tempfile.gettempdir()))
    text = f"{reason}, so that the cache is {folder}. --cache-dir or REELWISE_CACHE names another."
    warnings.warn(text, ReelwiseWarning, stacklevel=3)
    return folder


@cache
def _own_temporary_folder(parent: Path) -> Path:
    """A folder that nobody else can write into; every user may make one of any name among the temporary ones."""
    user = getattr(os, "getuid", lambda: 0)()
    folder = parent / f"reelwise-cache-{user}"
    with suppress(OSError):
        folder.mkdir(mode=0o700)
    status = folder.lstat()
    if stat.S_ISDIR(status.st_mode) and status.st_uid == user and not status.st_mode & 0o022:
        return folder
    return Path(tempfile.mkdtemp(prefix="reelwise-cache-", dir=parent))


def mark_cache(root: Path) -> None:
    """Make the cache folder, and mark it as one for programs that make backups.

    Source: the Cache Directory Tagging Specification, B. Ford, 2004.

    Raises:
        CacheError: It cannot be made.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write_cache(root, error) from error
    tag = root / "CACHEDIR.TAG"
    with suppress(OSError):  # a cache that is complete may be on a drive that cannot be written
        if not tag.exists():
            tag.write_text(_TAG)


def cannot_write_cache(place: Path, error: OSError) -> CacheError:
    """The error for a cache that cannot be written, with what to do about it.

    Args:
        place: The cache folder, or the file in it.
        error: Why it cannot be written; a file in the folder that it names is named.
    """
    hint = f"{write_hint(error)} {CACHE_DIR_HINT}"
    if isinstance(error.filename, str | Path) and Path(error.filename).is_relative_to(place):
        place = Path(error.filename)
    return CacheError(f"{place}: cannot be written: {error.strerror or error}.", hint=hint)
