"""``metadata.csv``, ``.jsonl`` and ``.parquet`` beside clips, as in the VideoFolder layout of Hugging Face."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePath, PurePosixPath

from reelwise.core.errors import DataError
from reelwise.core.label_sets import SEPARATOR, is_label_set
from reelwise.core.records import SkippedFile
from reelwise.datasets.lists.columns import FILE_NAMES, canonical, column_for, split_word
from reelwise.datasets.lists.rows import Row
from reelwise.datasets.lists.tables import Table, read_table

METADATA_FILES = ("metadata.csv", "metadata.jsonl", "metadata.parquet")
_FILE_COLUMN = re.compile(r"(^|_)file_names?$")


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
    values_by_name: dict[str, dict[str, str]] = {}
    skipped: list[SkippedFile] = []
    notes: list[str] = []
    videos = {row.file for row in rows}
    # Deeper files come last and win: what stands nearer to a clip knows it better.
    metadata_files = sorted((path for path in files if path.name in METADATA_FILES), key=lambda path: len(path.parts))
    for path in metadata_files:
        try:
            table = read_table(path, ("file_names",))
            columns = file_columns(table.header)
        except DataError as error:
            notes.append(f"{error.message} It is not used.")
            continue
        skipped += table.bad_rows
        notes += table.notes
        notes.append(f"metadata comes from {path.relative_to(root).as_posix()}")
        for name, values, line in _rows_by_name(table, columns, path.relative_to(root)):
            if name in videos:
                values_by_name[name] = values
            else:
                reason = f"{path.name} line {line}: there is no such video"
                skipped.append(SkippedFile(name, reason, "Its file_name is relative to the metadata file."))
    # An empty label cell keeps the label of the class folder, unless the column has sets or no folder is a class.
    has_label_sets = any(is_label_set(values.get("label", "")) for values in values_by_name.values())
    by_folder = not has_label_sets and len({row.label for row in rows}) > 1
    return [_with(row, values_by_name.get(row.file, {}), label_column, by_folder) for row in rows], skipped, notes


def file_columns(header: Sequence[str]) -> dict[str, bool]:
    """The columns that name videos, and whether each may name several, as Hugging Face's folders have them.

    That is one of the usual names, else ``file_names`` and whatever ends in ``_file_name`` or ``_file_names``.

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
        raise DataError(
            f"no column names the file (columns: {', '.join(header)}).", hint="Name that column 'file_name'."
        )
    return columns


def _rows_by_name(table: Table, columns: dict[str, bool], path: PurePath) -> Iterator[tuple[str, dict[str, str], int]]:
    """Names of videos relative to the data, with their columns and the line; several in a line share a group."""
    for line, cells in zip(table.lines, table.cells, strict=True):
        values = {key: text for key, text in cells.items() if key and key not in columns}
        names = _names(cells, columns)
        if len(names) > 1 and not any(canonical(key) == "group" for key in values):
            values["group"] = f"{path.as_posix()} line {line}"
        for name in names or [""]:
            yield _join(path.parent.as_posix(), name), values, line


def _names(cells: dict[str, str], columns: dict[str, bool]) -> list[str]:
    texts = [
        text
        for name, several in columns.items()
        for text in (cells[name].split(SEPARATOR) if several else [cells[name]])
    ]
    return list(dict.fromkeys(text for text in texts if text.strip()))


def _join(folder: str, file: str) -> str:
    return PurePosixPath(folder, file.strip().replace("\\", "/").removeprefix("./")).as_posix()


def _with(row: Row, values: dict[str, str], label_column: str | None, by_folder: bool) -> Row:
    name = label_column or "label"
    split = next((text for name, text in values.items() if canonical(name) == "split" and split_word(text)), "")
    row = replace(row, split=split or row.split, values={**row.values, **values})
    if name not in values:
        return row
    others = {key: text for key, text in row.values.items() if key != name}
    if by_folder and row.label and not label_column and not values[name].strip():
        return replace(row, values=others)
    return replace(row, label=values[name], label_column=name, values=others)
