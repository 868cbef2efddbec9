"""A file lock that the system releases when its process ends, so that it is never stale."""

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path

from reelwise.core.file_systems import go_on_without

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


_HELD = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK)
"""How systems say that another holds the lock; every other error says that there are no locks on this drive."""

_MAX_TRIES = 50
"""Tries to lock the file that has the path now: each failure is a holder that left just then, or a drive on which a
file has another number at every look."""

_NO_LOCKS = "do not let two commands at once write there; what killed commands leave there stays."


class FileLock:
    """An exclusive lock on a path, held by at most one ``FileLock`` on this machine.

    On a drive without locks (some network drives) everybody gets the lock, and ``excludes_others`` is False.

    Args:
        path: The lock file; made when taken, removed when released. It is empty: a file with content is not ours, and
            stays.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None
        self._is_locked = False

    @property
    def excludes_others(self) -> bool:
        """Whether it is held, and nobody else can have it; False on a drive without locks."""
        return self._is_locked

    def try_acquire(self) -> bool:
        """Take the lock now; False when another process or thread holds it.

        Raises:
            OSError: The lock file cannot be made.
        """
        for number in range(_MAX_TRIES):
            if self._handle is not None:
                break
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = self._open()
            try:
                _lock(handle)
            except OSError as error:
                if error.errno in _HELD:
                    os.close(handle)
                    return False
                go_on_without(self._path, "file locks", error, _NO_LOCKS)
                self._handle = handle
                break
            if self._is_current(handle) or number == _MAX_TRIES - 1:
                self._handle, self._is_locked = handle, True
            else:  # its last holder removed the file between our open and our lock
                os.close(handle)
        return True

    def take_over(self) -> bool:
        """Take the lock now; False also where that cannot be, or does not say that its last holder is gone."""
        try:
            if not self.try_acquire():
                return False
        except OSError:  # nothing can be written there
            return False
        if not self._is_locked:
            self.release()
        return self._is_locked

    def release(self) -> None:
        """Release the lock; without effect when it is not held."""
        if self._handle is None:
            return
        if sys.platform != "win32" and os.fstat(self._handle).st_size == 0:
            with suppress(OSError):  # it is removed for the sake of order, and the next holder can do it too
                self._path.unlink(missing_ok=True)
        os.close(self._handle)
        self._handle, self._is_locked = None, False

    def _open(self) -> int:
        cloexec = getattr(os, "O_CLOEXEC", 0)
        try:
            return os.open(self._path, os.O_RDWR | os.O_CREAT | cloexec, 0o644)
        except PermissionError:  # another user's lock file, in a cache that several users share
            return os.open(self._path, os.O_RDONLY | cloexec)

    def _is_current(self, handle: int) -> bool:
        try:
            return os.path.samestat(self._path.stat(), os.fstat(handle))
        except OSError:
            return False
