"""Lines such as ``walk/a.mp4 3`` or ``a b.mp4,run,jump``: one delimiter for the file, the path that is there."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from reelwise.media.suffixes import has_video_suffix

DELIMITERS = ("\t", ",", ";", "|", " ")
"""Tried in this order where none of them makes more paths exist than another: a blank is in many names."""

_MOST_LABELS = 400
"""Labels in a line; the largest public set with several labels (HVU) has about 20 a video."""

_NUM_TRIED = 40
"""Lines by which the delimiter is chosen, spread over the list."""

_NUMBERS = re.compile(r"\d+(?:,\d+)+", re.ASCII)
_NAME_WITH_SUFFIX = re.compile(r"\S+\.\w{2,4}")


@dataclass(frozen=True)
class TextLine:
    """A line of a list.

    Args:
        number: Its number, from 1.
        file: The path as written.
        cells: What stands behind it: labels, or times and a label; may be none.
    """

    number: int
    file: str
    cells: tuple[str, ...]


def choose_delimiter(lines: Sequence[str], is_there: Callable[[str], bool]) -> tuple[str, int]:
    """The delimiter under which most paths exist, then under which most look like videos with a label behind.

    Args:
        lines: Of the list, without blank ones.
        is_there: Whether a path exists.

    Returns:
        The delimiter, and how many of the lines that were tried name an existing path under it.
    """
    sample = lines[:: max(1, len(lines) // _NUM_TRIED)][:_NUM_TRIED]

    def merit(delimiter: str) -> tuple[int, int, int]:
        parts = [split_line(line, delimiter, is_there) for line in sample]
        return (
            sum(is_there(file) for file, _ in parts),
            sum(has_video_suffix(file) for file, _ in parts),
            sum(bool(cells) for _, cells in parts),
        )

    merits = {delimiter: merit(delimiter) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda delimiter: merits[delimiter])
    return best, merits[best][0]


def split_lines(lines: Sequence[tuple[int, str]], delimiter: str, is_there: Callable[[str], bool]) -> list[TextLine]:
    """All lines of a list, split by its one delimiter.

    Args:
        lines: Their numbers and texts.
        delimiter: As ``choose_delimiter`` gives it.
        is_there: Whether a path exists.
    """
    rows: list[TextLine] = []
    usual: Counter[int] = Counter()
    for number, line in lines:
        first = usual.most_common(1)[0][0] if usual else 1
        file, cells = split_line(line, delimiter, is_there, first)
        usual[len(cells)] += 1
        rows.append(TextLine(number, file, cells))
    return rows


def split_line(
    line: str, delimiter: str, is_there: Callable[[str], bool], usual: int = 1
) -> tuple[str, tuple[str, ...]]:
    """The path of a line and the cells behind it: the longest path that is there, else one with a video's suffix.

    Args:
        line: The line.
        delimiter: Between path and cells, and between cells.
        is_there: Whether a path exists.
        usual: How many cells the other lines have, which is tried first.

    Example:
        >>> split_line("some clip.mp4 0 2", " ", lambda path: False)
        ('some clip.mp4', ('0', '2'))
    """
    if line.startswith('"') and (parts := line[1:].partition('"'))[1] and parts[2][:1] in ("", delimiter):
        return parts[0], _clean(parts[2].split(delimiter))
    cells = line.split(delimiter)
    if usual < len(cells) and is_there(_path(cells, usual, delimiter)):
        return _path(cells, usual, delimiter), _clean(cells[len(cells) - usual :])
    ways = list(islice(_ways(cells, delimiter), _MOST_LABELS))
    there = next((way for way in ways if is_there(way[0])), None)
    return there or next((way for way in ways if has_video_suffix(way[0])), None) or _usual_way(ways)


def _ways(cells: Sequence[str], delimiter: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for count in range(len(cells)):
        yield _path(cells, count, delimiter), _clean(cells[len(cells) - count :] if count else [])


def _usual_way(ways: Sequence[tuple[str, tuple[str, ...]]]) -> tuple[str, tuple[str, ...]]:
    """One label behind the path, unless it looks like a part of the path."""
    label = next((way for way in ways if len(way[1]) == 1), ways[0])
    is_name = any("/" in cell or _NAME_WITH_SUFFIX.fullmatch(cell) for cell in label[1])
    return ways[0] if is_name else label


def _path(cells: Sequence[str], num_behind: int, delimiter: str) -> str:
    return delimiter.join(cells[: len(cells) - num_behind]).strip().strip('"')


def _clean(cells: Sequence[str]) -> tuple[str, ...]:
    """Cells without quotes and blanks; empty ones are left out, and numbers joined by commas are several."""
    texts = [cell.strip().strip('"') for cell in cells]
    parts = [text.split(",") if _NUMBERS.fullmatch(text) else [text] for text in texts if text]
    return tuple(part for group in parts for part in group)
