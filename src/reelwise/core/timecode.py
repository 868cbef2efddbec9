"""SMPTE timecode: which rates have one, and the label of a frame."""

from fractions import Fraction

TIMECODE_RATES = tuple(
    rate for whole in (24, 25, 30, 48, 50, 60) for rate in (Fraction(whole * 1000, 1001), Fraction(whole))
    if rate.denominator == 1 or whole % 25
)  # fmt: skip
"""Frames per second that have a timecode. Source: SMPTE ST 12-1 (24 to 30) and ST 12-3 (48 to 60)."""

_DROPPED_PER_MINUTE = {Fraction(30000, 1001): 2, Fraction(60000, 1001): 4}
"""Labels that are left out at the start of each minute but every tenth. Source: SMPTE ST 12-1, drop-frame."""


def timecode(frame: int, rate: Fraction, *, drop: bool | None = None) -> str:
    """The label of a frame, counted from 00:00:00:00.

    Args:
        frame: 0-based index of the frame.
        rate: One of ``TIMECODE_RATES``.
        drop: Whether labels are dropped, so that they follow the clock; None where the rate usually does (29.97 and
            59.94), which a ``;`` before the frames shows.

    Raises:
        ValueError: The rate has no timecode, or drops no labels.

    Example:
        >>> timecode(1800, Fraction(30000, 1001)), timecode(1800, Fraction(30))
        ('00:01:00;02', '00:01:00:00')
    """
    if rate not in TIMECODE_RATES:
        raise ValueError(f"{rate} frames per second have no timecode")
    num_dropped = _DROPPED_PER_MINUTE.get(rate, 0) if drop is not False else 0
    if drop and not num_dropped:
        raise ValueError(f"at {rate} frames per second no labels are dropped")
    per_second = round(rate)
    if num_dropped:
        per_ten_minutes = 600 * per_second - 9 * num_dropped
        per_minute = 60 * per_second - num_dropped
        tens, rest = divmod(frame, per_ten_minutes)
        # The first minute of ten is whole; each of the other nine starts with labels that do not exist.
        minutes = 0 if rest < per_minute + num_dropped else 1 + (rest - per_minute - num_dropped) // per_minute
        frame += num_dropped * (9 * tens + minutes)
    seconds, frames = divmod(frame, per_second)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{';' if num_dropped else ':'}{frames:02}"
