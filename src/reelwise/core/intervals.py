"""One type for every half-open [start, end): exact ticks, samples or seconds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational
from typing import Generic, TypeVar

Moment = TypeVar("Moment", int, Fraction)
"""A point in time: int for ticks, samples or columns, Fraction for seconds. Never a float, which would round."""


@dataclass(frozen=True, order=True)
class Interval(Generic[Moment]):
    """[start, end): its first moment is inside, its end is not, so that neighbours share no moment.

    Intervals sort by start, then by end.

    Args:
        start: The first moment inside.
        end: The first moment behind; equal to ``start`` for an empty interval.

    Example:
        >>> shot, scene = Interval(10, 20), Interval(15, 30)
        >>> shot.intersection(scene), shot.tiou(scene)
        (Interval(start=15, end=20), Fraction(1, 4))
        >>> start, end = shot
    """

    start: Moment
    end: Moment

    def __post_init__(self) -> None:
        for moment in (self.start, self.end):
            if not isinstance(moment, Rational):
                raise TypeError(f"an interval needs int or Fraction, got {type(moment).__name__} {moment}")
        if self.start > self.end:
            raise ValueError(f"an interval cannot end at {self.end} before it starts at {self.start}")

    def __iter__(self) -> Iterator[Moment]:
        yield self.start
        yield self.end

    @property
    def length(self) -> Moment:
        """How long it is, in the unit of its moments; 0 when it is empty."""
        return self.end - self.start

    @property
    def is_empty(self) -> bool:
        """Whether no moment lies inside."""
        return self.start == self.end

    def contains(self, moment: Moment) -> bool:
        """Whether a moment lies inside; the end does not."""
        return self.start <= moment < self.end

    def intersection(self, other: "Interval[Moment]") -> "Interval[Moment] | None":
        """What lies in both; None when they share no moment, as neighbours do not."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Interval(start, end) if start < end else None

    def overlap(self, other: "Interval[Moment]") -> Moment:
        """How long both last together; 0 when they share no moment."""
        return max(self.start, min(self.end, other.end)) - max(self.start, min(self.end, other.start))

    def tiou(self, other: "Interval[Moment]") -> Fraction:
        """Temporal intersection over union, exact in [0, 1]; 0 where one of them is empty."""
        overlap_length = self.overlap(other)
        return (
            Fraction(overlap_length) / Fraction(self.length + other.length - overlap_length)
            if overlap_length
            else Fraction(0)
        )

    def clip(self, within: "Interval[Moment]") -> "Interval[Moment]":
        """The nearest interval inside another one: empty, at an edge of it, when they share no moment."""
        start = min(max(self.start, within.start), within.end)
        return Interval(start, max(start, min(self.end, within.end)))

    def shift(self, by: Moment) -> "Interval[Moment]":
        """The same length, later by so much."""
        return Interval(self.start + by, self.end + by)


@dataclass(frozen=True)
class TimeRange:
    """[start, end) of a video in seconds from its first frame, where an end may be that of the video itself.

    The only form with open ends: ``Interval`` always knows both.

    Args:
        start: The first moment inside; None for the beginning of the video.
        end: The first moment behind; None for the end of the video.
    """

    start: Fraction | None = None
    end: Fraction | None = None

    def in_ticks(self, end_pts: int, time_base: Fraction) -> Interval[int]:
        """The range of a video in ticks: the frames with start <= time < end lie in it.

        Args:
            end_pts: Where the video ends; it starts at 0.
            time_base: Seconds per tick.

        Example:
            >>> TimeRange(Fraction(1, 2)).in_ticks(30, Fraction(1, 30))
            Interval(start=15, end=30)
        """
        first = 0 if self.start is None else max(0, _ceil(self.start / time_base))
        last = end_pts if self.end is None else min(end_pts, _ceil(self.end / time_base))
        return Interval(first, max(first, last))


def merge(intervals: Iterable[Interval[Moment]]) -> tuple[Interval[Moment], ...]:
    """The same moments as disjoint intervals in order; those that overlap or meet become one, empty ones go.

    Example:
        >>> merge([Interval(4, 6), Interval(0, 2), Interval(2, 3)])
        (Interval(start=0, end=3), Interval(start=4, end=6))
    """
    union: list[Interval[Moment]] = []
    for interval in sorted(interval for interval in intervals if not interval.is_empty):
        if union and interval.start <= union[-1].end:
            union[-1] = Interval(union[-1].start, max(union[-1].end, interval.end))
        else:
            union.append(interval)
    return tuple(union)


def union_length(intervals: Iterable[Interval[Moment]]) -> Moment | int:
    """How much is covered by at least one of the intervals, counted once.

    Example:
        >>> union_length([Interval(0, 10), Interval(5, 12)])
        12
    """
    return sum(interval.length for interval in merge(intervals))


def _ceil(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)
