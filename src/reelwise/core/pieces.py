"""Rows that come in blocks of any length, given on in pieces of one length."""

from collections.abc import Iterator

import numpy as np


class Pieces:
    """Holds rows back until a piece is full.

    Args:
        length: Rows of a piece, 1 or more.

    Example:
        >>> pieces = Pieces(3)
        >>> [piece.tolist() for piece in pieces.push(np.arange(7))]
        [[0, 1, 2], [3, 4, 5]]
        >>> pieces.rest().tolist()
        [6]
    """

    def __init__(self, length: int) -> None:
        self._length = length
        self._waiting: list[np.ndarray] = []
        self.num_waiting = 0

    def push(self, rows: np.ndarray) -> Iterator[np.ndarray]:
        """Take the next (n, ...) rows; gives the pieces that they fill."""
        self._waiting.append(rows)
        self.num_waiting += len(rows)
        if self.num_waiting < self._length:
            return
        all_rows = np.concatenate(self._waiting)
        num_whole = len(all_rows) // self._length * self._length
        self._waiting, self.num_waiting = [all_rows[num_whole:]], len(all_rows) - num_whole
        for start in range(0, num_whole, self._length):
            yield all_rows[start : start + self._length]

    def rest(self) -> np.ndarray | None:
        """What fills no piece, and is held back no more; None where there is nothing."""
        waiting, self._waiting, self.num_waiting = [rows for rows in self._waiting if len(rows)], [], 0
        return np.concatenate(waiting) if waiting else None
