"""``metadata.csv``, ``.jsonl`` and ``.parquet`` beside clips, as in the VideoFolder layout of Hugging Face."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath, PurePosixPath

from reelwise.core.errors import DataError
from reelwise.core.label_sets import SEPARATOR, is_label_set
from reelwise.core.records import SkippedFile
from reelwise.datasets.lists.columns import FILE_NAMES, ID_NAMES, canonical, column_for, split_column, split_word
from reelwise.datasets.lists.names import Match, NameIndex
from reelwise.datasets.lists.rows import Row
from reelwise.datasets.lists.spans import Span, find_span_columns
from reelwise.datasets.lists.tables import Table, read_table

METADATA_FILES = ("metadata.csv", "metadata.jsonl", "metadata.parquet")
_FILE_COLUMN = re.compile(r"(^|_)file_names?$")


@dataclass(frozen=True)
class _Entry:
    """What one line says of one video.

    Args:
        name: The video, relative to the data folder.
        line: The line.
        values: Columns that are metadata.
        split: Its split, as written.
        span: Its segment.
    """

    name: str = ""
    line: int = 0
    values: dict[str, str] = field(default_factory=dict)
    split: str = ""
    span: Span = field(default_factory=Span)


def add_metadata(
    root: Path, rows: Sequence[Row], files: Sequence[Path], label_column: str | None = None
) -> tuple[list[Row], list[SkippedFile], list[str]]:
    """Rows with the columns of the nearest metadata file above each video.

    A column ``label`` decides over the class folder, and a column ``split`` over the split folder.

    Args:
        root: The data folder.
        rows: Found in folders; ``file`` is relative to ``root``.
        files: All files under ``root``.
        label_column: Another column that holds the label.

    Returns:
        Rows, metadata lines that name no video, and notes.
    """
    entries_by_name: dict[str, list[_Entry]] = {}
    skipped: list[SkippedFile] = []
    notes: list[str] = []
    videos = {row.file for row in rows}
    # Deeper files come last and win: what stands nearer to a clip knows it better.
    metadata_files = sorted((path for path in files if path.name in METADATA_FILES), key=lambda path: len(path.parts))
    for path in metadata_files:
        try:
            table = read_table(path, ("file_names",))
            entries = list(_entries(table, path.relative_to(root)))
        except DataError as error:
            notes.append(f"{error.message} It is not used.")
            continue
        skipped += table.bad_rows
        notes += [*table.notes, f"metadata comes from {path.relative_to(root).as_posix()}"]
        of_videos, of_none = _by_video(entries, path.name, videos, notes)
        skipped += of_none
        entries_by_name |= of_videos
    # An empty label cell keeps the label of the class folder, unless the column has sets or no folder is a class.
    labels = [entry.values.get("label", "") for entries in entries_by_name.values() for entry in entries]
    by_folder = not any(map(is_label_set, labels)) and len({row.label for row in rows}) > 1
    pairs = [(row, entry) for row in rows for entry in entries_by_name.get(row.file, [_Entry()])]
    return [_with(row, entry, label_column, by_folder) for row, entry in pairs], skipped, notes


def _by_video(
    entries: Sequence[_Entry], list_name: str, videos: Collection[str], notes: list[str]
) -> tuple[dict[str, list[_Entry]], list[SkippedFile]]:
    """What is said of each video that there is, and the lines of all others."""
    index = NameIndex(set(videos).difference(entry.name for entry in entries))
    by_name: dict[str, list[_Entry]] = {}
    missing: list[SkippedFile] = []
    others: list[str] = []
    for entry in entries:
        match = Match(entry.name) if entry.name in videos else index.find(entry.name)
        if match.name is None:
            near = f"Files with similar names: {', '.join(map(repr, match.near))}." if match.near else ""
            reason = f"{list_name} line {entry.line}: there is no such video"
            missing.append(SkippedFile(entry.name, reason, near or "Its file_name is relative to the metadata file."))
            continue
        if match.difference is not None:
            others.append(f"{entry.name!r} is {match.name!r}")
        by_name.setdefault(match.name, []).append(entry)
    if others:
        more = f", and {len(others) - 2} more" if len(others) > 2 else ""
        notes.append(f"{list_name} names {len(others)} videos otherwise: {', '.join(others[:2])}{more}")
    return {name: _that_count(of_name, list_name, notes) for name, of_name in by_name.items()}, missing


def _that_count(entries: list[_Entry], list_name: str, notes: list[str]) -> list[_Entry]:
    """All segments of a video; of lines on the whole video the last."""
    if len(entries) == 1 or all(entry.span.start or entry.span.end for entry in entries):
        return entries
    if any(entry.values != entries[-1].values for entry in entries):
        notes.append(f"{list_name} has {len(entries)} lines for {entries[-1].name!r}: the last one counts")
    return entries[-1:]


def file_columns(header: Sequence[str]) -> dict[str, bool]:
    """The columns that name videos, and whether each may name several, as Hugging Face's folders have them.

    That is one of the usual names, else ``file_names`` and whatever ends in ``_file_name`` or ``_file_names``, else a
    column of their ids.

    Raises:
        DataError: There is none, or two usual names.

    Example:
        >>> file_columns(["file_name", "label"]), file_columns(["left_file_name", "right_file_name"])
        ({'file_name': False}, {'left_file_name': False, 'right_file_name': False})
    """
    usual = column_for(header, FILE_NAMES, "file")
    if usual:
        return {usual: False}
    columns = {name: canonical(name).endswith("s") for name in header if _FILE_COLUMN.search(canonical(name))}
    if not columns:
        columns = dict.fromkeys([name for name in header if canonical(name) in ID_NAMES][:1], False)
    if not columns:
        raise DataError(
            f"no column names the file (columns: {', '.join(header)}).", hint="Name that column 'file_name'."
        )
    return columns


def _entries(table: Table, path: PurePath) -> Iterator[_Entry]:
    """What each line says of each of its videos; several videos in a line share a group.

    Raises:
        DataError: No column names the file, or two columns could mean the same.
    """
    columns = file_columns(table.header)
    split, spans = split_column(table.header, table.cells), find_span_columns(table.header)
    meaningful_columns = {*columns, *spans.columns, split}
    for line, cells in zip(table.lines, table.cells, strict=True):
        values = {key: text for key, text in cells.items() if key and key not in meaningful_columns}
        names = _names(cells, columns)
        if len(names) > 1 and not any(canonical(key) == "group" for key in values):
            values["group"] = f"{path.as_posix()} line {line}"
        for name in names or [""]:
            file = _join(path.parent.as_posix(), name)
            yield _Entry(file, line, values, cells[split] if split else "", spans.span(cells))


def _names(cells: dict[str, str], columns: dict[str, bool]) -> list[str]:
    texts = [
        text
        for name, several in columns.items()
        for text in (cells[name].split(SEPARATOR) if several else [cells[name]])
    ]
    return list(dict.fromkeys(text for text in texts if text.strip()))


def _join(folder: str, file: str) -> str:
    return PurePosixPath(folder, file.strip().replace("\\", "/").removeprefix("./")).as_posix()


def _with(row: Row, entry: _Entry, label_column: str | None, by_folder: bool) -> Row:
    name = label_column or "label"
    values, span = entry.values, entry.span
    row = replace(row, split=entry.split if split_word(entry.split) else row.split, values={**row.values, **values})
    if span.start or span.end:
        row = replace(row, start=span.start, end=span.end, unit=span.unit)
    if name not in values:
        return row
    others = {key: text for key, text in row.values.items() if key != name}
    if by_folder and row.label and not label_column and not values[name].strip():
        return replace(row, values=others)
    return replace(row, label=values[name], label_column=name, values=others)
