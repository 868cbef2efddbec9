"""What the labels of a data set are: classes, sets of labels, or numbers."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from reelwise.core.errors import DataError, UsageError
from reelwise.core.label_sets import NO_LABEL, is_label_set, join_labels, split_labels
from reelwise.core.modalities import TASKS
from reelwise.core.records import Record
from reelwise.datasets.lists.rows import Row
from reelwise.sampling.metadata_codes import parse_number

MOST_WHOLE_NUMBERS = 20
"""Whole numbers with more different values than this are numbers to learn, not names of classes."""

_DECIMAL = re.compile(r"[.eE]")


def decide_task(rows: Sequence[Row], asked: str = "auto") -> tuple[str, str]:
    """What is to be learned from the labels of these rows, and a sentence on it.

    Sets of labels where a column has ``a|b`` in any cell. Numbers where every label comes from a column and is a
    finite number, and one of them has decimals or more than 20 values differ; numbers that count classes from 0 or 1
    without a gap, each with several videos, are classes. Names of class folders are never taken apart.

    Args:
        rows: With labels as written.
        asked: One of ``TASKS``, or ``auto``.

    Raises:
        UsageError: There is no such task.
    """
    if asked != "auto":
        if asked not in TASKS:
            raise UsageError(f"the task is {asked!r}.", hint=f"Expected auto, {', '.join(TASKS)}.")
        return asked, ""
    labelled = [row for row in rows if row.label.strip()]
    sets = [row for row in labelled if row.label_column and is_label_set(row.label)]
    if sets:
        joined = next((row for row in sets if len(split_labels(row.label)) > 1), sets[0])
        return "multilabel", (
            f"labels are sets, such as {joined.label.strip()!r} of {joined.file}: each is learned by itself"
            " (--task classification takes every combination as one class)"
        )
    if not labelled or not all(row.label_column for row in labelled):
        return "classification", ""
    return _numbers_or_classes([row.label.strip() for row in labelled], labelled[0].label_column)


def _numbers_or_classes(labels: Sequence[str], column: str) -> tuple[str, str]:
    values = [parse_number(label) for label in labels]
    numbers = [value for value in values if value is not None]
    if len(numbers) < len(values) or len(set(numbers)) < 2:
        return "classification", ""
    # Two whole numbers written as 0.0 and 1.0 are what tables make of yes and no where a cell is empty.
    decimals = any(_DECIMAL.search(label) for label in labels) and not _two_whole(numbers)
    if decimals or (len(set(numbers)) > MOST_WHOLE_NUMBERS and not _count_classes(numbers)):
        return "regression", (
            f"labels are numbers from {min(numbers):g} to {max(numbers):g}: the model learns the number {column!r}"
            " (--task classification takes each value as a class)"
        )
    return "classification", (
        f"labels are whole numbers with {len(set(numbers))} values: taken as classes (--task regression learns them"
        " as numbers)"
    )


def _two_whole(numbers: Sequence[float]) -> bool:
    return len(set(numbers)) == 2 and all(number.is_integer() for number in numbers)


def _count_classes(numbers: Sequence[float]) -> bool:
    different = sorted(set(numbers))
    dense = different[0] in (0, 1) and different[-1] - different[0] + 1 == len(different)
    return dense and len(numbers) >= 3 * len(different)


def fit_rows(rows: Iterable[Row], task: str) -> list[Row]:
    """Rows with labels as the task writes them: sets sorted, and ``|`` where a column has an empty cell."""
    if task != "multilabel":
        return list(rows)
    return [replace(row, label=_as_set(row)) for row in rows]


def _as_set(row: Row) -> str:
    if not row.label_column:
        return row.label  # a class folder: one label, whatever is in its name
    return join_labels(split_labels(row.label)) or NO_LABEL


def labels_of(records: Iterable[Record], task: str, label_column: str = "") -> tuple[str, ...]:
    """The labels in use: classes, single labels of the sets, or the name of the number.

    Sorted as numbers when all are whole numbers, else as text; empty ones do not count.
    """
    if task == "regression":
        return (label_column or "value",)
    if task == "multilabel":
        labels = {part for record in records for part in split_labels(record.label)}
    else:
        labels = {record.label for record in records if record.label}
    if labels and all(label.isascii() and label.isdigit() for label in labels):
        return tuple(sorted(labels, key=lambda label: (int(label), label)))
    return tuple(sorted(labels))


def count_labels(records: Iterable[Record], task: str) -> Counter[str]:
    """Videos per label: of sets every single one, of numbers none."""
    if task == "regression":
        return Counter()
    if task == "multilabel":
        return Counter(part for record in records for part in split_labels(record.label))
    return Counter(record.label for record in records if record.label)


def targets_of(records: Sequence[Record], task: str, labels: Sequence[str]) -> np.ndarray:
    """What a network learns to answer.

    Returns:
        (N,) int64 places in ``labels``; (N, C) float32 of 0 and 1 for sets; (N,) float64 for numbers.

    Raises:
        DataError: A record has no label, or one that is not in ``labels``.
    """
    unlabelled = next((record for record in records if not record.label), None)
    if unlabelled is not None:
        raise DataError(f"{unlabelled.name}: has no label.", hint="Fill in its label, or leave it out.")
    if task == "regression":
        return np.array([_number(record) for record in records], np.float64)
    place = {label: index for index, label in enumerate(labels)}
    if task == "multilabel":
        found = np.zeros((len(records), len(labels)), np.float32)
        for row, record in enumerate(records):
            found[row, [_place(place, part, record) for part in split_labels(record.label)]] = 1
        return found
    return np.array([_place(place, record.label, record) for record in records], np.int64)


def _number(record: Record) -> float:
    value = parse_number(record.label)
    if value is None:
        raise DataError(f"{record.name}: the label {record.label!r} is not a number.", hint="Mend it.")
    return value


def _place(place: dict[str, int], label: str, record: Record) -> int:
    if label not in place:
        known = ", ".join(list(place)[:10])
        raise DataError(f"{record.name}: the label {label!r} is not known.", hint=f"Known are {known}.")
    return place[label]
