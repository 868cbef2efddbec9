"""Where kept frames go: a flat file, or an array in memory."""

import zlib
from contextlib import nullcontext, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, Self

import numpy as np

from reelwise.core.errors import CacheError
from reelwise.core.files import CACHE_DIR_HINT, write_hint
from reelwise.media.file_access import open_output


class Sink(Protocol):
    """Takes frames one by one."""

    def write(self, image: np.ndarray) -> None:
        """Take one (S, S, 3) uint8 picture."""
        ...

    def close(self) -> None:
        """Finish: no picture follows."""
        ...


class OpenFiles:
    """Output files of which only a few are open at a time: a worker may hold 64 files, a video has many segments."""

    def __init__(self, at_most: int = 32) -> None:
        self._at_most = at_most
        self._streams: dict[Path, IO[bytes]] = {}
        self._written_paths: set[Path] = set()

    def write(self, path: Path, pixels: bytes | memoryview) -> None:
        """Append to a file. The first write to it replaces its old content.

        Raises:
            CacheError: The disk is full, or the file grows over the worker's limit.
        """
        try:
            self._stream(path).write(pixels)
        except OSError as error:
            raise _cannot_write(path, error) from None

    def _stream(self, path: Path) -> IO[bytes]:
        stream = self._streams.pop(path, None)
        if stream is None:
            if len(self._streams) >= self._at_most:
                self.close(next(iter(self._streams)))
            stream = open_output(path, append=path in self._written_paths, buffering=1 << 18)
            self._written_paths.add(path)
        self._streams[path] = stream  # in order of use, so that the first one is closed first
        return stream

    def close(self, path: Path) -> None:
        """Close one file, if it is open."""
        stream = self._streams.pop(path, None)
        if stream is None:
            return
        try:
            stream.close()
        except OSError as error:
            raise _cannot_write(path, error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for path in list(self._streams):
            with suppress(CacheError) if kind else nullcontext():
                self.close(path)


class FileSink:
    """Appends frames to a file without a header and computes the CRC-32 of all of them.

    The file is not flushed to disk: the cache that owns it does that.

    Args:
        path: The file, which is overwritten.
        files: Opens it and closes it.
    """

    def __init__(self, path: Path, files: OpenFiles) -> None:
        self.path = path
        self.crc32 = 0
        self._files = files

    def write(self, image: np.ndarray) -> None:
        """Append one picture.

        Raises:
            CacheError: The disk is full, or the file grows over the worker's limit.
        """
        pixels = image.data if image.flags.c_contiguous else image.tobytes()
        self._files.write(self.path, pixels)
        self.crc32 = zlib.crc32(pixels, self.crc32)

    def close(self) -> None:
        """Finish: no picture follows."""
        self._files.close(self.path)


class ArraySink:
    """Collects frames in one growing array."""

    def __init__(self) -> None:
        self._frames = np.empty((0, 0, 0, 3), np.uint8)
        self._count = 0

    def write(self, image: np.ndarray) -> None:
        """Append one picture."""
        if self._count == len(self._frames):
            larger = np.empty((max(16, 2 * self._count), *image.shape), np.uint8)
            larger[: self._count] = self._frames if self._count else 0
            self._frames = larger
        self._frames[self._count] = image
        self._count += 1

    def close(self) -> None:
        """Finish: no picture follows."""

    @property
    def frames(self) -> np.ndarray:
        """(N, H, W, 3) uint8."""
        return self._frames[: self._count]


def _cannot_write(path: Path, error: OSError) -> CacheError:
    return CacheError(
        f"{path}: decoded frames cannot be written: {error.strerror or error}.",
        hint=f"{write_hint(error)} {CACHE_DIR_HINT}",
    )
