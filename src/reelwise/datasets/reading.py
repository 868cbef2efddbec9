"""Whatever a person calls their data, as one data set."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from reelwise.core.errors import DataError
from reelwise.core.records import Record, Skipped
from reelwise.datasets.columns import END_NAMES, FILE_NAMES, LABEL_NAMES, SPLIT_NAMES, START_NAMES, column_for
from reelwise.datasets.dataset import Dataset, require_two_labels, require_usable, sorted_labels
from reelwise.datasets.folders import class_rows, not_videos, walk
from reelwise.datasets.records_from_rows import Rules, make_records
from reelwise.datasets.rows import Row
from reelwise.datasets.tables import Table, read_table

OWN_LISTS = ("labels.csv", "labels.tsv", "labels.json", "labels.jsonl")


def read_dataset(
    data: str | Path, *, label_from: str | None = None, group: str | None = None, strict: bool = True
) -> Dataset:
    """Read a folder or a list of labelled videos; nothing is decoded.

    Args:
        data: A folder of class folders, a ``train|val|test`` folder, a folder with ``labels.csv``, or a list.
        label_from: A pattern over file names, such as ``"{label}_{take}"``.
        group: The column whose videos stay together.
        strict: Whether unlabelled rows are skipped and a data set that cannot be learned from is refused; False for
            the doctor, which reports instead.

    Returns:
        Records in natural order of their names, whatever the order on disk.

    Raises:
        DataError: There is no such data, it cannot be understood, or more than half of it cannot be used.
    """
    path = Path(data).expanduser()
    if path.is_dir():
        own = next((path / name for name in OWN_LISTS if (path / name).is_file()), None)
        parts = _from_list(own, path, strict) if own else _from_folder(path, strict)
    elif path.is_file():
        parts = _from_list(path, None, strict)
    else:
        raise DataError(f"{path}: there is no such file or folder.", hint="Check the name; quote it if it has blanks.")
    records, skipped, layout = parts
    root = path if path.is_dir() else path.parent
    if group is None and any("group" in record.metadata for record in records):
        group = "group"
    if group:
        records = [replace(record, group=record.metadata.get(group) or None) for record in records]
    source = f"groups come from the column {group!r}" if group else "no groups"
    dataset = Dataset(root, tuple(records), sorted_labels(tuple(records)), layout, source, tuple(skipped))
    if strict:
        require_usable(dataset)
        require_two_labels(dataset)
    return dataset


def _from_list(path: Path, folder: Path | None, strict: bool) -> tuple[list[Record], list[Skipped], str]:
    table = read_table(path)
    rules = Rules(folder or path.parent, confined=folder is not None, require_labels=strict)
    records, skipped = make_records(rows_of_table(table, path), rules)
    return records, [*table.refused, *skipped], f"list {path.name}"


def rows_of_table(table: Table, path: Path) -> list[Row]:
    """The rows of a list whose header names the columns.

    Raises:
        DataError: No column, or more than one, could be the file or the label.
    """
    file = column_for(table.header, FILE_NAMES, "file")
    label = column_for(table.header, LABEL_NAMES, "label")
    split = column_for(table.header, SPLIT_NAMES, "split")
    start = column_for(table.header, START_NAMES, "start")
    end = column_for(table.header, END_NAMES, "end")
    if file is None:
        raise DataError(f"{path}: no column names the file ({', '.join(table.header)}).", hint="Name one 'file'.")
    used = {file, label, split, start, end}

    def row(line: int, cells: dict[str, str]) -> Row:
        def value(column: str | None) -> str:
            return cells[column] if column else ""

        others = {name: text for name, text in cells.items() if name not in used}
        where = f"{path.name} line {line}"
        return Row(cells[file], path.parent, value(label), where, value(split), value(start), value(end), others)

    return [row(line, cells) for line, cells in zip(table.lines, table.cells, strict=True)]


def _from_folder(path: Path, strict: bool) -> tuple[list[Record], list[Skipped], str]:
    files = list(walk(path))
    videos = _videos_among(path, files)
    rows, layout = class_rows(path, videos)
    records, skipped = make_records(rows, Rules(path, confined=True, require_labels=strict))
    return records, [*not_videos(path, files, videos), *skipped], layout


def _videos_among(
    root: Path, files: Sequence[Path], find: Callable[[Path], Sequence[Path]] | None = None
) -> list[Path]:
    if find is None:
        from reelwise.media.find import find_videos as find
    found = set(find(root))
    return [path for path in files if path in found]
