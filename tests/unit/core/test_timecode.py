"""Timecodes by the rules of SMPTE ST 12-1."""

from fractions import Fraction

import pytest

from reelwise.core.timecode import timecode

NTSC = Fraction(30000, 1001)


@pytest.mark.parametrize(
    ("frame", "rate", "label"),
    [
        (0, NTSC, "00:00:00;00"),
        (1799, NTSC, "00:00:59;29"),
        (1800, NTSC, "00:01:00;02"),
        (3597, NTSC, "00:01:59;29"),
        (3598, NTSC, "00:02:00;02"),
        (17981, NTSC, "00:09:59;29"),
        (17982, NTSC, "00:10:00;00"),
        (107892, NTSC, "01:00:00;00"),
        (3600, 2 * NTSC, "00:01:00;04"),
        (35964, 2 * NTSC, "00:10:00;00"),
        (24 * 60, Fraction(24000, 1001), "00:01:00:00"),
        (25 * 3600 + 7, Fraction(25), "01:00:00:07"),
    ],
)
def test_labels(frame: int, rate: Fraction, label: str) -> None:
    assert timecode(frame, rate) == label


def test_labels_rise_and_never_repeat() -> None:
    labels = [timecode(frame, NTSC) for frame in range(40_000)]
    assert len(set(labels)) == len(labels)
    assert labels == sorted(labels)


def test_non_drop_labels_can_be_had_and_odd_rates_have_none() -> None:
    assert timecode(1800, NTSC, drop=False) == "00:01:00:00"
    with pytest.raises(ValueError, match="no timecode"):
        timecode(0, Fraction(15))
    with pytest.raises(ValueError, match="no labels are dropped"):
        timecode(0, Fraction(25), drop=True)
