"""Paths of this machine: URLs are refused until a command understands them; what stands in the place of a file."""

import errno
import os
import re
from pathlib import Path

from reelwise.core.errors import UsageError

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/+")
"""A scheme of two letters or more, for C: is a disk of Windows; a Path has one slash of two left."""


def refuse_url(value: str | Path) -> None:
    """Refuse a URL where a file or folder is expected: as a path it would be a folder called ``s3:``.

    Raises:
        UsageError: It is a URL, and no file of this machine has that name.

    Example:
        >>> refuse_url("C:/films/a.mp4")
        >>> refuse_url(Path("s3://films/a.mp4"))
        Traceback (most recent call last):
        reelwise.core.errors.UsageError: s3://films/a.mp4: is a URL, and only files of this machine can be used. ...
    """
    match = _URL.match(str(value))
    if match is None or Path(value).exists():
        return
    url = f"{match[1]}://{str(value)[match.end() :]}"
    hint = "Copy it to this machine, or mount it, and give its path."
    raise UsageError(f"{url}: is a URL, and only files of this machine can be used.", hint=hint)


def refuse_long_name(path: str | Path) -> None:
    """Refuse a path with a name that the file system cannot hold, before a file beside or below it is blamed.

    Raises:
        UsageError: A name in it, or all of it, is too long.

    Example:
        >>> refuse_long_name("clips")
        >>> refuse_long_name("c" * 5000)
        Traceback (most recent call last):
        reelwise.core.errors.UsageError: ccc...: a name in this path is too long for the file system. ...
    """
    try:
        os.lstat(path)
    except ValueError:  # a NUL in it
        return
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            reason = f"{path}: a name in this path is too long for the file system."
            raise UsageError(reason, hint="Check the path, or choose a shorter name.") from None


def not_a_file(path: Path) -> str:
    """What is wrong with a path at which there is no plain file, for the first sentence of an error.

    Example:
        >>> not_a_file(Path("/")), not_a_file(Path("no such file"))
        ('/: is a folder, expected a file.', 'no such file: there is no such file.')
    """
    return f"{path}: is a folder, expected a file." if path.is_dir() else f"{path}: there is no such file."
