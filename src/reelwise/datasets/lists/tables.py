"""CSV with any delimiter, JSON, JSON lines and Parquet as rows with named columns."""

import csv
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reelwise.core.errors import DataError
from reelwise.core.records import SkippedFile
from reelwise.datasets.lists.cells import NotJsonError, cell_text, parse_json
from reelwise.datasets.lists.columns import FILE_NAMES, canonical
from reelwise.datasets.lists.other_kinds import PARQUET_SUFFIXES, refuse_other_kinds
from reelwise.datasets.lists.parquet import read_parquet_rows
from reelwise.datasets.lists.text_file import clean_text, read_list_text

MAX_ROWS = 2_000_000
"""Rows; four times the largest public set of clips (Kinetics-700 has 650,000), and under 4 GB of memory."""

MAX_COLUMNS = 1000
MAX_JSON_BYTES = 128 << 20
"""Bytes; the parsed values take several times as much memory."""

DELIMITERS = (",", ";", "\t", "|")
_EXPECTED = f"Expected a header with a column for the file ({', '.join(FILE_NAMES[:4])}, …) and one for the label."


@dataclass(frozen=True)
class Table:
    """A list with named columns.

    Args:
        header: Column names as written.
        lines: Where each row stood: the line (CSV, JSON lines) or the position (JSON), from 1.
        cells: One dictionary per row, every column present, as text.
        bad_rows: Rows that could not be read at all.
        notes: Sentences for a person on columns that are not read.
    """

    header: tuple[str, ...]
    lines: tuple[int, ...]
    cells: tuple[dict[str, str], ...]
    bad_rows: tuple[SkippedFile, ...] = ()
    notes: tuple[str, ...] = ()


def read_table(path: Path, extra_names: Sequence[str] = ()) -> Table:
    """Read a CSV, TSV, JSON, JSON lines or Parquet file, by its suffix.

    Args:
        path: The list.
        extra_names: Column names, besides those for a file, by which a header is recognized.

    Raises:
        DataError: It is not such a list, or too large.
    """
    refuse_other_kinds(path)
    suffix = path.suffix.lower()
    if suffix in (".json", ".jsonl", ".ndjson"):
        text = read_list_text(path, MAX_JSON_BYTES)
        return _json_lines(path, text) if suffix != ".json" else _json(path, text)
    if suffix in PARQUET_SUFFIXES:
        return _parquet(path)
    return _csv(path, read_list_text(path), tuple(FILE_NAMES) + tuple(extra_names))


def _parquet(path: Path) -> Table:
    columns, rows, left_out = read_parquet_rows(path, MAX_ROWS, MAX_COLUMNS)
    header = [clean_text(name).strip() for name in columns]
    _check_header(path, header)
    cells = tuple(dict(zip(header, row, strict=True)) for row in rows)
    notes = tuple(f"{path.name}: {text}; it is not read" for text in left_out)
    return Table(tuple(header), tuple(range(1, len(cells) + 1)), cells, (), notes)


def _csv(path: Path, text: str, known_names: Sequence[str]) -> Table:
    delimiter = _delimiter(path, text, known_names)
    first_line = text.split("\n", 1)[0]
    options: dict[str, Any] = {"delimiter": delimiter, "skipinitialspace": f"{delimiter} " in first_line}
    reader = csv.reader(io.StringIO(text, newline=""), **options)
    header = tuple(clean_text(name).strip() for name in next(reader))
    _check_header(path, header)
    lines: list[int] = []
    cells: list[dict[str, str]] = []
    bad_rows: list[SkippedFile] = []
    for line, values in _csv_rows(reader, path, bad_rows):
        if len(values) > len(header):
            bad_rows.append(_bad_row(path, line, f"{len(values)} cells, the header has {len(header)}"))
            continue
        cells.append(dict(itertools.zip_longest(header, values, fillvalue="")))
        lines.append(line)
    return Table(header, tuple(lines), tuple(cells), tuple(bad_rows))


def _csv_rows(reader: Any, path: Path, bad_rows: list[SkippedFile]) -> Iterator[tuple[int, list[str]]]:
    for _ in range(MAX_ROWS):
        line = reader.line_num + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            bad_rows.append(_bad_row(path, line, f"not readable as CSV ({error})"))
            continue
        if any(value.strip() for value in values):
            yield line, values
    raise DataError(f"{path}: more than {MAX_ROWS} rows.", hint="Split the list into parts.")


def _delimiter(path: Path, text: str, known_names: Sequence[str]) -> str:
    """The delimiter under which the first line has a known column; most columns win."""
    first = text[: 1 << 16].split("\n", 1)[0].rstrip("\r")
    best: tuple[int, str] | None = None
    for delimiter in DELIMITERS:
        try:
            header = next(csv.reader([first], delimiter=delimiter, skipinitialspace=True), [])
        except csv.Error:
            continue
        if any(_is_known(canonical(name), known_names) for name in header) and (best is None or len(header) > best[0]):
            best = (len(header), delimiter)
    if best is None:
        raise DataError(f"{path}: {_what(first)}.", hint=_EXPECTED)
    return best[1]


def _is_known(name: str, known_names: Sequence[str]) -> bool:
    return name in known_names or name.endswith(("_file_name", "_file_names"))


def _what(first: str) -> str:
    text = clean_text(first[:80]).strip()
    if not text or not text.isprintable():
        return "is not a list of videos; the first line is not text"
    return f"the first line is '{text}', which names no known column"


def _check_header(path: Path, header: Sequence[str]) -> None:
    if len(header) > MAX_COLUMNS:
        raise DataError(f"{path}: {len(header)} columns, at most {MAX_COLUMNS} are read.", hint=_EXPECTED)
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise DataError(f"{path}: the column {twice[0]!r} is there twice.", hint="Rename one of them.")


def _json(path: Path, text: str) -> Table:
    value = parse_json(text, str(path))
    if isinstance(value, dict):
        value = _rows_of(value)
    if not isinstance(value, list):
        raise DataError(
            f"{path}: holds {type(value).__name__}, not a list of videos.",
            hint='Expected [{"file": "a.mp4", "label": "walk"}, …] or {"a.mp4": "walk", …}.',
        )
    return _table_of(path, enumerate(value, 1), [])


def _rows_of(value: dict[str, Any]) -> Any:
    """The list inside ``{"videos": [...]}``, or rows made of ``{file: label}`` and ``{file: {...}}``."""
    for name in ("videos", "records", "data", "annotations", "database", "items"):
        if isinstance(value.get(name), list):
            return value[name]
        if isinstance(value.get(name), dict) and len(value) <= 8:
            value = value[name]
            break
    if value and all(isinstance(item, (str, int)) for item in value.values()):
        return [{"file": file, "label": label} for file, label in value.items()]
    if value and all(isinstance(item, dict) for item in value.values()):
        return [{"file": file, **item} for file, item in value.items()]
    return value


def _json_lines(path: Path, text: str) -> Table:
    bad_rows: list[SkippedFile] = []

    def objects() -> Iterator[tuple[int, Any]]:
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                try:
                    yield number, parse_json(line, f"{path} line {number}")
                except NotJsonError as error:
                    bad_rows.append(_bad_row(path, number, f"not JSON ({error.reason})"))

    return _table_of(path, objects(), bad_rows)


def _table_of(path: Path, items: Iterable[tuple[int, Any]], bad_rows: list[SkippedFile]) -> Table:
    lines: list[int] = []
    cells: list[dict[str, str]] = []
    header: dict[str, None] = {}
    for number, item in itertools.islice(items, MAX_ROWS + 1):
        if not isinstance(item, dict):
            bad_rows.append(_bad_row(path, number, f"is {type(item).__name__}, not an object with named values"))
            continue
        row = {str(name): cell_text(value) for name, value in itertools.islice(item.items(), MAX_COLUMNS)}
        header.update(dict.fromkeys(row))
        lines.append(number)
        cells.append(row)
    if len(cells) > MAX_ROWS or len(header) > MAX_COLUMNS:
        raise DataError(f"{path}: {len(cells)} rows with {len(header)} columns are too many.", hint="Split the list.")
    full = tuple({**dict.fromkeys(header, ""), **row} for row in cells)
    return Table(tuple(header), tuple(lines), full, tuple(bad_rows))


def _bad_row(path: Path, line: int, reason: str) -> SkippedFile:
    return SkippedFile(f"{path.name} line {line}", f"line {line}: {reason}", "Correct or remove that line.")
