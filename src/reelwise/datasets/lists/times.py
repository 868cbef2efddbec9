"""Moments in a list: exact seconds from ``12.5``, ``12,5 s`` or ``1:02:03.5``."""

import re
from fractions import Fraction

_CLOCK = re.compile(r"(?:(?:(\d{1,4}):)?(\d{1,6}):)?(\d{1,9}(?:[.,]\d{0,12})?)(?: ?s)?", re.ASCII)


def parse_seconds(text: str) -> Fraction | None:
    """Exact seconds, or None for an empty cell.

    Only plain digits are read: ``1e999999`` would be a number with a million digits.

    Raises:
        ValueError: It is neither seconds nor a clock time.

    Example:
        >>> parse_seconds("1:02.5"), parse_seconds("7,5 s"), parse_seconds(" ")
        (Fraction(125, 2), Fraction(15, 2), None)
    """
    text = text.strip()
    if not text:
        return None
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise ValueError(f"{text[:40]!r} is not a time in seconds")
    hours, minutes, seconds = match.groups()
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + Fraction(seconds.replace(",", "."))
