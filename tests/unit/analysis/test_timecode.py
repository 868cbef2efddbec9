"""Which rate a video has, from the times of its frames."""

from fractions import Fraction

import numpy as np
import pytest

from reelwise.analysis.timecode import constant_rate
from reelwise.core.timecode import TIMECODE_RATES
from reelwise.media.readers.timeline import gaps_vary

NTSC = Fraction(30000, 1001)


@pytest.mark.parametrize("rate", TIMECODE_RATES)
@pytest.mark.parametrize("time_base", [Fraction(1, 1000), Fraction(1, 90000), Fraction(1, 12800)])
def test_the_rate_is_known_again_over_two_hours(rate: Fraction, time_base: Fraction) -> None:
    ticks = 1 / (rate * time_base)
    frames = np.arange(int(7200 * rate), dtype=np.int64)
    # Integers, so that it is exact; half a tick is added to round.
    exact = (2 * frames * ticks.numerator + ticks.denominator) // (2 * ticks.denominator)
    assert constant_rate(exact + 77, time_base) == rate


def test_variable_and_odd_rates_have_none() -> None:
    even = np.arange(100, dtype=np.int64) * 40
    assert constant_rate(even, Fraction(1, 1000)) == 25
    uneven = even.copy()
    uneven[50:] += 40
    assert constant_rate(uneven, Fraction(1, 1000)) is None
    assert constant_rate(np.arange(100, dtype=np.int64), Fraction(1, 15)) is None


def test_one_frame_has_the_rate_that_the_file_states() -> None:
    assert constant_rate(np.zeros(1, np.int64), Fraction(1, 25), Fraction(25)) == 25
    assert constant_rate(np.zeros(1, np.int64), Fraction(1, 1000), Fraction(2997, 100)) == NTSC
    assert constant_rate(np.zeros(1, np.int64), Fraction(1, 15), Fraction(15)) is None
    assert constant_rate(np.zeros(1, np.int64), Fraction(1, 25)) is None


def test_a_second_on_a_clock_of_milliseconds_has_the_rate_that_the_file_states() -> None:
    pts = np.array([round(frame * 1001 / 30) for frame in range(20)], np.int64)
    base = Fraction(1, 1000)
    assert constant_rate(pts, base, Fraction(2997, 100)) == NTSC
    assert constant_rate(pts, base, Fraction(30)) == 30
    for stated_rate in (None, Fraction(1000), Fraction(25)):
        assert constant_rate(pts, base, stated_rate) is None
    longer = np.array([round(frame * 1001 / 30) for frame in range(120)], np.int64)
    assert constant_rate(longer, base) == NTSC
    assert constant_rate(longer, base, Fraction(30)) == NTSC  # the frames know better


@pytest.mark.parametrize("rate", TIMECODE_RATES)
@pytest.mark.parametrize("time_base", [Fraction(1, 90000), Fraction(1, 120000)])
def test_three_frames_of_an_exact_clock_are_enough(rate: Fraction, time_base: Fraction) -> None:
    pts = np.array([round(Fraction(frame) / rate / time_base) for frame in range(3)], np.int64)
    assert constant_rate(pts, time_base) == rate


def test_what_is_variable_has_no_timecode() -> None:
    # Times that were rounded to milliseconds and then put on a clock of 90 kHz, as a telephone wrote them.
    pts = np.array([90 * round(frame * 1000 / 30) for frame in range(39)], np.int64)
    assert gaps_vary(pts)
    assert constant_rate(pts, Fraction(1, 90_000), Fraction(30)) is None
