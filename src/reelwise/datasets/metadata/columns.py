"""Columns of metadata: which there are, which a model should read, and how they are fitted on training videos."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from reelwise.core.errors import DataError, UsageError
from reelwise.core.modalities import MetadataColumn
from reelwise.datasets.metadata.rules import CONTAINER_WARNING, NotRead, find_giveaway, is_container_fact, why_not_read
from reelwise.sampling.metadata_codes import parse_number

NUMBER_SHARE = 0.9
"""Share of the given values that must be numbers for a column of numbers."""

MAX_CHOSEN = 64
"""Columns that a model reads; more are rarely features, and each category has a table of weights."""

MAX_VALUES = 1000
"""Values of a category with weights of their own; rarer ones share the code of unknown values."""

MAX_VALUE_CHARACTERS = 200
"""Longer text is a description, not a category."""

_LARGEST = 1e100
"""Numbers are clipped to this, so that their squares stay finite."""

_EXAMPLES = 5
Kind = Literal["number", "category"]


@dataclass(frozen=True)
class Column:
    """One column of metadata of a data set.

    Args:
        name: As in the list; ``tags.…`` for tags of the files, ``container.…`` for facts of their containers.
        kind: ``number`` or ``category``.
        num_given: Videos with a value.
        num_missing: Videos without one.
        num_values: Different values.
        examples: The most frequent values, as text.
        lowest: The smallest number; None for categories.
        highest: The largest number; None for categories.
    """

    name: str
    kind: Kind
    num_given: int
    num_missing: int
    num_values: int
    examples: tuple[str, ...]
    lowest: float | None = None
    highest: float | None = None


@dataclass(frozen=True)
class ChosenColumns:
    """The columns that a model reads, before their means and values are fitted.

    Args:
        columns: Name and kind of each, in the order in which they are read.
        notes: Sentences for a person on the columns that are left out.
        warnings: Sentences for a person that must be shown even with --quiet.
    """

    columns: tuple[tuple[str, Kind], ...]
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def candidate_columns(rows: Sequence[Mapping[str, str]]) -> tuple[Column, ...]:
    """Every column that any row has, in the order in which they first come.

    A column holds numbers if 90 % of its values are finite numbers and more than two of these differ. A blank cell is
    missing.

    Args:
        rows: Metadata of each video; what is left out is missing.

    Example:
        >>> rows = [{"light": "1.5", "site": "a"}, {"light": "2", "site": ""}, {"light": "3"}]
        >>> [(column.name, column.kind, column.num_missing) for column in candidate_columns(rows)]
        [('light', 'number', 0), ('site', 'category', 2)]
    """
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        for name, text in row.items():
            counter = counts.setdefault(name, Counter())
            if word := text.strip():
                counter[word] += 1
    return tuple(_column(name, counter, len(rows)) for name, counter in counts.items())


def choose_columns(
    rows: Sequence[Mapping[str, str]],
    names: Sequence[str] | None = None,
    *,
    labels: Sequence[str] = (),
    skip: Collection[str] = (),
) -> ChosenColumns:
    """The columns that a model should read.

    By default all columns except constant and nearly always missing ones, those that only name the video (nearly every
    value differs), and facts of the file rather than of its content. Facts of the container are read only when named.

    Args:
        rows: Metadata of each usable video.
        names: Of columns, in order; None decides by the rules above.
        labels: The label of each row, to find columns that give it away.
        skip: Columns that hold file, label, group or split.

    Returns:
        At most 64 columns; none where there is nothing of use.

    Raises:
        UsageError: There is no such column, or one that holds the label itself.
    """
    by_name = {column.name: column for column in candidate_columns(rows)}
    if names is not None:
        columns, notes, warnings = [_find_column(name, by_name, skip) for name in dict.fromkeys(names)], [], []
        facts = [column.name for column in columns if is_container_fact(column.name)]
        if facts:
            warnings.append(CONTAINER_WARNING.format(names=", ".join(facts)))
        if len(columns) > MAX_CHOSEN:
            raise UsageError(f"{len(columns)} columns were named, at most {MAX_CHOSEN} are read.", hint="Name fewer.")
    else:
        columns, notes, warnings = _sift([column for column in by_name.values() if column.name not in skip], len(rows))
    giveaways = (find_giveaway(column.name, _values(rows, column.name), labels) for column in columns)
    warnings += [giveaway.text for giveaway in giveaways if giveaway]
    return ChosenColumns(tuple((column.name, column.kind) for column in columns), tuple(notes), tuple(warnings))


def fit_columns(columns: Iterable[tuple[str, str]], rows: Sequence[Mapping[str, str]]) -> tuple[MetadataColumn, ...]:
    """The columns with means, scales and values of the training videos.

    Args:
        columns: Names and kinds, as ``choose_columns`` gives them.
        rows: Metadata of the training videos alone.

    Returns:
        Numbers with mean and standard deviation (1 where all are equal), categories with their values, the most
        frequent first, at most 1000.

    Example:
        >>> (column,) = fit_columns([("light", "number")], [{"light": "1"}, {"light": "3"}, {"light": ""}])
        >>> column.mean, column.scale
        (2.0, 1.0)
    """
    return tuple(
        _fit_number(name, rows) if kind == "number" else MetadataColumn(name, "category", values=_frequent(name, rows))
        for name, kind in columns
    )


def require_columns(choice: ChosenColumns) -> None:
    """Refuse to train on metadata where there is none.

    Raises:
        DataError: No column is left.
    """
    if not choice.columns:
        left = f" ({choice.notes[0].rstrip('.')})" if choice.notes else ""
        raise DataError(
            f"there is no metadata that a model could read{left}.",
            hint="Add columns to the list, or a JSON file beside each video; or name a column with --columns.",
        )


def _column(name: str, counter: Counter[str], num_rows: int) -> Column:
    num_given = counter.total()
    numbers = {text: value for text in counter if (value := parse_number(text)) is not None}
    share = sum(counter[text] for text in numbers) / num_given if num_given else 0.0
    kind: Kind = "number" if share >= NUMBER_SHARE and len(set(numbers.values())) > 2 else "category"
    examples = tuple(text[:MAX_VALUE_CHARACTERS] for text, _ in counter.most_common(_EXAMPLES))
    ends = (min(numbers.values()), max(numbers.values())) if kind == "number" else (None, None)
    return Column(name, kind, num_given, num_rows - num_given, len(counter), examples, *ends)


def _find_column(name: str, by_name: Mapping[str, Column], skip: Collection[str]) -> Column:
    if name in skip:
        raise UsageError(
            f"the column {name!r} says what the label, the group or the split is: a model must not read it.",
            hint="Leave it out of --columns.",
        )
    if name not in by_name:
        examples = (
            ", ".join([text for text in by_name if text not in skip and not is_container_fact(text)][:12]) or "none"
        )
        raise UsageError(f"there is no column of metadata {name!r} (columns: {examples}).", hint="Name one of them.")
    return by_name[name]


def _sift(columns: Sequence[Column], num_rows: int) -> tuple[list[Column], list[str], list[str]]:
    readable: list[Column] = []
    left: dict[NotRead, list[str]] = {}
    for column in columns:
        if column.name.startswith("container."):
            continue  # always there, so that a note on it would only be noise
        reason = why_not_read(column.name, column.kind, column.num_given, column.num_values, num_rows)
        if reason:
            left.setdefault(reason, []).append(column.name)
        else:
            readable.append(column)
    notes = [_left_out(names, reason) for reason, names in left.items()]
    if len(readable) > MAX_CHOSEN:
        notes.append(f"Only the first {MAX_CHOSEN} of {len(readable)} columns are read; name others with --columns.")
    return readable[:MAX_CHOSEN], notes, []


def _left_out(names: Sequence[str], reason: NotRead) -> str:
    if len(names) == 1:
        return f"The column {names[0]!r} is not read: {reason.text}."
    first_names = ", ".join(map(repr, names[:5])) + (f" and {len(names) - 5} more" if names[5:] else "")
    return f"The columns {first_names} are not read: {reason.text}."


def _values(rows: Sequence[Mapping[str, str]], name: str) -> list[str]:
    return [row.get(name, "").strip() for row in rows]


def _fit_number(name: str, rows: Sequence[Mapping[str, str]]) -> MetadataColumn:
    numbers = (parse_number(row.get(name, "")) for row in rows)
    values = [min(max(value, -_LARGEST), _LARGEST) for value in numbers if value is not None]
    if not values:
        return MetadataColumn(name, "number")
    mean = math.fsum(values) / len(values)
    scale = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))
    return MetadataColumn(name, "number", mean, scale if scale > 1e-12 * max(1.0, abs(mean)) else 1.0)


def _frequent(name: str, rows: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    counts = Counter(text for text in _values(rows, name) if 0 < len(text) <= MAX_VALUE_CHARACTERS)
    return tuple(sorted(counts, key=lambda text: (-counts[text], text))[:MAX_VALUES])
