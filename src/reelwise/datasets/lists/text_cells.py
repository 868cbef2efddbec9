"""What the cells behind the path of a text list mean: one label, several, or times before a label."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reelwise.core.errors import DataError
from reelwise.core.label_sets import join_labels
from reelwise.datasets.lists.text_lines import TextLine

_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{0,9})?", re.ASCII)
_HINT = (
    "Name the columns in a first line of the list: `file start_seconds end_seconds label` or `file start_frame label`"
    " for times, `file label` for labels; several labels of a video are joined by |."
)


@dataclass(frozen=True)
class FilledLine:
    """A line of which every cell is understood.

    Args:
        number: Its number, from 1.
        file: The path as written.
        label: The label, or several joined by ``|``; empty when there is none.
        start: First second of a segment, as written.
        end: Last second of a segment, as written.
    """

    number: int
    file: str
    label: str = ""
    start: str = ""
    end: str = ""


@dataclass(frozen=True)
class CellsNote:
    """How the cells of a list were understood.

    Args:
        has_sets: Whether videos have several labels.
        texts: Sentences for a person.
    """

    has_sets: bool = False
    texts: tuple[str, ...] = ()


def fill_cells(path: Path, lines: Sequence[TextLine], delimiter: str) -> tuple[list[FilledLine], CellsNote]:
    """Lines with a label, a set of labels, or times and a label.

    Different numbers of cells, or names, are labels. As many cells in every line may be times: with decimals they are
    seconds; whole numbers could be frames, seconds or classes, and are only taken as classes where each video has one
    line and its numbers rise, as sorted sets do.

    Args:
        path: The list, for messages.
        lines: Split into path and cells.
        delimiter: By which they were split; words between blanks are one label.

    Raises:
        DataError: The cells can be read in more than one way.
    """
    counts = {len(line.cells) for line in lines}
    if max(counts, default=0) <= 1:
        return [FilledLine(line.number, line.file, "".join(line.cells)) for line in lines], CellsNote()
    if len(counts) == 1:
        count = counts.pop()
        if count in (2, 3) and _are_seconds(lines):
            ends = "start" if count == 2 else "start and end"
            return [_with_times(line) for line in lines], CellsNote(
                texts=(f"{path.name}: the numbers between path and label are {ends} in seconds",)
            )
        if _are_in_doubt(lines, delimiter):
            example = " ".join((lines[0].file, *lines[0].cells))
            raise DataError(f"{path}: lines such as `{example[:80]}` can be read in more than one way.", hint=_HINT)
    are_words = delimiter == " " and not all(_WHOLE.fullmatch(cell) for line in lines for cell in line.cells)
    join = " ".join if are_words else join_labels
    return [FilledLine(line.number, line.file, join(line.cells)) for line in lines], CellsNote(has_sets=not are_words)


def _are_in_doubt(lines: Sequence[TextLine], delimiter: str) -> bool:
    """Whether numbers stand before or among words, or whole numbers could be times as well as classes."""
    are_numbers = {_NUMBER.fullmatch(cell) is not None for line in lines for cell in line.cells}
    if are_numbers == {True}:
        return not _are_sets(lines)
    before_words = all(_WHOLE.fullmatch(line.cells[0]) for line in lines)
    return before_words or (delimiter != " " and len(are_numbers) == 2)


def _are_seconds(lines: Sequence[TextLine]) -> bool:
    """Whether all cells but the last are numbers, with decimals in some line."""
    times = [cell for line in lines for cell in line.cells[:-1]]
    return all(map(_NUMBER.fullmatch, times)) and any("." in cell for cell in times)


def _are_sets(lines: Sequence[TextLine]) -> bool:
    """Whether every line is a video of its own with whole numbers that rise."""
    by_file: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for line in lines:
        by_file[line.file].append(line.cells)
    if any(len(cells) > 1 for cells in by_file.values()):
        return False
    if not all(_WHOLE.fullmatch(cell) for line in lines for cell in line.cells):
        return False
    numbers = [[int(cell) for cell in line.cells] for line in lines]
    is_constant = len(lines) > 1 and len({row[0] for row in numbers}) == 1
    return not is_constant and all(row == sorted(set(row)) for row in numbers)


def _with_times(line: TextLine) -> FilledLine:
    start, *end, label = line.cells
    return FilledLine(line.number, line.file, label, start, "".join(end))
