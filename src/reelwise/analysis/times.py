"""The time of every frame of one video: its number, the stream's pts, seconds and timecode."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from reelwise.analysis.results import Moment
from reelwise.analysis.timecode import constant_rate
from reelwise.core.timecode import timecode


@dataclass(frozen=True, eq=False)
class FrameClock:
    """Times of all frames of a video, in the stream's own units.

    Args:
        pts: (N,) int64, strictly rising, as the stream has them; N > 0.
        end_pts: Where the last frame ends.
        time_base: Seconds per unit.
        start_seconds: Where the first frame lies on the container's clock, which players show: more than 0 where sound
            begins first.
        stated_rate: Frames per second as the file says itself, which decides where times alone fit several rates.
    """

    pts: np.ndarray
    end_pts: int
    time_base: Fraction
    start_seconds: Fraction = Fraction(0)
    stated_rate: Fraction | None = None

    def __len__(self) -> int:
        return len(self.pts)

    @cached_property
    def rate(self) -> Fraction | None:
        """The constant rate that has a timecode, such as 30000/1001; None for variable, odd and uncertain rates."""
        return constant_rate(self.pts, self.time_base, self.stated_rate)

    def pts_of(self, frame: int) -> int:
        """Pts of a frame; of ``len(clock)``, where the last frame ends."""
        return self.end_pts if frame == len(self.pts) else int(self.pts[frame])

    def seconds_of(self, frame: int) -> Fraction:
        """Seconds from the first shown frame to the start of this one, exact."""
        return (self.pts_of(frame) - int(self.pts[0])) * self.time_base

    def moment(self, frame: int) -> Moment:
        """All the ways to say when a frame starts.

        Args:
            frame: 0 to N; N is the end of the video.
        """
        label = timecode(frame, self.rate) if self.rate else None
        return Moment(frame, self.pts_of(frame), float(self.seconds_of(frame)), label)

    def frame_at(self, seconds: Fraction) -> int:
        """The frame that is shown at a time; the first before it, the last behind it."""
        ticks = seconds / self.time_base + int(self.pts[0])
        place = int(np.searchsorted(self.pts, ticks.numerator // ticks.denominator, side="right")) - 1
        return min(max(place, 0), len(self.pts) - 1)
