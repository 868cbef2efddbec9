"""Signals that grow frame by frame."""

from array import array
from collections.abc import Iterable, Mapping

import numpy as np

from reelwise.analysis.analyzer import Signal


class Curve:
    """A signal with a row per frame, four bytes for each number.

    Args:
        units: Names of the columns, each with its unit.
    """

    def __init__(self, units: Mapping[str, str]) -> None:
        self._units = dict(units)
        self._numbers = array("f")

    def append(self, row: Iterable[float]) -> None:
        """Add the row of the next frame; NaN where nothing is known."""
        self._numbers.extend(row)

    def signal(self) -> Signal:
        """What there is by now."""
        values = np.array(self._numbers, np.float32).reshape(-1, len(self._units))
        return Signal(values, tuple(self._units), self._units)
