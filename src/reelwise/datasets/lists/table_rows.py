"""Rows of lists with named columns, Kinetics' lists of YouTube videos among them."""

from collections.abc import Callable
from pathlib import Path

from reelwise.core.errors import DataError
from reelwise.datasets.lists.columns import FILE_NAMES, ID_NAMES, LABEL_NAMES, canonical, column_for, split_column
from reelwise.datasets.lists.folders import walk
from reelwise.datasets.lists.rows import Row
from reelwise.datasets.lists.spans import Span, find_span_columns
from reelwise.datasets.lists.tables import Table
from reelwise.datasets.lists.times import parse_seconds
from reelwise.media.suffixes import has_video_suffix

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
    file = None if kinetics else column_for(table.header, FILE_NAMES, "file") or _id_column(table)
    if file is None and not kinetics:
        columns = ", ".join(table.header)
        raise DataError(f"{path}: no column names the file (columns: {columns}).", hint="Name that column 'file'.")
    # A label that another place holds (a JSON file beside the video, its tags) leaves all columns as they are.
    label = column_for(table.header, LABEL_NAMES, "label") if label_column is None else label_column
    label = label if label in table.header else None
    split = split_column(table.header, table.cells)
    spans = find_span_columns([name for name in table.header if name != label])
    meaningful_columns = {file, label, split, *spans.columns}
    find = _kinetics_finder(path.parent) if kinetics else None

    def row(line: int, cells: dict[str, str]) -> Row:
        def value(column: str | None) -> str:
            return cells[column] if column else ""

        others = {name: text for name, text in cells.items() if name and name not in meaningful_columns}
        file_name, span = value(file), spans.span(cells)
        if find:
            file_name, span = find(cells, span)
        return Row(
            file_name,
            path.parent,
            value(label),
            f"{path.name} line {line}",
            value(split),
            span.start,
            span.end,
            others,
            label or "",
            span.unit,
        )

    return [row(line, cells) for line, cells in zip(table.lines, table.cells, strict=True)]


def _id_column(table: Table) -> str | None:
    """The column that names the videos where none has a usual name of files: with suffixes, else the usual one."""
    by_name = {canonical(name): name for name in reversed(table.header)}
    columns = [by_name[name] for name in ID_NAMES if name in by_name]
    with_suffix = (name for name in columns if any(has_video_suffix(cells[name].strip()) for cells in table.cells))
    return next(with_suffix, columns[0] if columns else None)


def _kinetics_finder(folder: Path) -> Callable[[dict[str, str], Span], tuple[str, Span]]:
    """Finds ``<id>_<start:06d>_<end:06d>.mp4`` (already cut) or ``<id>.mp4`` (whole) anywhere below the list."""
    stems: dict[str, str] = {}
    for number, path in enumerate(walk(folder)):
        if number > MAX_FILES:
            break
        stems.setdefault(path.stem, path.relative_to(folder).as_posix())

    def find(cells: dict[str, str], span: Span) -> tuple[str, Span]:
        name = next((text.strip() for column, text in cells.items() if canonical(column) == "youtube_id"), "")
        if not name:
            return "", span
        cut = _cut_name(name, span.start, span.end)
        if cut in stems:
            return stems[cut], Span()
        return (stems[name], span) if name in stems else (f"{cut}.mp4", Span())

    return find


def _cut_name(name: str, start: str, end: str) -> str:
    try:
        begin, stop = parse_seconds(start), parse_seconds(end)
    except ValueError:
        return name
    return f"{name}_{int(begin or 0):06d}_{int(stop or 0):06d}"
