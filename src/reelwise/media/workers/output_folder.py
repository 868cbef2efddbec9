"""The one folder in which a worker may make files by their paths, and how what it wrote gets to its place."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reelwise.core.errors import VideoError
from reelwise.core.files import replace_file, write_hint


@contextmanager
def output_folder(target: Path) -> Iterator[Path]:
    """A hidden folder on the disk of a file that a worker is to write; it is removed at the end.

    Args:
        target: The file; its folder is made.

    Raises:
        VideoError: No folder can be made there.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = tempfile.TemporaryDirectory(prefix=f".{target.name[:40]}.", suffix=".tmp", dir=target.parent)
    except OSError as error:
        raise _cannot_write(target, error) from None
    with folder as name:
        yield Path(name)


def put_in_place(path: Path, target: Path) -> None:
    """Move a whole file out of the worker's folder to where it belongs.

    Raises:
        VideoError: That is not possible.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, target)
    except OSError as error:
        raise _cannot_write(target, error) from None


def _cannot_write(path: Path, error: OSError) -> VideoError:
    return VideoError(f"{path}: cannot be written: {error.strerror or error}.", hint=write_hint(error))
