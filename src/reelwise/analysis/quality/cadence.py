"""Repeated frames: a slower rate inside of a faster one."""

from collections import deque

import numpy as np

from reelwise.analysis.motion.repeats import is_same, mean_difference

WINDOW_SECONDS = 1.0
"""Over which frames are counted."""

_LEAST_ENERGY = 0.8
"""Mean change in grey levels of a frame that moves: in a still scene every frame repeats."""

_LONGEST_REPEAT = 0.25
"""Seconds: longer ones are a freeze, not a rate."""

_LEAST_REPEATS, _MOST_REPEATS = 0.12, 0.9
"""Part of the frames that repeat: one of eight where 24 frames per second were shown as 27, one of five in 24 to 30."""


class CadenceMeter:
    """Says for every frame how many of the last second's repeat the one before."""

    def __init__(self) -> None:
        self._last: np.ndarray | None = None
        self._frames: deque[tuple[float, bool, bool]] = deque()
        self._move_seconds = 0.0

    def push(self, seconds: float, grey: np.ndarray) -> tuple[float, float] | None:
        """Look at the next frame.

        Args:
            seconds: From the first frame.
            grey: (H, W) uint8.

        Returns:
            Part of the frames that repeat, and how many per second do not; None where no slower rate shows.
        """
        is_repeat = self._last is not None and is_same(grey, self._last)
        moves = self._last is not None and not is_repeat and mean_difference(grey, self._last) >= _LEAST_ENERGY
        self._last = grey
        self._frames.append((seconds, is_repeat, moves))
        while seconds - self._frames[0][0] >= WINDOW_SECONDS:
            self._frames.popleft()
        if not is_repeat:
            self._move_seconds = seconds
        num_repeats = sum(repeats for _, repeats, _ in self._frames)
        num_moves = sum(move for *_, move in self._frames)
        share = num_repeats / len(self._frames)
        if seconds - self._move_seconds > _LONGEST_REPEAT or not _LEAST_REPEATS <= share <= _MOST_REPEATS:
            return None
        num_others = len(self._frames) - num_repeats
        if num_moves < 0.8 * num_others or num_moves < 3:
            return None
        return share, num_others / WINDOW_SECONDS
