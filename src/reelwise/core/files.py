"""Files that are whole or not there: temp name, fsync, rename, fsync of the folder."""

import errno
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from reelwise.core.errors import CacheError
from reelwise.core.file_systems import NOT_OFFERED, go_on_without

_NAME_LETTERS = 40
"""Of a file's name that its temporary name repeats: a name of 255 bytes, the most that there is, leaves no room."""


@contextmanager
def atomic_write(path: Path) -> Iterator[IO[bytes]]:
    """A binary file that appears at ``path`` only when the block ends well.

    After a crash, a full disk or an exception the old file still stands; ``kill -9`` may leave one hidden ``.tmp`` file
    beside it.

    Args:
        path: Where the file shall be; its folder is made.

    Raises:
        OSError: The disk is full or the folder cannot be written; the old file still stands.
    """
    with atomic_path(path) as temporary, temporary.open("wb") as stream:
        yield stream
        stream.flush()


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Like ``atomic_write``, for libraries that want to open the file themselves: gives the temp name to write to.

    Args:
        path: Where the file shall be; its folder is made.

    Raises:
        OSError: The disk is full or the folder cannot be written; the old file still stands.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:_NAME_LETTERS]}.", suffix=".tmp", dir=path.parent)
    os.close(handle)
    try:
        yield Path(name)
        replace_file(Path(name), path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def replace_file(temporary: Path, path: Path) -> None:
    """Give a whole file, which lies on the same disk, its name; it is on the disk before the old one is gone.

    Raises:
        OSError: The disk is full or the folder cannot be written; the old file still stands.
    """
    with temporary.open("rb+") as stream:
        fsync_file(stream)
    _allow_reading(temporary)
    temporary.replace(path)
    fsync_folder(path.parent)


def fsync_file(stream: IO[bytes]) -> None:
    """Make what was written into a file survive a power cut; drives that cannot flush are left alone.

    Raises:
        OSError: The disk is full or broken.
    """
    try:
        os.fsync(stream.fileno())
    except OSError as error:
        if error.errno not in NOT_OFFERED:
            raise
        go_on_without(Path(stream.name), "flushing", error, "a power cut may take what was written last.")


def _allow_reading(path: Path) -> None:
    """Let everybody read a temporary file, which only its owner may at first."""
    try:
        path.chmod(0o644)
    except OSError as error:
        go_on_without(path, "permissions to set", error, "files keep those that it gives them.")


def fsync_folder(folder: Path) -> None:
    """Make renames inside ``folder`` survive a power cut; systems that cannot open folders are left alone."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        return
    finally:
        os.close(handle)


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


WHEN_FULL = "Free some space."
"""The hint for a full disk."""


CACHE_DIR_HINT = "--cache-dir names another folder for the cache."
"""What can be done besides, where the file lies in the cache."""

_HINTS = {
    errno.ENOTDIR: "Choose another place: a part of this path is no folder.",
    errno.EEXIST: "Choose another place: a part of this path is no folder.",
    errno.ENAMETOOLONG: "Choose a shorter name.",
    errno.ELOOP: "Name the file or folder itself: a link on this path leads back to itself.",
    errno.EMFILE: "Raise the limit of open files (`ulimit -n 4096`), and try again.",
    errno.ENFILE: "Close other programs: the system has no more open files to give.",
    errno.ENOMEM: "Close other programs: there is no memory left.",
    errno.EIO: "Check the disk or the network drive: it failed while it was in use.",
    errno.ENODEV: "Check the disk or the network drive: it is no longer there.",
    errno.ESTALE: "Check the network drive: it is no longer there.",
    errno.EINVAL: "Choose another name or place: this one is not possible there.",
}
"""What to do about each reason that has nothing to do with space or rights."""


def is_full(error: OSError) -> bool:
    """Whether a file cannot be written for lack of space."""
    return error.errno in _FULL


def write_hint(error: OSError, when_full: str = WHEN_FULL) -> str:
    """What to do about a file that cannot be written, which is another thing for a full disk than for a wrong path.

    Args:
        error: Why it cannot be written.
        when_full: The hint for a full disk.

    Example:
        >>> write_hint(NotADirectoryError(errno.ENOTDIR, "Not a directory"))
        'Choose another place: a part of this path is no folder.'
    """
    if is_full(error):
        return when_full
    if error.errno in _FORBIDDEN:
        return "Choose a place where you may write."
    return _HINTS.get(error.errno or 0, "Choose another place.")


def file_hint(error: OSError) -> str:
    """What to do about a file that cannot be read or written, where nobody knows which of both.

    Args:
        error: Why it cannot.

    Example:
        >>> file_hint(OSError(errno.ENAMETOOLONG, "File name too long"))
        'Choose a shorter name.'
    """
    if error.errno == errno.ENOENT:
        return "Check the path."
    if error.errno in _FORBIDDEN:
        return "Check the rights of the file and of its folder."
    if is_full(error) or error.errno in _HINTS:
        return write_hint(error)
    return "Check the path, the rights and the free space, then try again."


def cannot_write(path: Path, error: OSError, *, when_full: str = WHEN_FULL) -> CacheError:
    """The error for a file that cannot be written, with what to do about it.

    Args:
        path: What should have been written.
        error: Why it cannot be.
        when_full: The hint for a full disk.

    Example:
        >>> str(cannot_write(Path("a.html"), OSError(errno.ENOSPC, "No space left on device")))
        'a.html: cannot be written: No space left on device. Free some space.'
    """
    reason = error.strerror or str(error)
    return CacheError(f"{path}: cannot be written: {reason}.", hint=write_hint(error, when_full))


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text atomically; lone surrogates (odd file names) are written as backslash escapes."""
    with atomic_write(path) as stream:
        stream.write(text.encode("utf-8", "backslashreplace"))


def write_json(path: Path, value: Any) -> None:
    """Write JSON atomically: two spaces, keys in the order given, no NaN."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def file_sha256(path: Path, progress: Callable[[int], None] | None = None) -> str:
    """The SHA-256 of a file's bytes in hexadecimal, read in 1 MiB pieces.

    Args:
        path: The file.
        progress: Called with the number of bytes after each piece.
    """
    digest = hashlib.sha256()
    with Path(path).open("rb") as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
            if progress:
                progress(len(piece))
    return digest.hexdigest()
