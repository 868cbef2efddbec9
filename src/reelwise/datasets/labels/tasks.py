"""The task that the labels of a data set are of, and what that task makes of them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from reelwise.core.errors import DataError, UsageError
from reelwise.core.records import Record
from reelwise.datasets.lists.rows import Row
from reelwise.tasks import TASKS, find_task


def decide_task(rows: Sequence[Row], task: str = "auto") -> tuple[str, str]:
    """What is to be learned from the labels of these rows, and a sentence on it.

    Every task but the default is asked whether it recognises the labels; the first that does has them.

    Args:
        rows: With labels as written.
        task: The name of one of ``TASKS``, or ``auto``.

    Raises:
        UsageError: There is no such task.
    """
    default, *others = TASKS
    if task != "auto":
        if task not in [item.name for item in TASKS]:
            names = ", ".join(item.name for item in TASKS)
            raise UsageError(f"the task is {task!r}.", hint=f"Expected auto, {names}.")
        return task, ""
    cells = [row for row in rows if row.label.strip()]
    for other in others:
        if (note := other.recognize(cells)) is not None:
            return other.name, note
    return default.name, default.recognize(cells) or ""


def fit_rows(rows: Iterable[Row], task: str) -> list[Row]:
    """Rows with labels as the task writes them: sets sorted, and ``|`` where a column has an empty cell."""
    parse = find_task(task).parse_label
    return [replace(row, label=parse(row.label, row.label_column)) for row in rows]


def labels_of(records: Iterable[Record], task: str, label_column: str = "") -> tuple[str, ...]:
    """The labels in use: classes, single labels of the sets, or the name of the number.

    Sorted as numbers when all are whole numbers, else as text; empty ones do not count.
    """
    return find_task(task).output_labels([record.label for record in records], label_column)


def count_labels(records: Iterable[Record], task: str) -> Counter[str]:
    """Videos per label: of sets every single one, of numbers none."""
    single_labels = find_task(task).single_labels
    return Counter(label for record in records if record.label for label in single_labels(record.label))


def targets_of(records: Sequence[Record], task: str, labels: Sequence[str]) -> np.ndarray:
    """The true values of the records.

    Returns:
        (N,) int64 places in ``labels``; (N, C) float32 of 0 and 1 for sets; (N,) float64 for numbers.

    Raises:
        DataError: A record has no label, or one that is not in ``labels``.
    """
    without_label = next((record for record in records if not record.label), None)
    if without_label is not None:
        raise DataError(f"{without_label.name}: has no label.", hint="Fill in its label, or leave it out.")
    return find_task(task).targets(records, labels)
