"""Temporary folders inside the cache folder; those of killed jobs are removed by the next job."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reelwise.cache.file_lock import FileLock
from reelwise.cache.folder import cannot_write_cache

_PREFIX = "scratch-"


@contextmanager
def scratch_folder(root: Path, kind: str) -> Iterator[Path]:
    """A new folder ``root/scratch-…`` that is gone when the block ends.

    A file lock beside it is released when the process ends, so that after ``kill -9`` the next job can see that the
    folder may be removed.

    Args:
        root: The cache folder; made when needed.
        kind: What it is for, such as ``predict``; part of its name.

    Raises:
        CacheError: The folder cannot be made.

    Example:
        >>> import tempfile
        >>> with scratch_folder(Path(tempfile.mkdtemp()), "predict") as folder:
        ...     folder.is_dir()
        True
        >>> folder.exists()
        False
    """
    sweep_scratch(root)
    folder = Path(root) / f"{_PREFIX}{kind}-{os.getpid()}-{time.monotonic_ns()}"
    lock = _lock_of(folder)
    try:
        try:
            lock.try_acquire()
            folder.mkdir(parents=True)
        except OSError as error:
            raise cannot_write_cache(folder, error) from error
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.release()


def sweep_scratch(root: Path) -> int:
    """Remove the folders whose jobs are gone: their locks can be taken.

    Returns:
        How many were removed.
    """
    num_removed = 0
    for folder in Path(root).glob(f"{_PREFIX}*-*-*[0-9]"):
        if not folder.is_dir() or folder.is_symlink():
            continue
        lock = _lock_of(folder)
        if not lock.take_over():
            continue
        shutil.rmtree(folder, ignore_errors=True)
        num_removed += not folder.exists()
        lock.release()
    return num_removed


def _lock_of(folder: Path) -> FileLock:
    return FileLock(folder.with_name(f"{folder.name}.lock"))
