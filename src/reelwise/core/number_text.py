"""Shares and numbers as people read them."""

from math import floor, log10


def percent(share: float) -> str:
    """``0.823`` as ``82 %``; near the ends with a decimal, and never rounded up to 100 or down to 0.

    Example:
        >>> percent(0.823), percent(0.004), percent(0.9999)
        ('82 %', '0.4 %', '99.9 %')
    """
    if 0 < share < 0.01:
        return f"{max(0.1, 100 * share):.1f} %"
    if 0.99 < share < 1:
        return f"{min(99.9, 100 * share):.1f} %"
    return f"{100 * share:.0f} %"


def plain_number(value: float, digits: int = 3) -> str:
    """A number with so many digits that count, no power of ten where that can be helped.

    Args:
        value: Finite.
        digits: Digits that count.

    Example:
        >>> plain_number(12345.678), plain_number(0.012345), plain_number(-2.0), plain_number(0.0)
        ('12,346', '0.0123', '-2', '0')
    """
    if value == 0:
        return "0"
    exponent = floor(log10(abs(value)))
    if not -6 <= exponent <= 12:
        return f"{value:.{digits - 1}e}"
    decimals = max(0, digits - 1 - exponent)
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if decimals else text


def short_number(value: float) -> str:
    """A measure for people: three digits that count, at most three of them behind the point, and a true minus sign.

    Args:
        value: Finite.

    Example:
        >>> [short_number(value) for value in (2059.4, 17.05, -8.83, 0.004, 6.7e-05)]
        ['2,059', '17.1', '−8.83', '0.004', '0']
    """
    return plain_number(round(value, 3)).replace("-", "−")


def count_text(count: int, noun: str) -> str:
    """A number with its noun, which gets an s unless it is one.

    Example:
        >>> count_text(1, "video"), count_text(1234, "video")
        ('1 video', '1,234 videos')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
