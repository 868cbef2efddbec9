"""Rows of lists with named columns, Kinetics' lists of YouTube videos among them."""

from collections.abc import Callable
from pathlib import Path

from reelwise.core.errors import DataError
from reelwise.datasets.lists.columns import (
    END_NAMES,
    FILE_NAMES,
    LABEL_NAMES,
    SPLIT_NAMES,
    START_NAMES,
    canonical,
    column_for,
    is_split_column,
)
from reelwise.datasets.lists.folders import walk
from reelwise.datasets.lists.rows import Row
from reelwise.datasets.lists.tables import Table
from reelwise.datasets.lists.times import parse_seconds

KINETICS = ("youtube_id", "time_start", "time_end")
MAX_FILES = 2_000_000


def is_kinetics(table: Table) -> bool:
    """Whether a list names YouTube videos and times instead of files."""
    names = {canonical(name) for name in table.header}
    return set(KINETICS) <= names and not names & set(FILE_NAMES)


def table_rows(table: Table, path: Path, label_column: str | None = None) -> list[Row]:
    """The rows of a list whose header names the columns.

    Args:
        table: The list.
        path: Where it is; relative files start from its folder.
        label_column: The column that holds the label, when the person names it; need not be one of the list's.

    Raises:
        DataError: No column, or more than one, could be the file or the label.
    """
    kinetics = is_kinetics(table)
    file = None if kinetics else column_for(table.header, FILE_NAMES, "file")
    if file is None and not kinetics:
        columns = ", ".join(table.header)
        raise DataError(f"{path}: no column names the file (columns: {columns}).", hint="Name that column 'file'.")
    # A label that another place holds (a JSON file beside the video, its tags) leaves all columns as they are.
    label = column_for(table.header, LABEL_NAMES, "label") if label_column is None else label_column
    label = label if label in table.header else None
    split = column_for(table.header, SPLIT_NAMES, "split")
    if split and canonical(split) != "split" and not is_split_column(cells[split] for cells in table.cells):
        split = None
    start, end = column_for(table.header, START_NAMES, "start"), column_for(table.header, END_NAMES, "end")
    meaningful_columns = {file, label, split, start, end}
    find = _kinetics_finder(path.parent) if kinetics else None

    def row(line: int, cells: dict[str, str]) -> Row:
        def value(column: str | None) -> str:
            return cells[column] if column else ""

        others = {name: text for name, text in cells.items() if name and name not in meaningful_columns}
        file_name, begin, stop = value(file), value(start), value(end)
        if find:
            file_name, begin, stop = find(cells, begin, stop)
        where = f"{path.name} line {line}"
        return Row(file_name, path.parent, value(label), where, value(split), begin, stop, others, label or "")

    return [row(line, cells) for line, cells in zip(table.lines, table.cells, strict=True)]


def _kinetics_finder(folder: Path) -> Callable[[dict[str, str], str, str], tuple[str, str, str]]:
    """Finds ``<id>_<start:06d>_<end:06d>.mp4`` (already cut) or ``<id>.mp4`` (whole) anywhere below the list."""
    stems: dict[str, str] = {}
    for number, path in enumerate(walk(folder)):
        if number > MAX_FILES:
            break
        stems.setdefault(path.stem, path.relative_to(folder).as_posix())

    def find(cells: dict[str, str], start: str, end: str) -> tuple[str, str, str]:
        name = next((text.strip() for column, text in cells.items() if canonical(column) == "youtube_id"), "")
        if not name:
            return "", start, end
        cut = _cut_name(name, start, end)
        if cut in stems:
            return stems[cut], "", ""
        return (stems[name], start, end) if name in stems else (f"{cut}.mp4", "", "")

    return find


def _cut_name(name: str, start: str, end: str) -> str:
    try:
        begin, stop = parse_seconds(start), parse_seconds(end)
    except ValueError:
        return name
    return f"{name}_{int(begin or 0):06d}_{int(stop or 0):06d}"
