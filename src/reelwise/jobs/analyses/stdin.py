"""A video that comes on stdin: copied into a scratch file, which is read while it grows."""

import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reelwise.cache.scratch import scratch_folder
from reelwise.core.errors import CacheError, UsageError

STDIN = frozenset(("-", "stdin:"))
"""The inputs that stand for stdin; the second one is what the command line makes of the first."""

_WAIT_SECONDS = 1.0
"""How long the end of stdin is waited for: what a pipe of a whole file needs is then read like any other file."""


class Spool:
    """A file that receives what comes on stdin.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._error: OSError | None = None
        self.path.touch()
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
            CacheError: It could not: the disk of the cache is full.
        """
        if self._error is not None:
            hint = "Free some space, or put --cache-dir on another disk."
            raise CacheError(f"{self.path}: cannot hold what comes on stdin: {self._error.strerror}.", hint=hint)

    def _copy(self) -> None:
        try:
            with self.path.open("wb", buffering=0) as target:
                shutil.copyfileobj(sys.stdin.buffer, target, 1 << 16)
        except OSError as error:
            self._error = error


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
        yield Spool(folder / "stdin")
