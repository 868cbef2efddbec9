"""Times of frames that rise strictly, whatever the file says, and what was wrong with it."""

from array import array
from collections import deque
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from reelwise.core.frames import FrameTimes

_MAX_GAP_SECONDS = 12 * 3600
"""A longer gap is a second clock in the file: recordings pause overnight, but no pause of a video lasts so long."""

_SMALL_STEP_BACK_SECONDS = 1
"""A larger step back is a restart of the clock; rounding and reordering stay far below it."""

_MAX_STEPS_BACK = 3
"""Steps back in a row that count as a restart of the clock."""

_MAX_TICKS = 1 << 61
"""Ticks; sums of two such times still fit in int64."""


@dataclass
class Timeline:
    """A clock that frames pass one by one in display order.

    A frame without a time comes one step after the last. One whose time is repeated or lies a little back is put half a
    step after the last, so that the clock of the file goes on undisturbed behind it. Where the file starts another
    clock (more than a second back, three steps back in a row, or more than 12 hours ahead), that clock is moved to
    follow the last frame.

    Args:
        time_base: Seconds per tick, positive.
        first_step: Ticks from one frame to the next until frames have shown it.
    """

    time_base: Fraction
    first_step: int
    num_missing: int = 0
    num_back: int = 0
    num_jumps: int = 0
    _pts: array = field(default_factory=lambda: array("q"))
    _shift: int = 0
    _backs: int = 0
    _last_duration: int = 0

    def __post_init__(self) -> None:
        self._gaps: deque[int] = deque([self.first_step] * 3, maxlen=5)
        self._max_gap = min(int(_MAX_GAP_SECONDS / self.time_base), _MAX_TICKS)
        self._max_step_back = int(_SMALL_STEP_BACK_SECONDS / self.time_base)

    def add(self, stamp: int | None, duration: int | None = None) -> int:
        """The time of the next frame.

        Args:
            stamp: What the file says, in ticks; None when it says nothing.
            duration: How long the file says that this frame is shown, in ticks.

        Returns:
            Ticks; greater than every one before.
        """
        self._last_duration = duration or 0
        if not self._pts:
            return self._keep(stamp if stamp is not None and abs(stamp) < _MAX_TICKS else 0)
        last = self._pts[-1]
        if stamp is None:
            self.num_missing += 1
            return self._keep(last + self.step)
        time = stamp + self._shift
        if time <= last:
            return self._step_back(stamp, last)
        self._backs = 0
        if time - last > self._max_gap or abs(time) > _MAX_TICKS:
            self.num_jumps += 1
            return self._restart(stamp, last)
        self._gaps.append(time - last)
        return self._keep(time)

    @property
    def step(self) -> int:
        """Ticks from frame to frame lately: the middle one of a few gaps, so that one odd gap does not count."""
        return sorted(self._gaps)[(len(self._gaps) - 1) // 2]

    def _step_back(self, stamp: int, last: int) -> int:
        self.num_back += 1
        self._backs += 1
        far = last - stamp - self._shift > self._max_step_back
        if far or self._backs >= _MAX_STEPS_BACK:
            return self._restart(stamp, last)
        return self._keep(last + max(1, self.step // 2))

    def _restart(self, stamp: int, last: int) -> int:
        self._shift = last + self.step - stamp
        return self._keep(last + self.step)

    def _keep(self, time: int) -> int:
        self._pts.append(time)
        return time

    def __len__(self) -> int:
        return len(self._pts)

    @property
    def start(self) -> int:
        """Ticks of the first frame."""
        return self._pts[0]

    def times(self) -> FrameTimes:
        """All times, with the first frame at 0."""
        pts = np.frombuffer(self._pts, np.int64) - self._pts[0] if self._pts else np.zeros(0, np.int64)
        return FrameTimes(pts, int(pts[-1]) + last_duration(pts, self._last_duration, self.step), self.time_base)


def last_duration(pts: np.ndarray, header_duration: int, step: int) -> int:
    """Ticks that the last frame is shown: what the file claims where that is likely, else the mean gap.

    Args:
        pts: (N,) int64, rising; N > 0.
        header_duration: The file's own duration of the last frame; 0 or less when unknown.
        step: Used for a single frame of unknown duration.
    """
    if len(pts) == 1:
        return header_duration if 0 < header_duration <= 3600 * step else max(1, step)
    mean = max(1, round((int(pts[-1]) - int(pts[0])) / (len(pts) - 1)))
    return header_duration if mean <= 2 * header_duration <= 20 * mean else mean


def mean_rate(times: FrameTimes) -> Fraction:
    """Frames per second: (N - 1) / (last - first), exact; of a single frame, one over its duration."""
    if len(times) == 1:
        return 1 / times.duration_seconds
    return (len(times) - 1) / ((int(times.pts[-1]) - int(times.pts[0])) * times.time_base)


def is_variable(times: FrameTimes) -> bool:
    """Whether gaps between frames differ by more than the rounding of the container's clock."""
    return gaps_vary(times.pts)


def gaps_vary(pts: np.ndarray) -> bool:
    """The same, of the times alone: what is variable has no timecode.

    Args:
        pts: (N,) int64, rising, in ticks.
    """
    if len(pts) < 3:
        return False
    gaps = np.diff(pts)
    mean = float(gaps.mean())
    return float(gaps.max() - gaps.min()) > max(0.02 * mean, min(2.0, 0.25 * mean))


def num_dropped(times: FrameTimes) -> int:
    """How many frames are missing in gaps of twice the usual step and more; 0 where there is no usual step."""
    if len(times) < 8:
        return 0
    gaps = np.diff(times.pts)
    usual = float(np.median(gaps))
    regular = np.abs(gaps - usual) <= max(1.0, 0.1 * usual)
    wide = gaps >= 1.9 * usual
    if np.count_nonzero(regular | wide) < 0.9 * len(gaps):
        return 0
    return int(np.rint(gaps[wide] / usual - 1).sum())
