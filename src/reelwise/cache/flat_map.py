"""Read-only memory maps of whole files; each one holds an open file for as long as it lives."""

import errno
from contextlib import suppress
from functools import cache
from pathlib import Path

import numpy as np

from reelwise.core.errors import CacheError
from reelwise.core.memory_maps import map_array

_ENOUGH_FILES = 1 << 20
"""Open files; more than any data set here needs, and the highest that Linux allows by default."""


def map_file(path: Path, num_bytes: int) -> np.ndarray:
    """The bytes of a file as (num_bytes,) uint8, read from disk on access where the drive has memory maps.

    A thousand videos with sound are two thousand maps, and at first a process may often have 1024 files open: so the
    first map raises that limit to what the system allows.

    Raises:
        OSError, ValueError: The file is gone or shorter.
        CacheError: The system allows no more open files.
    """
    _allow_more_open_files()
    try:
        return map_array(path, np.uint8, (num_bytes,))
    except OSError as error:
        if error.errno != errno.EMFILE:
            raise
        hint = "Raise the limit with `ulimit -Hn`, or use fewer videos."
        raise CacheError("more videos are used at once than the system allows open files.", hint=hint) from error


@cache
def _allow_more_open_files() -> None:
    """Once per process; where there is no such limit nothing happens."""
    try:
        import resource
    except ImportError:  # Windows
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = _ENOUGH_FILES if hard == resource.RLIM_INFINITY else min(hard, _ENOUGH_FILES)
    if soft == resource.RLIM_INFINITY or soft >= enough:
        return
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (enough, hard))
