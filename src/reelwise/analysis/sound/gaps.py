"""Where a video has no sound."""

from collections.abc import Iterator
from fractions import Fraction

from reelwise.core.intervals import Interval
from reelwise.core.sound import Sound

_LEAST_SECONDS = Fraction(1, 4)
"""Encoders end a track some hundredths of a second before its pictures."""


class GapFinder:
    """Finds the parts of a video that its sound does not cover, while the sound comes piece by piece."""

    def __init__(self) -> None:
        self._end = Fraction(0)

    def push(self, sound: Sound) -> Iterator[Interval[Fraction]]:
        """Take the next piece; gives the gap before it, in seconds on the clock of the frames."""
        yield from self.end(sound.start)
        self._end = max(self._end, sound.end)

    def end(self, seconds: Fraction) -> Iterator[Interval[Fraction]]:
        """The gap behind the sound of a video that ends at a time."""
        if seconds - self._end >= _LEAST_SECONDS:
            yield Interval(self._end, seconds)
