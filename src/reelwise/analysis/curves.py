"""Signals that grow frame by frame."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from reelwise.analysis.analyzer import Signal
from reelwise.cache.scratch_rows import ScratchRows


class Curve:
    """A signal with a row per frame, four bytes of a file for each number.

    Args:
        units: Names of the columns, each with its unit.
        scratch: Folder of the file; None for the system's folder of temporary files.

    Raises:
        CacheError: The file cannot be made.
    """

    def __init__(self, units: Mapping[str, str], scratch: Path | None = None) -> None:
        self._units = dict(units)
        self._rows = ScratchRows((len(self._units),), np.float32, scratch)

    def append(self, row: Iterable[float]) -> None:
        """Add the row of the next frame; NaN where nothing is known.

        Raises:
            CacheError: The disk is full.
        """
        self._rows.append(np.fromiter(row, np.float32, len(self._units)))

    def signal(self) -> Signal:
        """What there is by now."""
        return Signal(self._rows.read(), tuple(self._units), self._units)
