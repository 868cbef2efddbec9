"""Which frames of a video are kept: integers and exact times, no pixels."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from reelwise.core.clip import DecodeSettings
from reelwise.core.intervals import Interval, TimeRange


class Thinner:
    """Keeps frames so that no more than ``max_rate`` a second pass, spread evenly by their times.

    The frame nearest to the moment that is due is kept, if need be a quarter of a period early, so that the jitter of
    a camera's clock costs no frames of a video that is near the limit; the mean rate still holds.

    Args:
        time_base: Seconds per tick.
        max_rate: Frames per second at most; None lets all pass.

    Example:
        >>> thinner = Thinner(Fraction(1, 60), Fraction(30))
        >>> [thinner.keeps(tick) for tick in range(6)]
        [True, False, True, False, True, False]
    """

    def __init__(self, time_base: Fraction, max_rate: Fraction | None) -> None:
        self._max_rate = max_rate
        self._scale = 4 * time_base.numerator * (max_rate.numerator if max_rate else 1)
        self._period = 4 * time_base.denominator * (max_rate.denominator if max_rate else 1)
        self._due: int | None = None
        self._previous = 0

    def keeps(self, pts: int) -> bool:
        """Whether the frame at ``pts`` is kept; ask for every frame, once, in order."""
        if self._max_rate is None:
            return True
        now = pts * self._scale
        early = min(self._period // 4, (now - self._previous) // 2)
        self._previous = now
        if self._due is not None and now < self._due - early:
            return False
        self._due = (now if self._due is None else max(self._due, now - early)) + self._period
        return True


def plan_intervals(
    pts: np.ndarray, end_pts: int, time_base: Fraction, settings: DecodeSettings, segment: TimeRange | None = None
) -> tuple[Interval[int], ...]:
    """The parts of a video that are decoded: all of it, or evenly spread windows of a long one.

    A pure function of the times of all frames, so that training, evaluation and prediction keep the same ones.

    Args:
        pts: (N,) int64, rising, first at 0: the times of all frames, as packets tell them.
        end_pts: Where the video ends.
        time_base: Seconds per tick.
        settings: Rate, most frames, and length of the windows.
        segment: The part of the video in question.

    Returns:
        Disjoint, in order, in ticks from the first frame of the file; for stills one frame in each. Empty when no
        frame lies in the segment.

    Example:
        >>> pts = np.arange(36_000)  # twenty minutes at 30 frames a second
        >>> len(plan_intervals(pts, 36_000, Fraction(1, 30), DecodeSettings()))
        6
    """
    whole = (segment or TimeRange()).in_ticks(end_pts, time_base)
    inside = pts[np.searchsorted(pts, whole.start) : np.searchsorted(pts, whole.end)]
    if len(inside) == 0:
        return ()
    if settings.num_stills is not None:
        return _stills(inside, whole.end, settings.num_stills)
    thinner = Thinner(time_base, settings.max_frame_rate)
    num_kept = sum(thinner.keeps(tick) for tick in inside.tolist())
    if num_kept <= settings.max_frames:
        return (whole,)
    return _windows(whole, num_kept, time_base, settings)


def _windows(
    whole: Interval[int], num_kept: int, time_base: Fraction, settings: DecodeSettings
) -> tuple[Interval[int], ...]:
    length = whole.length
    window = max(1, int(settings.window_seconds / time_base))
    per_window = Fraction(num_kept * window, length)
    count = max(1, int(settings.max_frames / per_window))
    if per_window > settings.max_frames:
        window = max(1, length * settings.max_frames // num_kept)
    window = min(window, length // count)
    middles = (whole.start + length * (2 * i + 1) // (2 * count) for i in range(count))
    return tuple(Interval(0, window).shift(middle - window // 2) for middle in middles)


def still_indices(num_frames: int, count: int) -> np.ndarray:
    """(K,) int64: the frame in the middle of each of ``count`` equal parts, or every frame where there are fewer.

    Args:
        num_frames: Frames of the video.
        count: Stills that are wanted.

    Example:
        >>> still_indices(12, 3).tolist(), still_indices(2, 8).tolist()
        ([2, 6, 10], [0, 1])
    """
    count = min(count, num_frames)
    return (2 * np.arange(count) + 1) * num_frames // (2 * max(1, count))


def _stills(inside: np.ndarray, end: int, count: int) -> tuple[Interval[int], ...]:
    middles = still_indices(len(inside), count)
    ends = np.append(inside, end)[middles + 1]
    return tuple(Interval(int(inside[i]), int(stop)) for i, stop in zip(middles, ends, strict=True))


def covers(intervals: Sequence[Interval[int]], pts: np.ndarray) -> np.ndarray:
    """(N,) bool: which times lie in one of the intervals."""
    inside = np.zeros(len(pts), bool)
    for start, end in intervals:
        inside[np.searchsorted(pts, start) : np.searchsorted(pts, end)] = True
    return inside
