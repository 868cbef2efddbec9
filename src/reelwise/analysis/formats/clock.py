"""The times of an analysis as decimals that come back to the same frame, and as timecodes."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from reelwise.analysis.formats.format import FormatError
from reelwise.analysis.formats.tracks import segment_tracks
from reelwise.analysis.results import Analysis, Media, Moment
from reelwise.analysis.timecode import likely_rates
from reelwise.core.errors import DataError
from reelwise.core.fractions import fraction_from_text
from reelwise.core.timecode import TIMECODE_RATES, timecode

_FINEST_CLOCK = 10_000_000
"""Largest denominator of ``start_seconds``: the clocks of 90 kHz and 44.1 kHz together have 4,410,000."""

_HINT = "Use another format: csv and otio hold every time."


@dataclass(frozen=True)
class DecimalClock:
    """Times in units of 10^-digits seconds, rounded up into their frame.

    Such a time shows its frame to a reader that asks which frame is shown then, and to one that rounds to the nearest
    frame. Rounded down it would show the frame before.

    Args:
        media: The video.
        digits: Decimals: 3 for milliseconds.
        is_player_clock: Whether times count as on a player's clock; else the first frame is at 0.
    """

    media: Media
    digits: int
    is_player_clock: bool = False

    def units(self, moment: Moment) -> int:
        """The time as a whole number of units.

        Raises:
            FormatError: Frames are so short that the rounded time may show another one.
        """
        numerator, offset, denominator = self._scale
        exact = (moment.pts - self.media.first_pts) * numerator + offset
        units = -(-exact // denominator)
        if 2 * (units * denominator - exact) >= self._shortest_wrong:
            raise FormatError(f"its frames are too short for times of {self.digits} decimals.", hint=_HINT)
        return units

    def text(self, units: int, separator: str = ".") -> str:
        """Hours, minutes, seconds and decimals, such as ``01:00:00.033``."""
        seconds, decimals = divmod(units, 10**self.digits)
        whole = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        return f"{whole}{separator}{decimals:0{self.digits}}"

    def decimal(self, units: int) -> str:
        """Seconds, such as ``3600.033``."""
        return f"{units // 10**self.digits}.{units % 10**self.digits:0{self.digits}}"

    @cached_property
    def _scale(self) -> tuple[int, int, int]:
        """Numerators of a unit of pts and of the first frame's time, and their denominator, in units of this clock."""
        time_base = time_base_of(self.media)
        start = Fraction(self.media.start_seconds).limit_denominator(_FINEST_CLOCK) * self.is_player_clock
        per_second = 10**self.digits
        numerator = time_base.numerator * start.denominator * per_second
        offset = start.numerator * time_base.denominator * per_second
        return numerator, offset, time_base.denominator * start.denominator

    @cached_property
    def _shortest_wrong(self) -> int:
        """Twice the error from which on a time may be nearer to the next frame, in units of ``_scale``."""
        rate = frame_rate_of(self.media)
        seconds = 1 / rate if rate > 0 else Fraction(self.media.duration_seconds)
        return -int(-seconds * 10**self.digits * self._scale[2] // 1)


@dataclass(frozen=True)
class TimecodeClock:
    """Timecodes of a video of constant rate.

    Args:
        rate: Frames per second.
        is_drop_frame: Whether labels are dropped, as in the analysis.
    """

    rate: Fraction
    is_drop_frame: bool

    def label(self, frame: int) -> str:
        """The timecode of a frame, such as ``00:01:00;02``."""
        return timecode(frame, self.rate, drop=self.is_drop_frame)


def timecode_clock(analysis: Analysis) -> TimecodeClock:
    """The clock of formats that count frames at a constant rate.

    Raises:
        FormatError: The rate is variable, or has no timecode.
    """
    media = analysis.media
    rate = exact_number(media.timecode_rate) if media.timecode_rate else None
    if rate is None and media.variable_frame_rate:
        raise FormatError("the rate is variable, and this format counts frames at a constant one.", hint=_HINT)
    if rate is None or rate not in TIMECODE_RATES:
        raise FormatError(_why_none(media), hint=_HINT)
    first = next((item.start.timecode for track in segment_tracks(analysis) for item in track.items), None)
    drops = rate.denominator > 1 and round(rate) in (30, 60)
    return TimecodeClock(rate, drops and (first is None or ";" in first))


def _why_none(media: Media) -> str:
    """Why a video of constant rate has no timecode."""
    if rates := likely_rates(exact_number(media.frame_rate) or None):
        names = " or ".join(str(rate) for rate in rates)
        return f"its times do not show which rate of timecodes it has, {names} frames per second."
    return f"{media.frame_rate[:40]} frames per second have no timecode."


def frame_rate_of(media: Media) -> Fraction:
    """Frames per second: the rate of timecodes, or the mean where there are none; 0 where one frame is all."""
    return exact_number(media.timecode_rate or media.frame_rate)


def time_base_of(media: Media) -> Fraction:
    """Seconds per unit of pts.

    Raises:
        DataError: It is none; only an analysis.json that was changed has such.
    """
    time_base = exact_number(media.time_base)
    if time_base <= 0:
        raise DataError(f"a time base of {time_base} s is none.", hint="Analyze the video again.")
    return time_base


def exact_number(text: str) -> Fraction:
    """A rate, step or time base such as ``30000/1001``.

    Raises:
        DataError: It is no number; only an analysis.json that was changed has such.
    """
    try:
        return fraction_from_text(text)
    except (ValueError, ZeroDivisionError):
        raise DataError(f"{text[:40]!r} is no rate or time base.", hint="Analyze the video again.") from None
