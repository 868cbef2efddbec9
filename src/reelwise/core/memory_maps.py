"""Arrays in files as memory maps, or read whole where the drive has none."""

import errno
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import DTypeLike

from reelwise.core.file_systems import go_on_without

_TOO_MANY_FILES = (errno.EMFILE, errno.ENFILE)


def map_array(path: Path, dtype: DTypeLike, shape: tuple[int, ...], mode: Literal["r", "r+"] = "r") -> np.ndarray:
    """The array in a flat file, from disk on access; a copy in memory where the drive has no memory maps.

    Args:
        path: The file; it may be longer than the array.
        dtype: Of the array.
        shape: Of the array; it holds something.
        mode: ``r`` gives a read-only array, ``r+`` one whose changes need not reach the file.

    Raises:
        OSError: The file is gone, cannot be read, or the system allows no more open files.
        ValueError: The file is shorter.
    """
    try:
        return np.memmap(path, dtype, mode, shape=shape)
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno in _TOO_MANY_FILES:
            raise
        array = _read(path, np.dtype(dtype), shape)
        _warn_of(path, error)
    array.flags.writeable = mode != "r"
    return array


def load_array(path: Path) -> np.ndarray:
    """The array of a ``.npy`` file, read-only and from disk on access; read whole where the drive has no memory maps.

    Raises:
        OSError: The file is gone or cannot be read.
        ValueError: It holds no array of numbers.
    """
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno in _TOO_MANY_FILES:
            raise
        array = np.load(path, allow_pickle=False)
        _warn_of(path, error)
    array.flags.writeable = False
    return array


def _read(path: Path, dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
    count = int(np.prod(shape))
    array = np.fromfile(path, dtype, count)
    if len(array) != count:
        raise ValueError(f"{path}: {len(array)} values, expected {count}")
    return array.reshape(shape)


def _warn_of(path: Path, error: OSError) -> None:
    go_on_without(path, "memory maps", error, "what is used is held in memory as a whole.")
