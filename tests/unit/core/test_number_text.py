"""Numbers as people read them."""

import pytest

from reelwise.core.number_text import percent, short_number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2059.4, "2,059"),
        (17.05, "17.1"),
        (-0.387, "−0.387"),
        (0.004, "0.004"),
        (-0.0004, "0"),
        (0.0, "0"),
        (-8.0, "−8"),
    ],
)
def test_small_numbers_are_no_zero_and_large_ones_are_grouped(value: float, text: str) -> None:
    assert short_number(value) == text


def test_a_share_is_rounded_to_no_end() -> None:
    assert [percent(share) for share in (0.0, 0.0001, 0.82, 0.997, 1.0)] == ["0 %", "0.1 %", "82 %", "99.7 %", "100 %"]
