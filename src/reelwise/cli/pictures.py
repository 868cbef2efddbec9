"""Pictures in a terminal: two pixels in every cell, by half blocks in colour."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from rich.color import Color
from rich.style import Style
from rich.text import Text

from reelwise.media.writers.contact_sheet import spread
from reelwise.reports.spectrogram import Spectrogram, colours
from reelwise.reports.spectrogram_image import clock
from reelwise.reports.video_page import Thumbnail

_MOST_PER_ROW = 4
_CELL_COLUMNS = 24
_GAP = 2
_MOST_ROWS = 14
_SPECTROGRAM_ROWS = 10
_NO_SOUND = " no sound "


def contact_sheet(thumbnails: Sequence[Thumbnail], end_seconds: float, width: int) -> Iterator[Text]:
    """Lines that show some pictures in two rows (one, if there are few), the time of each under it.

    Args:
        thumbnails: Pictures of one size, rising in time.
        end_seconds: How long the video is.
        width: Columns of the terminal.
    """
    height_px, width_px = thumbnails[0].picture.shape[:2]
    per_row = max(2, min(_MOST_PER_ROW, (width + _GAP) // (_CELL_COLUMNS + _GAP)))
    columns = (width - _GAP * (per_row - 1)) // per_row
    columns = max(1, min(columns, round(2 * _MOST_ROWS * width_px / height_px)))
    per_row = max(per_row, min(_MOST_PER_ROW, (width + _GAP) // (columns + _GAP)))
    rows = max(1, round(columns * height_px / width_px / 2))
    pairs = [(thumbnail.seconds, thumbnail.picture) for thumbnail in thumbnails]
    pictures_shown = spread(pairs, end_seconds, min(len(pairs), 2 * per_row))
    for start in range(0, len(pictures_shown), per_row):
        group = pictures_shown[start : start + per_row]
        small = [cv2.resize(picture, (columns, 2 * rows), interpolation=cv2.INTER_AREA) for _, picture in group]
        for parts in zip(*(half_blocks(picture) for picture in small), strict=True):
            yield Text(" " * _GAP).join(parts)
        yield Text((" " * _GAP).join(f"{clock(seconds):<{columns}}" for seconds, _ in group).rstrip())


def half_blocks(picture: np.ndarray) -> list[Text]:
    """Lines of a picture, each character two pixels high.

    Args:
        picture: (2 rows, columns, 3) uint8 RGB.

    Example:
        >>> [line.plain for line in half_blocks(np.zeros((4, 3, 3), np.uint8))]
        ['▀▀▀', '▀▀▀']
    """
    lines = []
    for upper, lower in zip(picture[::2].tolist(), picture[1::2].tolist(), strict=True):
        line = Text(no_wrap=True, end="")
        for top, bottom in zip(upper, lower, strict=True):
            line.append("▀", Style(color=Color.from_rgb(*top), bgcolor=Color.from_rgb(*bottom)))
        lines.append(line)
    return lines


def spectrogram_lines(spectrogram: Spectrogram, width: int) -> Iterator[Text]:
    """Lines that show a spectrogram, low pitch below; strokes where there is no sound at all; its times under it.

    Args:
        spectrogram: What it shows.
        width: Columns of the terminal.
    """
    size = (width, 2 * _SPECTROGRAM_ROWS)
    levels = cv2.resize(spectrogram.levels().T[::-1], size, interpolation=cv2.INTER_AREA)
    share = cv2.resize(spectrogram.present[None].astype(np.float32), (width, 1), interpolation=cv2.INTER_AREA)[0]
    missing = share < 0.5
    picture = colours()[np.round(levels * 255).astype(int)]
    for row, line in enumerate(half_blocks(picture)):
        yield _with_gaps(line, missing, with_words=row == _SPECTROGRAM_ROWS // 2)
    left, right = clock(spectrogram.start_seconds), clock(spectrogram.end_seconds)
    yield Text(f"{left}{right:>{max(1, width - len(left))}}")


def _with_gaps(line: Text, missing: np.ndarray, *, with_words: bool) -> Text:
    """The line with strokes instead of blocks where something is missing, and words where they fit."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], missing, [False]]).astype(np.int8))).tolist()
    line_with_gaps, place = Text(no_wrap=True), 0
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        line_with_gaps.append_text(line[place:start])
        stroke = "╱" * (end - start)
        line_with_gaps.append(
            _NO_SOUND.center(end - start, "╱") if with_words and len(stroke) >= len(_NO_SOUND) else stroke, "dim"
        )
        place = end
    line_with_gaps.append_text(line[place:])
    return line_with_gaps
