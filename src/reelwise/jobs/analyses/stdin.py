"""A video that comes on stdin: copied into a scratch file, which is read while it grows."""

import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reelwise.cache.scratch import scratch_folder
from reelwise.core.errors import UsageError

STDIN = frozenset(("-", "stdin:"))
"""The inputs that stand for stdin; the second one is what the command line makes of the first."""

_WAIT_SECONDS = 1.0
"""How long the end of stdin is waited for: what a pipe of a whole file needs is then read like any other file."""


@contextmanager
def spooled_stdin(root: Path) -> Iterator[tuple[Path, bool]]:
    """A file with what comes on stdin, and whether all of it is there.

    Args:
        root: The cache folder. FFmpeg has to go back in most containers, which a pipe cannot.

    Raises:
        UsageError: Stdin is a terminal.
    """
    if sys.stdin.isatty():
        raise UsageError("- stands for a video on stdin, and stdin is a terminal.", hint="Pipe a video into it.")
    with scratch_folder(root, "stdin") as folder:
        path = folder / "stdin"
        path.touch()
        copy = threading.Thread(target=_copy, args=(path,), daemon=True)
        copy.start()
        copy.join(_WAIT_SECONDS)
        yield path, not copy.is_alive()


def _copy(path: Path) -> None:
    with path.open("wb", buffering=0) as target:
        shutil.copyfileobj(sys.stdin.buffer, target, 1 << 16)
