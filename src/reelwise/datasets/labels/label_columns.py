"""Labels from a column: the one named by --label-from, or one with a usual name where no folder is a class."""

from collections.abc import Sequence
from dataclasses import replace

from reelwise.core.errors import DataError, UsageError
from reelwise.datasets.lists.columns import LABEL_NAMES, column_for
from reelwise.datasets.lists.rows import Row


def label_rows(rows: Sequence[Row], column: str | None) -> list[Row]:
    """Rows with the label of a column and with no other.

    Args:
        rows: As read.
        column: The column that the person named; None takes one that is called label, class or the like where neither
            a list nor several class folders say the label.

    Raises:
        UsageError: There is no such column.
    """
    if column is None:
        column = _usual_column(rows)
        return [_from_column(row, column) for row in rows] if column else list(rows)
    if all(row.label_column == column for row in rows):
        return list(rows)
    if not any(column in row.values or row.label_column == column for row in rows):
        columns = sorted({name for row in rows[:1000] for name in row.values})
        raise UsageError(
            f"there is no column {column!r} to take labels from (columns: {', '.join(columns[:12]) or 'none'}).",
            hint='Name one of them, or write a pattern over file names, such as "{label}_{take}".',
        )
    return [_from_column(row, column) for row in rows]


def _usual_column(rows: Sequence[Row]) -> str | None:
    if any(row.label_column for row in rows) or len({row.label for row in rows}) > 1:
        return None
    names = list(dict.fromkeys(name for row in rows for name, text in row.values.items() if text.strip()))
    try:
        return column_for(names, LABEL_NAMES, "label")
    except DataError:
        return None  # two of them: a person must choose, and the doctor lists them


def _from_column(row: Row, column: str) -> Row:
    if row.label_column == column:
        return row
    others = {name: text for name, text in row.values.items() if name != column}
    # A video that has no such column has no label; one whose cell is empty has an empty one.
    return replace(row, label=row.values.get(column, ""), label_column=column * (column in row.values), values=others)
