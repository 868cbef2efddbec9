"""A video that comes on stdin: copied into a scratch file, which is read while it grows."""

import select
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import BinaryIO

from reelwise.cache.folder import cannot_write_cache
from reelwise.cache.scratch import scratch_folder
from reelwise.core.errors import UsageError

STDIN = frozenset(("-", "stdin:"))
"""The inputs that stand for stdin; the second one is what the command line makes of the first."""

_WAIT_SECONDS = 1.0
"""How long the end of stdin is waited for: what a pipe of a whole file needs is then read like any other file."""

_POLL_SECONDS = 0.2
"""How often a copy that waits for stdin looks whether it is still wanted."""

_PIECE_BYTES = 1 << 16
"""What a pipe holds on Linux."""


def open_mark_of(path: Path) -> Path:
    """The file beside that of stdin which is there until stdin has ended (``Growth.open_mark``)."""
    return path.with_name(f"{path.name}.open")


class Spool:
    """A file that receives what comes on stdin, and a mark beside it until that has ended.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._error: OSError | None = None
        self._stop = threading.Event()
        self.path.touch()
        open_mark_of(path).touch()
        self._thread = threading.Thread(target=self._copy, daemon=True)
        self._thread.start()
        self._thread.join(_WAIT_SECONDS)

    @property
    def is_whole(self) -> bool:
        """Whether stdin has ended."""
        return not self._thread.is_alive()

    def check(self) -> None:
        """Look whether all that came could be written.

        Raises:
            CacheError: It could not, mostly because the disk of the cache is full.
        """
        if self._error is not None:
            raise cannot_write_cache(self.path, self._error)

    def stop(self) -> None:
        """Read no more of stdin. Where it cannot be polled (Windows), the copy ends with what comes next."""
        self._stop.set()
        self._thread.join(timeout=5 * _POLL_SECONDS)

    def _copy(self) -> None:
        try:
            with self.path.open("wb", buffering=0) as target:
                for piece in self._pieces():
                    _write_all(target, piece)
        except OSError as error:
            self._error = error
        finally:
            open_mark_of(self.path).unlink(missing_ok=True)

    def _pieces(self) -> Iterator[bytes]:
        source = sys.stdin.buffer
        while not self._stop.is_set():
            if not _is_readable(source):
                continue
            if not (piece := source.read1(_PIECE_BYTES)):  # pyright: ignore[reportAttributeAccessIssue]
                return
            yield piece


def _write_all(target: FileIO, piece: bytes) -> None:
    """Write a piece; a disk that is almost full takes a part of it at first, and nothing then."""
    rest = memoryview(piece)
    while rest:
        rest = rest[target.write(rest) :]


def _is_readable(source: BinaryIO) -> bool:
    """Whether reading gives something, or the end, at once; true where that cannot be known."""
    try:
        return bool(select.select([source], [], [], _POLL_SECONDS)[0])
    except (OSError, TypeError, ValueError):  # no descriptor, or none that can be polled
        return True


@contextmanager
def spooled_stdin(root: Path) -> Iterator[Spool]:
    """A file with what comes on stdin.

    Args:
        root: The cache folder. FFmpeg has to go back in most containers, which a pipe cannot.

    Raises:
        UsageError: Stdin is a terminal.
    """
    if sys.stdin.isatty():
        raise UsageError("- stands for a video on stdin, and stdin is a terminal.", hint="Pipe a video into it.")
    with scratch_folder(root, "stdin") as folder:
        spool = Spool(folder / "stdin")
        try:
            yield spool
        finally:
            spool.stop()
