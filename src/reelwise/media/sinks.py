"""Where kept frames go: a flat file, or an array in memory."""

import zlib
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import numpy as np

from reelwise.core.errors import CacheError


class Sink(Protocol):
    """Takes frames one by one."""

    def write(self, image: np.ndarray) -> None:
        """Take one (S, S, 3) uint8 picture."""
        ...


class FileSink:
    """Writes frames one after the other to a file without a header, and sums up their CRC-32.

    Args:
        path: Written over. Not flushed to disk: the cache that owns the file does that.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.crc32 = 0
        try:
            self._stream = path.open("wb")
        except OSError as error:
            raise _cannot_write(path, error) from None

    def write(self, image: np.ndarray) -> None:
        """Append one picture.

        Raises:
            CacheError: The disk is full, or the file grows over the worker's limit.
        """
        pixels = image.data if image.flags.c_contiguous else image.tobytes()
        try:
            self._stream.write(pixels)
        except OSError as error:
            raise _cannot_write(self.path, error) from None
        self.crc32 = zlib.crc32(pixels, self.crc32)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._stream.close()
        except OSError as failure:
            if kind is None:
                raise _cannot_write(self.path, failure) from None


class ArraySink:
    """Collects frames in one growing array."""

    def __init__(self) -> None:
        self._frames = np.empty((0, 0, 0, 3), np.uint8)
        self._count = 0

    def write(self, image: np.ndarray) -> None:
        """Append one picture."""
        if self._count == len(self._frames):
            grown = np.empty((max(16, 2 * self._count), *image.shape), np.uint8)
            grown[: self._count] = self._frames if self._count else 0
            self._frames = grown
        self._frames[self._count] = image
        self._count += 1

    @property
    def frames(self) -> np.ndarray:
        """(N, H, W, 3) uint8."""
        return self._frames[: self._count]


def _cannot_write(path: Path, error: OSError) -> CacheError:
    return CacheError(
        f"{path}: decoded frames cannot be written: {error.strerror or error}.",
        hint="Free some disk space, or name another folder with --cache-dir.",
    )
