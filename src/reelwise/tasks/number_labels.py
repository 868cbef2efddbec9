"""Labels that are numbers: whether they count, measure, or name classes."""

import re
from collections.abc import Sequence

from reelwise.sampling.metadata_codes import parse_number

MOST_WHOLE_NUMBERS = 20
"""Whole numbers with more different values than this are numbers to predict, not names of classes."""

_DECIMAL = re.compile(r"[.eE]")


def parse_all(labels: Sequence[str]) -> list[float]:
    """The finite numbers that the labels are; empty where one is none, or all are the same."""
    values = [parse_number(label) for label in labels]
    numbers = [value for value in values if value is not None]
    return [] if len(numbers) < len(values) or len(set(numbers)) < 2 else numbers


def are_quantities(labels: Sequence[str], numbers: Sequence[float]) -> bool:
    """Whether numbers are to be predicted as such rather than taken as classes.

    They are where one of them has decimals, or where more than 20 values differ. Numbers that count classes from 0 or 1
    without a gap, each with several videos, are classes.

    Args:
        labels: As written.
        numbers: What :func:`parse_all` makes of them.

    Example:
        >>> are_quantities(["1.5", "2", "3"], [1.5, 2.0, 3.0]), are_quantities(["1", "2", "3"], [1.0, 2.0, 3.0])
        (True, False)
    """
    # Two whole numbers written as 0.0 and 1.0 are what tables make of yes and no where a cell is empty.
    has_decimals = any(_DECIMAL.search(label) for label in labels) and not _are_two_whole(numbers)
    return has_decimals or (len(set(numbers)) > MOST_WHOLE_NUMBERS and not _count_classes(numbers))


def _are_two_whole(numbers: Sequence[float]) -> bool:
    return len(set(numbers)) == 2 and all(number.is_integer() for number in numbers)


def _count_classes(numbers: Sequence[float]) -> bool:
    different = sorted(set(numbers))
    dense = different[0] in (0, 1) and different[-1] - different[0] + 1 == len(different)
    return dense and len(numbers) >= 3 * len(different)
