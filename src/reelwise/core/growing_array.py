"""An array of rows that more are put behind."""

from collections.abc import Sequence

import numpy as np

_FIRST_ROWS = 256


class GrowingArray:
    """Rows of one shape; room is made for twice as many whenever it is needed.

    Args:
        row_shape: Of one row; empty for plain numbers.
        dtype: Of the numbers.
        fill: What a row holds until it is written.

    Example:
        >>> numbers = GrowingArray((), np.int64)
        >>> numbers.append(4)
        >>> numbers.append(5)
        >>> numbers.values.tolist()
        [4, 5]
    """

    def __init__(self, row_shape: Sequence[int], dtype: type, fill: float = 0) -> None:
        self._fill = fill
        self._rows = np.full((_FIRST_ROWS, *row_shape), fill, dtype)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def values(self) -> np.ndarray:
        """The rows: a view that keeps its length when more come."""
        return self._rows[: self._length]

    def append(self, row: float | np.ndarray) -> None:
        """Put a row behind the others."""
        self.lengthen_to(self._length + 1)
        self._rows[self._length - 1] = row

    def lengthen_to(self, length: int) -> None:
        """Put rows of ``fill`` behind the others, up to so many; never fewer than there are."""
        if length > len(self._rows):
            rows = np.full((max(length, 2 * len(self._rows)), *self._rows.shape[1:]), self._fill, self._rows.dtype)
            rows[: self._length] = self.values
            self._rows = rows
        self._length = max(self._length, length)
