"""The folder that a job writes into: used by one command at a time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reelwise.cache.file_lock import FileLock
from reelwise.core.errors import UsageError
from reelwise.core.files import cannot_write

LOCK = ".reelwise.lock"
"""Hidden in the folder while a command writes into it; the system releases it however the process ends."""

_START_SECONDS = 0.5
"""A process that a killed command was starting shares its lock until it runs: some milliseconds."""


@contextmanager
def folder_in_use(out: Path) -> Iterator[None]:
    """Keep other commands out of a folder, which is made.

    Raises:
        UsageError: Another command writes into it, or it is a file.
        CacheError: It cannot be written.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}: is a file, and --out is a folder.", hint="Choose another name.")
    lock = FileLock(out / LOCK)
    try:
        is_free = acquire_within(lock, _START_SECONDS)
    except OSError as error:
        raise cannot_write(out, error) from None
    if not is_free:
        hint = "Wait until it has ended, or choose another folder."
        raise UsageError(f"{out}: is in use: another command is writing into it.", hint=hint)
    try:
        yield
    finally:
        lock.release()


def is_empty(folder: Path) -> bool:
    """Whether nothing is in a folder but our lock."""
    return all(path.name == LOCK for path in folder.iterdir())


def acquire_within(lock: FileLock, seconds: float) -> bool:
    """Take a lock; False when another holds it for as long as that.

    Args:
        lock: The lock.
        seconds: To wait at most.
    """
    deadline = time.monotonic() + seconds
    while not (is_free := lock.try_acquire()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return is_free
