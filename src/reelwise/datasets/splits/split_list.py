"""A split in a list of the columns ``file,split``."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from reelwise.core.errors import DataError
from reelwise.core.records import Record
from reelwise.datasets.lists.columns import FILE_NAMES, SPLIT_NAMES, column_for, split_word
from reelwise.datasets.lists.names import NameIndex
from reelwise.datasets.lists.tables import read_table


def read_splits(path: Path, records: Sequence[Record]) -> list[str | None]:
    """The split of each record from a list; None for records that it does not name.

    A row is matched by the record's name, its file, its absolute path, or, where only one record has it, its bare
    file name. The ``splits.csv`` of a run folder is such a list.

    Raises:
        DataError: A column is missing, a split has another name, or no row fits the data.
    """
    table = read_table(path, SPLIT_NAMES)
    file, split = column_for(table.header, FILE_NAMES, "file"), column_for(table.header, SPLIT_NAMES, "split")
    if file is None or split is None:
        raise DataError(f"{path}: the columns are {', '.join(table.header)}.", hint="Expected the columns file,split.")
    split_by_file: dict[str, str] = {}
    for line, cells in zip(table.lines, table.cells, strict=True):
        word = split_word(cells[split])
        if word is None:
            raise DataError(f"{path} line {line}: the split is {cells[split][:40]!r}.", hint="Use train, val or test.")
        split_by_file[_plain(cells[file])] = word
    bare = Counter(Path(record.file).name for record in records)
    result = [_look_up(split_by_file, record, bare) for record in records]
    _add_other_spellings(result, split_by_file, records)
    if not any(result):
        first = next(iter(split_by_file), "")
        raise DataError(
            f"{path}: none of its {len(split_by_file)} files is in the data (such as {first!r}).",
            hint=f"Write them as {records[0].file!r} is written.",
        )
    return result


def _look_up(split_by_file: dict[str, str], record: Record, bare: Counter[str]) -> str | None:
    names = [record.name, record.file, str(record.path)]
    if bare[Path(record.file).name] == 1:
        names.append(Path(record.file).name)
    for name in names:
        for spelling in (name, name.encode("utf-8", "backslashreplace").decode()):
            if spelling in split_by_file:
                return split_by_file[spelling]
    return None


def _add_other_spellings(result: list[str | None], split_by_file: dict[str, str], records: Sequence[Record]) -> None:
    """Splits of records that the list names otherwise, where only one file can be meant."""
    missing: dict[str, list[int]] = {}
    for place, (record, split) in enumerate(zip(records, result, strict=True)):
        if split is None:
            missing.setdefault(record.file, []).append(place)
    if not missing:
        return
    exact = {name for record in records for name in (record.name, record.file, str(record.path))}
    index = NameIndex(missing)
    for file in split_by_file.keys() - exact:
        for place in missing.get(index.find(file).name or "", ()):
            result[place] = split_by_file[file]


def _plain(file: str) -> str:
    file = file.strip()
    return file.removeprefix("./")
