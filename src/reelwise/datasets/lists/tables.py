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
from reelwise.datasets.lists.columns import FILE_NAMES, ID_NAMES, canonical, split_word
from reelwise.datasets.lists.csv_form import find_form
from reelwise.datasets.lists.other_kinds import PARQUET_SUFFIXES, refuse_other_kinds
from reelwise.datasets.lists.parquet import read_parquet_rows
from reelwise.datasets.lists.text_file import clean_text, read_list_text
from reelwise.datasets.lists.tidy_cells import tidy

MAX_ROWS = 2_000_000
"""Rows; four times the largest public set of clips (Kinetics-700 has 650,000), and under 4 GB of memory."""

MAX_COLUMNS = 1000
MAX_JSON_BYTES = 128 << 20
"""Bytes; the parsed values take several times as much memory."""

_TOO_MANY_COLUMNS = "Leave out those that are neither file, label nor metadata of the videos."


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
    return _csv(path, read_list_text(path), (*FILE_NAMES, *ID_NAMES, *extra_names))


def _parquet(path: Path) -> Table:
    columns, rows, left_out = read_parquet_rows(path, MAX_ROWS, MAX_COLUMNS)
    header = [clean_text(name).strip() for name in columns]
    _check_header(path, header)
    cells, notes = tidy(header, [dict(zip(header, row, strict=True)) for row in rows])
    notes = [*(f"{text}; it is not read" for text in left_out), *notes]
    return Table(
        tuple(header), tuple(range(1, len(cells) + 1)), cells, (), tuple(f"{path.name}: {text}" for text in notes)
    )


def _csv(path: Path, text: str, known_names: Sequence[str]) -> Table:
    form = find_form(path, text, known_names)
    options: dict[str, Any] = {
        "delimiter": form.delimiter,
        "skipinitialspace": form.delimiter == " " or f"{form.delimiter} " in form.header,
    }
    header = _csv_header(path, next(csv.reader([form.header], **options)))
    reader = csv.reader(io.StringIO(text[form.start :], newline=""), **options)
    lines: list[int] = []
    cells: list[dict[str, str]] = []
    bad_rows: list[SkippedFile] = []
    num_comments = 0
    for line, values in _csv_rows(reader, path, bad_rows, form.num_lines):
        num_values = max(place for place, value in enumerate(values, 1) if value.strip())
        if _is_comment(values):
            num_comments += 1
        elif num_values > len(header):
            bad_rows.append(_bad_row(path, line, f"{len(values)} cells, the header has {len(header)}"))
        else:
            cells.append(dict(itertools.zip_longest(header, values[: len(header)], fillvalue="")))
            lines.append(line)
    tidy_cells, notes = tidy(header, cells, form.delimiter)
    if num_comments:
        notes.append(f"lines that begin with # are comments: {num_comments}")
    notes = [f"{path.name}: {note}" for note in notes]
    return Table(header, tuple(lines), tidy_cells, tuple(bad_rows), tuple(notes))


def _csv_header(path: Path, names: Sequence[str]) -> tuple[str, ...]:
    header = [clean_text(name).strip() for name in names]
    _check_header(path, header)
    return tuple(header)


def _is_comment(values: Sequence[str]) -> bool:
    """Whether a row is ``# a comment``; a name such as ``#1.mp4`` has no blank after the mark."""
    first = values[0].lstrip()
    return first.startswith("#") and (not first[1:2].strip() or not any(value.strip() for value in values[1:]))


def _csv_rows(reader: Any, path: Path, bad_rows: list[SkippedFile], num_before: int) -> Iterator[tuple[int, list[str]]]:
    for _ in range(MAX_ROWS):
        line = reader.line_num + 1 + num_before
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


def _check_header(path: Path, header: Sequence[str]) -> None:
    if len(header) > MAX_COLUMNS:
        raise DataError(f"{path}: {len(header)} columns, at most {MAX_COLUMNS} are read.", hint=_TOO_MANY_COLUMNS)
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
    return _table_of(path, _flat(enumerate(value, 1)), [])


def _from_columns(value: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Rows of ``{"file": [...], "label": [...]}``, also with ``{"0": ..., "1": ...}`` in place of lists; else None."""
    columns = {
        name: list(items.values()) if isinstance(items, dict) else items
        for name, items in value.items()
        if isinstance(items, dict | list)
    }
    if len(columns) < len(value) or not any(canonical(name) in (*FILE_NAMES, *ID_NAMES) for name in columns):
        return None
    if len({len(items) for items in columns.values()}) != 1:
        return None
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _from_parts(value: dict[str, Any]) -> list[Any] | None:
    """Rows of ``{"walk": ["a.mp4", ...]}`` and of ``{"train": [{...}], "val": [...]}``; else None."""
    if not value or not all(isinstance(items, list) for items in value.values()):
        return None
    if all(split_word(name) for name in value):
        parts = [(name, item) for name, items in value.items() for item in items]
        return [{"split": name, **item} if isinstance(item, dict) else item for name, item in parts]
    if not all(isinstance(item, str) for items in value.values() for item in items):
        return None
    return [{"file": file, "label": label} for label, items in value.items() for file in items]


def _flat(items: Iterable[tuple[int, Any]]) -> Iterator[tuple[int, Any]]:
    """Rows of their own for the labelled segments of a video, as ActivityNet lists them."""
    for number, item in items:
        segments = item.get("annotations") if isinstance(item, dict) else None
        if not isinstance(segments, list) or not all(isinstance(segment, dict) for segment in segments):
            yield number, item
            continue
        video = {name: value for name, value in item.items() if name != "annotations"}
        for segment in segments or [{}]:
            yield number, {**video, **_with_ends(segment)}


def _with_ends(segment: dict[str, Any]) -> dict[str, Any]:
    """``{"segment": [1, 2]}`` as ``start_seconds`` and ``end_seconds``."""
    ends = segment.get("segment")
    if not isinstance(ends, list) or len(ends) != 2:
        return segment
    others = {name: value for name, value in segment.items() if name != "segment"}
    return {**others, "start_seconds": ends[0], "end_seconds": ends[1]}


def _rows_of(value: dict[str, Any]) -> Any:
    """The list inside ``{"videos": [...]}``, or rows made of another usual shape.

    These are columns by name, as tables write themselves, files by class, lists by split, ``{file: label}`` and
    ``{file: {...}}``.
    """
    for name in ("videos", "records", "data", "annotations", "database", "items"):
        if isinstance(value.get(name), list):
            return value[name]
        if isinstance(value.get(name), dict) and len(value) <= 8:
            value = value[name]
            break
    if (rows := _from_columns(value) or _from_parts(value)) is not None:
        return rows
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
    full, notes = tidy(tuple(header), [{**dict.fromkeys(header, ""), **row} for row in cells])
    notes = [f"{path.name}: {note}" for note in notes]
    return Table(tuple(header), tuple(lines), full, tuple(bad_rows), tuple(notes))


def _bad_row(path: Path, line: int, reason: str) -> SkippedFile:
    return SkippedFile(f"{path.name} line {line}", f"line {line}: {reason}", "Correct or remove that line.")
