"""At which rate with a timecode a video runs, from the times of its frames."""

from fractions import Fraction

import numpy as np

from reelwise.core.timecode import TIMECODE_RATES
from reelwise.media.readers.timeline import gaps_vary

_EXACT_TICKS = 1e-3
"""Ticks: far more than floats are off after two hours."""

_ROUNDED_STEP, _LOOSE_STEP = 1 / 8, 0.02
"""Parts of the time of a frame: what rounding to ticks may take at most, and where two clocks rounded one time."""

_SAME_RATE = Fraction(1, 10_000)
"""Files say 29.97 and 59.94; 30 and 30000/1001 are a thousandth apart."""


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
