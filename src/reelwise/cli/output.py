"""What goes to stdout: one JSON document, or short tables for people."""

import os
import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from reelwise.cli.visible_text import json_text, visible
from reelwise.core import number_text

BAR_CELLS = 20
"""Characters of a full bar."""
MIN_BAR_CELLS = 5
"""Characters of a full bar on a narrow terminal; less shows nothing."""
CELLS_BESIDE_BAR = 54
"""Characters of a row beside its bar: a name, a number and a remark."""
MIN_PICTURE_COLUMNS = 40
"""Columns of a terminal below which a picture shows nothing."""


def print_json(value: Any) -> None:
    """One JSON document and nothing else."""
    print(json_text(value, is_ascii=not _has_unicode(sys.stdout.encoding)))


def print_json_line(value: Any) -> None:
    """One JSON document on one line, at once."""
    print(json_text(value, indent=None, is_ascii=not _has_unicode(sys.stdout.encoding)), flush=True)


def _has_unicode(encoding: str | None) -> bool:
    return (encoding or "").lower().startswith("utf")


def console() -> Console:
    """Rich on stdout: coloured on a terminal, plain otherwise; 100 columns where there is no terminal to measure.

    It knows no markup and no codes of emoji, since both are in names of files and labels.
    """
    width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() or "COLUMNS" in os.environ else 100
    return Console(highlight=False, markup=False, emoji=False, width=width)


def can_show(screen: Console) -> bool:
    """Whether the terminal shows enough colours and is wide enough; never into a pipe, a file or under NO_COLOR."""
    enough = screen.color_system in ("truecolor", "256") and _has_unicode(screen.encoding)
    return screen.is_terminal and not screen.no_color and enough and screen.width >= MIN_PICTURE_COLUMNS


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()) -> Table:
    """A table with a title; the columns whose places are in ``numbers`` stand right-aligned."""
    sheet = Table(
        title=Text(visible(title)),
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        show_header=any(columns),
    )
    for place, name in enumerate(columns):
        sheet.add_column(Text(visible(name)), justify="right" if place in numbers else "left", overflow="fold")
    for row in rows:
        sheet.add_row(*(Paragraph(Text(visible(cell))) for cell in row))
    return sheet


@dataclass(frozen=True)
class Paragraph:
    """Text whose lines break between words, and behind a slash in a path that is wider than a line.

    Args:
        text: What users wrote went through ``visible`` first.
    """

    text: Text

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """As wide as its longest word or more, whether that can be broken or not: other columns give way first."""
        return Measurement.get(console, options, self.text)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The text with its breaks; rich breaks what has no slash within a line."""
        yield Text("\n").join(self.text.divide(_breaks(self.text.plain, options.max_width)))


def _breaks(text: str, width: int) -> list[int]:
    """Indices at which lines begin; a piece that is wider than a line begins one of its own."""
    breaks: list[int] = []
    column = 0
    for word in re.finditer(r"\s*\S+\s*", text):
        is_long = cell_len(word[0].rstrip()) > width
        for piece in re.finditer(r"[^/]*/+|[^/]+" if is_long else r".+", word[0], re.DOTALL):
            if column and column + cell_len(piece[0].rstrip()) > width:
                breaks.append(word.start() + piece.start())
                column = 0
            column += cell_len(piece[0])
            column = column % width if column > width else column  # rich folds it
    return breaks


def with_word(word: str, colour: str, text: str) -> Text:
    """A coloured word, then text that users wrote."""
    return Text.assemble((word, colour), " ", visible(text))


def paragraph(text: str) -> Paragraph:
    """Text that users wrote, with its breaks."""
    return Paragraph(Text(visible(text)))


def percent(value: float | None) -> str:
    """A share as ``82 %``, never rounded up to 100 or down to 0; a dash when there is none."""
    return "–" if value is None else number_text.percent(value)


def ratio(value: float | None) -> str:
    """A ratio with three digits; a dash when there is none."""
    return "–" if value is None else f"{value:.3f}"


def bar(share: float) -> str:
    """A share in [0, 1] drawn in characters; shorter on a narrow terminal."""
    cells = max(MIN_BAR_CELLS, min(BAR_CELLS, console().width - CELLS_BESIDE_BAR))
    full = round(max(0.0, min(1.0, share)) * cells)
    return "█" * full + "·" * (cells - full)


def file_size(num_bytes: float) -> str:
    """Bytes as people read them, such as ``2.1 GB``."""
    for unit in ("B", "kB", "MB", "GB"):
        if num_bytes < 1000:
            return f"{num_bytes:.3g} {unit}"
        num_bytes /= 1000
    return f"{num_bytes:.3g} TB"
