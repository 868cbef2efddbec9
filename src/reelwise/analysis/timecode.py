"""SMPTE timecode: which rates have one, and the label of a frame."""

from fractions import Fraction

import numpy as np

from reelwise.media.readers.timeline import gaps_vary

TIMECODE_RATES = tuple(
    rate for whole in (24, 25, 30, 48, 50, 60) for rate in (Fraction(whole * 1000, 1001), Fraction(whole))
    if rate.denominator == 1 or whole % 25
)  # fmt: skip
"""Frames per second that have a timecode. Source: SMPTE ST 12-1 (24 to 30) and ST 12-3 (48 to 60)."""

_DROPPED_PER_MINUTE = {Fraction(30000, 1001): 2, Fraction(60000, 1001): 4}
"""Labels that are left out at the start of each minute but every tenth. Source: SMPTE ST 12-1, drop-frame."""

_EXACT_TICKS = 1e-3
"""Ticks: far more than floats are off after two hours."""

_ROUNDED_STEP, _LOOSE_STEP = 1 / 8, 0.02
"""Parts of the time of a frame: what rounding to ticks may take at most, and where two clocks rounded one time."""

_SAME_RATE = Fraction(1, 10_000)
"""Files say 29.97 and 59.94; 30 and 30000/1001 are a thousandth apart."""


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


def constant_rate(pts: np.ndarray, time_base: Fraction, stated_rate: Fraction | None = None) -> Fraction | None:
    """The rate of ``TIMECODE_RATES`` at which a video runs; None where it is variable, another one, or not certain.

    Every frame must lie where the rate puts it, but for the rounding of the container's clock: then the number of a
    frame and its timecode say the same, however long the video is. A few frames on a clock of milliseconds may lie
    where 30 as well as 30000/1001 puts them, and one frame where every rate does: then the file has to say which.

    Args:
        pts: (N,) int64, rising, in units of ``time_base``; N > 0.
        time_base: Seconds per unit.
        stated_rate: What the file says of itself, such as 2997/100; None or any other number where it says nothing.

    Example:
        >>> times = np.array([0, 33, 67, 100], np.int64)
        >>> constant_rate(times, Fraction(1, 1000), Fraction(30)), constant_rate(times, Fraction(1, 1000))
        (Fraction(30, 1), None)
    """
    if gaps_vary(pts):
        return None
    ticks = pts - pts[0]
    errors: dict[Fraction, float] = {}
    for rate in likely_rates((len(pts) - 1) / (int(ticks[-1]) * time_base) if len(pts) > 1 else None):
        errors[rate] = float(np.abs(ticks - np.arange(len(pts)) * float(1 / (rate * time_base))).max())
    step = float(np.diff(pts).mean()) if len(pts) > 1 else 1.0
    # The closest fit counts: exact times, then times that a clock rounded (at both ends), then those of two clocks.
    for tolerance in (_EXACT_TICKS, min(1.0, _ROUNDED_STEP * step), _LOOSE_STEP * step):
        if rates := [rate for rate, error in errors.items() if error <= tolerance]:
            stated_rates = [rate for rate in rates if stated_rate and abs(stated_rate / rate - 1) < _SAME_RATE]
            return rates[0] if len(rates) == 1 else next(iter(stated_rates), None)
    return None


def likely_rates(mean_rate: Fraction | None) -> tuple[Fraction, ...]:
    """The rates of ``TIMECODE_RATES`` that are within a hundredth of a mean rate; all where there is none.

    Example:
        >>> likely_rates(Fraction(30))
        (Fraction(30000, 1001), Fraction(30, 1))
    """
    if mean_rate is None:
        return TIMECODE_RATES
    return tuple(rate for rate in TIMECODE_RATES if abs(mean_rate / rate - 1) < Fraction(1, 100))
