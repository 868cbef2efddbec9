"""Which frames of a video are kept: integers and exact times, no pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from reelwise.core.clip import DecodeSettings, Segment


@dataclass(frozen=True)
class Span:
    """[start, end) in ticks from the first frame of the file.

    Args:
        start: First tick inside.
        end: First tick outside.
    """

    start: int
    end: int


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


def clip_span(segment: Segment | None, end_pts: int, time_base: Fraction) -> Span:
    """A segment as ticks: frames with start <= time < end lie in it.

    Example:
        >>> clip_span((Fraction(1, 2), None), 30, Fraction(1, 30))
        Span(start=15, end=30)
    """
    start, end = segment or (None, None)
    first = 0 if start is None else max(0, _ceil(start / time_base))
    last = end_pts if end is None else min(end_pts, _ceil(end / time_base))
    return Span(first, max(first, last))


def plan_spans(
    pts: np.ndarray, end_pts: int, time_base: Fraction, settings: DecodeSettings, segment: Segment | None = None
) -> tuple[Span, ...]:
    """The stretches of a video that are kept: all of it, or evenly spread windows of a long one.

    A pure function of the times of all frames, so that training, evaluation and prediction keep the same ones.

    Args:
        pts: (N,) int64, rising, first at 0: the times of all frames, as packets tell them.
        end_pts: Where the video ends.
        time_base: Seconds per tick.
        settings: Rate, most frames, and length of the windows.
        segment: The part of the video in question.

    Returns:
        Disjoint spans in order. Empty when no frame lies in the segment.

    Example:
        >>> pts = np.arange(36_000)  # twenty minutes at 30 frames a second
        >>> len(plan_spans(pts, 36_000, Fraction(1, 30), DecodeSettings()))
        6
    """
    whole = clip_span(segment, end_pts, time_base)
    inside = pts[np.searchsorted(pts, whole.start) : np.searchsorted(pts, whole.end)]
    if len(inside) == 0:
        return ()
    thinner = Thinner(time_base, settings.max_frame_rate)
    num_kept = sum(thinner.keeps(tick) for tick in inside.tolist())
    if num_kept <= settings.max_frames:
        return (whole,)
    return _windows(whole, num_kept, time_base, settings)


def _windows(whole: Span, num_kept: int, time_base: Fraction, settings: DecodeSettings) -> tuple[Span, ...]:
    length = whole.end - whole.start
    window = max(1, int(settings.window_seconds / time_base))
    per_window = Fraction(num_kept * window, length)
    count = max(1, int(settings.max_frames / per_window))
    if per_window > settings.max_frames:
        window = max(1, length * settings.max_frames // num_kept)
    window = min(window, length // count)
    middles = (whole.start + length * (2 * i + 1) // (2 * count) for i in range(count))
    return tuple(Span(middle - window // 2, middle - window // 2 + window) for middle in middles)


def covers(spans: Sequence[Span], pts: np.ndarray) -> np.ndarray:
    """(N,) bool: which times lie in one of the spans."""
    inside = np.zeros(len(pts), bool)
    for span in spans:
        inside[np.searchsorted(pts, span.start) : np.searchsorted(pts, span.end)] = True
    return inside


def _ceil(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)
