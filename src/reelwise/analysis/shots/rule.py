"""One rule for cuts: the picture changes much more than it does around."""

from collections import deque
from dataclasses import dataclass

import numpy as np

from reelwise.analysis.results import TransitionType

THUMBNAIL_HW = (27, 48)
"""Pixels of the thumbnails."""

_AROUND = 2
"""Changes before and after that a cut is compared with."""

_LEAST_CHANGE = 14.0
"""Mean change of a pixel in grey levels."""

_TIMES_AROUND = 3.0
"""How much larger than the changes around it."""


@dataclass(frozen=True)
class Transition:
    """How a shot begins, in frames, half-open; of a cut both are the first frame of the new shot."""

    type: TransitionType
    start_frame: int
    end_frame: int
    score: float


class CutRule:
    """Finds hard cuts while a video is read.

    Args:
        sensitivity: In [0, 1], more finds more; None for 0.5.
        min_shot: Frames of the shortest shot.
    """

    def __init__(self, *, sensitivity: float | None = None, min_shot: int = 0) -> None:
        self._least = _LEAST_CHANGE * 2 ** (1 - 2 * (0.5 if sensitivity is None else sensitivity))
        self._min_shot = min_shot
        self._last: np.ndarray | None = None
        self._changes: deque[float] = deque([0.0] * (_AROUND + 1), maxlen=2 * _AROUND + 1)
        self._frame = -1
        self._last_cut = 0

    def push(self, thumbnail: np.ndarray, *, is_damaged: bool = False) -> list[Transition]:
        """Look at the next (H, W, 3) uint8 thumbnail; gives a cut that is certain now."""
        picture = thumbnail.astype(np.int16)
        change = 0.0 if self._last is None or is_damaged else float(np.abs(picture - self._last).mean())
        self._last = picture
        return self._add(change)

    def finish(self) -> list[Transition]:
        """The cuts that are left."""
        return [cut for _ in range(_AROUND) for cut in self._add(0.0)]

    def _add(self, change: float) -> list[Transition]:
        self._frame += 1
        self._changes.append(change)
        if len(self._changes) < 2 * _AROUND + 1:
            return []
        here = self._changes[_AROUND]
        around = (sum(self._changes) - here) / (2 * _AROUND)
        frame = self._frame - _AROUND
        if here < self._least or here < _TIMES_AROUND * around or frame - self._last_cut < max(1, self._min_shot):
            return []
        self._last_cut = frame
        return [Transition("cut", frame, frame, min(1.0, 0.5 * here / self._least))]
