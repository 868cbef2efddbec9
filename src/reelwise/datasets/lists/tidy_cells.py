"""Cells as spreadsheets write them: words for a missing value, decimal commas, columns without a name."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from reelwise.datasets.lists.columns import FILE_NAMES, canonical

Cells = dict[str, str]

_MISSING = frozenset((
    "NA", "N/A", "n/a", "<NA>", "#N/A", "#N/A N/A", "#NA", "NaN", "nan", "NAN", "-nan", "-NaN", "1.#QNAN", "1.#IND",
    "-1.#QNAN", "-1.#IND", "NULL", "Null", "null", "None",
))  # fmt: skip
"""What pandas, R, NumPy, Excel and databases write where there is no value. Source: pandas' ``na_values``."""

_WITH_COMMA = re.compile(r"[-+]?(?:\d+|\d{1,3}(?:[. ]\d{3})+),\d+", re.ASCII)
_PLAIN_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?", re.ASCII)
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+", re.ASCII)
_MOST_NAMED = 4


def tidy(header: Sequence[str], rows: Sequence[Cells], delimiter: str = ",") -> tuple[tuple[Cells, ...], list[str]]:
    """Rows with empty cells where a word says that a value is missing, and with decimal points.

    Columns that name files stay as they are. A column has decimal commas where each of its cells is a number and one of
    them has a comma that separates no thousands, or any comma where the delimiter is ``;``.

    Args:
        header: Names of the columns.
        rows: Cells by column.
        delimiter: That of the file.

    Returns:
        Rows, and sentences for a person on what was changed.

    Example:
        >>> tidy(["file", "speed"], [{"file": "a.mp4", "speed": "1,5"}, {"file": "b.mp4", "speed": "NA"}])[0]
        ({'file': 'a.mp4', 'speed': '1.5'}, {'file': 'b.mp4', 'speed': ''})
    """
    notes: list[str] = []
    columns = [name for name in header if name and not _names_files(name)]
    missing: Counter[str] = Counter()
    words: Counter[str] = Counter()
    changes: dict[str, Callable[[str], str]] = {}
    for name in columns:
        texts = [row[name].strip() for row in rows if name in row]
        given = [text for text in texts if text not in _MISSING]
        words.update(text for text in texts if text in _MISSING)
        if len(given) < len(texts):
            missing[name] = len(texts) - len(given)
            changes[name] = _without_missing
        if commas := _comma_examples(given, delimiter):
            changes[name] = _with_point
            notes.append(f"the column {name!r} has decimal commas: {commas!r} is read as {_point(commas)!r}")
    if missing:
        notes.append(_on_missing(missing, words))
    if "" in header and any(row.get("", "").strip() for row in rows):
        notes.append("a column without a name is not read; give it one in the first line to use it")
    if not changes:
        return tuple(rows), notes
    return tuple({name: changes.get(name, str)(text) for name, text in row.items()} for row in rows), notes


def is_missing(value: object) -> bool:
    """Whether a value is a word by which tables say that there is none.

    Example:
        >>> is_missing("NaN"), is_missing("none"), is_missing(0)
        (True, False, False)
    """
    return isinstance(value, str) and value.strip() in _MISSING


def _on_missing(missing: Counter[str], words: Counter[str]) -> str:
    says = " or ".join(repr(word) for word, _ in words.most_common(_MOST_NAMED))
    where = ", ".join(f"{name!r}" for name in list(missing)[:_MOST_NAMED])
    where += f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
    cells = f"{missing.total()} cells that say" if missing.total() > 1 else "1 cell that says"
    return (
        f"{cells} {says} {'count' if missing.total() > 1 else 'counts'} as empty"
        f" (column{'s' * (len(missing) > 1)} {where}); a class needs another name"
    )


def _names_files(name: str) -> bool:
    return canonical(name) in FILE_NAMES or canonical(name).endswith(("file_name", "file_names"))


def _comma_examples(texts: Iterable[str], delimiter: str) -> str:
    """A cell with a decimal comma if the whole column is numbers of that kind; else empty."""
    example = ""
    for text in texts:
        if not text or _PLAIN_NUMBER.fullmatch(text):
            continue
        if not _WITH_COMMA.fullmatch(text):
            return ""
        if delimiter == ";" or not _THOUSANDS.fullmatch(text):
            example = example or text
    return example


def _without_missing(text: str) -> str:
    return "" if is_missing(text) else text


def _with_point(text: str) -> str:
    text = _without_missing(text)
    return _point(text.strip()) if "," in text else text


def _point(text: str) -> str:
    return text.replace(".", "").replace(" ", "").replace(",", ".")
