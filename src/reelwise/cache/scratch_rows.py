"""Rows of numbers in a file without a name: what stays in memory does not grow with them."""

import tempfile
import weakref
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

import numpy as np

from reelwise.cache.folder import cannot_write_cache


class ScratchRows:
    """Rows of one shape that are written now and read once, at the end.

    The file goes with this object, and with the process however that ends. It is written and read, not mapped: pages
    of a mapped file count as memory.

    Args:
        row_shape: Of one row.
        dtype: Of the numbers.
        folder: Where the file lies; None for the system's folder of temporary files.

    Raises:
        CacheError: The file cannot be made.

    Example:
        >>> rows = ScratchRows((2,), np.float32)
        >>> rows.append(np.array([[1, 2], [3, 4]]))
        >>> rows.append(np.array([[5, 6]]))
        >>> rows.read().tolist()
        [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    """

    def __init__(self, row_shape: Sequence[int], dtype: type, folder: Path | None = None) -> None:
        self._row_shape, self._dtype = tuple(row_shape), dtype
        self._folder = folder or Path(tempfile.gettempdir())
        self._length = 0
        try:
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115  (it lives as long as this)
        except OSError as error:
            raise cannot_write_cache(self._folder, error) from error
        # No method closes it: another thread may end a pass while rows are written.
        weakref.finalize(self, _close, self._file)

    def __len__(self) -> int:
        return self._length

    def append(self, rows: np.ndarray) -> None:
        """Put rows behind the others.

        Args:
            rows: (n, …), of any type that becomes ``dtype``.

        Raises:
            CacheError: The disk is full.
        """
        content = np.ascontiguousarray(rows, self._dtype).reshape(-1, *self._row_shape)
        try:
            self._file.write(content.data)
        except OSError as error:
            raise cannot_write_cache(self._folder, error) from error
        self._length += len(content)

    def read(self) -> np.ndarray:
        """All rows, (N, …); more may still come.

        Raises:
            CacheError: The disk is full.
        """
        rows = np.empty((self._length, *self._row_shape), self._dtype)
        try:
            self._file.seek(0)  # writes what waits in its buffer, too
            self._file.readinto(rows.reshape(-1).view(np.uint8).data)
        except OSError as error:
            raise cannot_write_cache(self._folder, error) from error
        return rows


def _close(file: IO[bytes]) -> None:
    with suppress(OSError):  # a full disk does not take what waits in the buffer, which nobody needs any more
        file.close()
