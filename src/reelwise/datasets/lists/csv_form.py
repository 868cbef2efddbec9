"""Where the header of a CSV file stands, and which character separates its cells."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reelwise.core.errors import DataError
from reelwise.datasets.lists.columns import FILE_NAMES, canonical, is_meaningful
from reelwise.datasets.lists.text_file import clean_text

_DELIMITERS = (",", ";", "\t", "|")
_LINE_END = re.compile(r"\r\n|\n|\r")
_SEPARATOR_LINE = re.compile(r"""["']?sep=(.)["']?[,;\t|]*""", re.IGNORECASE)
"""The first line by which Excel tells itself the delimiter: ``sep=;``."""

_MOST_LINES_BEFORE = 50
"""Blank lines and comments before the header; more are no list."""

_EXPECTED = f"Expected a header with a column for the file ({', '.join(FILE_NAMES[:4])}, …) and one for the label."


@dataclass(frozen=True)
class CsvForm:
    """How a CSV file is written.

    Args:
        delimiter: Between cells.
        header: The line with the names of the columns, without a ``#`` before it.
        start: Where the line after the header begins in the text.
        num_lines: Lines up to the header, the header among them.
    """

    delimiter: str
    header: str
    start: int
    num_lines: int


def find_form(path: Path, text: str, known_names: Sequence[str]) -> CsvForm:
    """The form of a CSV file: the header is its first line that is neither blank, a comment nor ``sep=;``.

    Args:
        path: For messages.
        text: The whole text.
        known_names: Canonical names of columns, one of which a header must have.

    Raises:
        DataError: That line names no known column.
    """
    start = 0
    separator = ""
    first = ""
    for number in range(1, _MOST_LINES_BEFORE + 1):
        line, end = _line_at(text, start)
        plain = line.strip().strip(",;\t|").strip()
        if match := _SEPARATOR_LINE.fullmatch(line.strip("\r\n ")):
            separator = match[1]
        elif plain:
            first = first or line
            header = line.lstrip("# \t") if plain.startswith("#") else line
            delimiter = _delimiter(header, known_names, separator)
            if delimiter:
                return CsvForm(delimiter, header, end, number)
            if not plain.startswith("#"):
                raise DataError(f"{path}: {_what(line)}.", hint=_EXPECTED)
        if end >= len(text):
            break
        start = end
    raise DataError(f"{path}: {_what(first)}.", hint=_EXPECTED)


def _line_at(text: str, start: int) -> tuple[str, int]:
    match = _LINE_END.search(text, start)
    if match is None:
        return text[start : start + (1 << 16)], len(text)
    return text[start : min(match.start(), start + (1 << 16))], match.end()


def _delimiter(header: str, known_names: Sequence[str], separator: str) -> str:
    """The delimiter under which a line has a known column; most columns win. Empty if there is none.

    A blank separates only where every single word is the name of a column, since names of columns have blanks too.
    """
    best = (0, "")
    for delimiter in (separator,) if separator else _DELIMITERS:
        names = _split(header, delimiter)
        if any(_is_known(name, known_names) for name in names) and len(names) > best[0]:
            best = (len(names), delimiter)
    words = header.split()
    if best[1] or not any(_is_known(word, known_names) for word in words):
        return best[1]
    return " " if all(is_meaningful(word) or _is_known(word, known_names) for word in words) else ""


def has_header(text: str) -> bool:
    """Whether a text begins with the names of two columns or more, one of them that of the file."""
    try:
        form = find_form(Path(), text, FILE_NAMES)
    except DataError:
        return False
    return len(_split(form.header, form.delimiter)) > 1


def _split(header: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([header], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return []


def _is_known(name: str, known_names: Sequence[str]) -> bool:
    name = canonical(name)
    return name in known_names or name.endswith(("_file_name", "_file_names"))


def _what(first: str) -> str:
    text = clean_text(first[:80]).strip()
    if not text or not text.isprintable():
        return "is not a list of videos; the first line is not text"
    return f"the first line is '{text}', which names no known column"
