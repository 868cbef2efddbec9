"""A file lock that the system releases when its process ends, so that it is never stale."""

import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FileLock:
    """An exclusive lock on a path, held by at most one ``FileLock`` on this machine.

    Args:
        path: The lock file; made when taken, removed when released. It is empty: a file with content is not ours, and
            stays.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def try_acquire(self) -> bool:
        """Take the lock now; False when another process or thread holds it."""
        while self._handle is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
            try:
                _lock(handle)
            except OSError:
                os.close(handle)
                return False
            if self._is_current(handle):
                self._handle = handle
            else:  # its last holder removed the file between our open and our lock
                os.close(handle)
        return True

    def release(self) -> None:
        """Release the lock; without effect when it is not held."""
        if self._handle is None:
            return
        if sys.platform != "win32" and os.fstat(self._handle).st_size == 0:
            self._path.unlink(missing_ok=True)
        os.close(self._handle)
        self._handle = None

    def _is_current(self, handle: int) -> bool:
        try:
            return os.path.samestat(self._path.stat(), os.fstat(handle))
        except OSError:
            return False
