"""Flicker: brightness that goes up and down, again and again, three times a second or faster."""

import math
from collections.abc import Sequence

import numpy as np

from reelwise.analysis.analyzer import Finding, Setup
from reelwise.analysis.pictures import PICTURE_WINDOW

_LEAST_CHANGE = 6.0
"""Grey levels of the mean brightness: 2.4 % of the range, which is seen on a still surface."""

_LONGEST_SWING = 0.17
"""Seconds from one turn to the next: half a period at 3 Hz, below which light is seen to change, not to flicker."""

_LEAST_TURNS = 8
"""Four times up and down."""

_LEAST_REGULARITY = 0.64
"""Edits of 1 to 14 frames have up to 0.62, explosions 0.60; 10 Hz seen at 30 frames per second 0.67."""


class FlickerFinder:
    """Finds chains of opposite changes of the mean brightness.

    Source: the pair of opposing changes of ITU-R BT.1702-2 (2019). Otherwise: smaller changes count, since a lamp is
    to be found and not a danger, and they must be regular.
    """

    def __init__(self, setup: Setup) -> None:
        self._keep_picture = setup.keep_picture
        self._turns: list[tuple[int, float, float]] = []
        self._extreme: tuple[int, float, float] | None = None
        self._direction = 0
        self._picture: int | None = None
        self._sums = np.zeros(3)
        self._num_turns = 0
        self._first = self._last = (0, 0.0, 0.0)

    def push(self, frame: int, seconds: float, brightness: float) -> Finding | None:
        """Look at the next frame; gives a flicker that has ended."""
        here = frame, seconds, brightness
        if self._extreme is None:
            self._extreme = here
            return None
        change = brightness - self._extreme[2]
        finding = None
        if self._num_turns and seconds - self._last[1] > 2 * _LONGEST_SWING:
            finding = self.end()
        if change * self._direction > 0 or (self._direction == 0 and abs(change) >= _LEAST_CHANGE):
            self._direction = 1 if change > 0 else -1
            self._extreme = here
        elif abs(change) >= _LEAST_CHANGE:
            finding = self._turn(self._extreme, frame) or finding
            self._direction = -self._direction
            self._extreme = here
        return finding

    def end(self) -> Finding | None:
        """End the chain, as behind the last frame."""
        num_swings = self._num_turns - 1
        total, squares, changes = (float(value) for value in self._sums)
        first, last, picture = self._first, self._last, self._picture
        self._num_turns, self._picture, self._sums = 0, None, np.zeros(3)
        if num_swings + 1 < _LEAST_TURNS:
            return None
        mean = total / num_swings
        regularity = 1 - math.sqrt(max(0.0, squares / num_swings - mean * mean)) / mean
        if regularity < _LEAST_REGULARITY or picture is None:
            return None
        values = {"frequency": 0.5 / mean, "change": changes / num_swings}
        return Finding("flicker", first[0], last[0] + 1, min(1.0, regularity), picture, values=values)

    def _turn(self, turn: Sequence, newest: int) -> Finding | None:
        finding = None
        frame, seconds, brightness = turn
        if self._num_turns and seconds - self._last[1] > _LONGEST_SWING:
            finding = self.end()
        if not self._num_turns:
            self._first = frame, seconds, brightness
        else:
            swing = seconds - self._last[1]
            self._sums += swing, swing * swing, abs(brightness - self._last[2])
        self._num_turns += 1
        self._last = frame, seconds, brightness
        if self._num_turns == _LEAST_TURNS:
            self._picture = max((self._first[0] + frame) // 2, newest - PICTURE_WINDOW + 1)
            self._keep_picture(self._picture)
        return finding
