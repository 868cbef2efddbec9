"""Sets of labels as text: ``dive|swim``, the one place that knows the separator."""

from collections.abc import Iterable

SEPARATOR = "|"
"""Between the labels of one cell: rare in class names, and what tables of several labels use elsewhere too."""

NO_LABEL = SEPARATOR
"""The label of a record for which none of the labels holds; an empty label means that the record is unlabelled."""


def split_labels(text: str) -> tuple[str, ...]:
    """The single labels of ``a|b``: sorted, each once, blanks around them trimmed.

    Example:
        >>> split_labels("swim | dive|swim"), split_labels("|")
        (('dive', 'swim'), ())
    """
    return tuple(sorted({label.strip() for label in text.split(SEPARATOR)} - {""}))


def join_labels(labels: Iterable[str]) -> str:
    """Labels in one cell, in the given order; of none the empty text.

    Example:
        >>> join_labels(["dive", "swim"]), join_labels([])
        ('dive|swim', '')
    """
    return SEPARATOR.join(labels)


def is_label_set(text: str) -> bool:
    """Whether a cell holds a set of labels, be it an empty one.

    Example:
        >>> is_label_set("dive|swim"), is_label_set("|"), is_label_set("dive")
        (True, True, False)
    """
    return SEPARATOR in text
