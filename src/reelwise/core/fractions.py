"""Fractions from text that somebody else wrote."""

import re
from fractions import Fraction

_RATIO = re.compile(r"-?\d{1,40}(/\d{1,40})?")
"""Whole numbers of up to 40 digits: far more than a time base or a frame rate has."""


def fraction_from_text(text: str) -> Fraction:
    """A fraction such as ``"30000/1001"``, in bounded time whatever the text is.

    Raises:
        ValueError: It is no ratio of whole numbers.
        ZeroDivisionError: The second number is 0.

    Example:
        >>> fraction_from_text("30000/1001")
        Fraction(30000, 1001)
    """
    if not _RATIO.fullmatch(text):  # Fraction itself would compute 1e999999999
        raise ValueError("not a ratio of whole numbers")
    return Fraction(text)
