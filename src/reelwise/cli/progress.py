"""Progress on stderr: one bar with rate and ETA on a terminal, plain lines now and then in a log."""

import sys
import time

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column
from rich.text import Text

from reelwise.cli.streams import print_error_line
from reelwise.cli.visible_text import visible
from reelwise.core.progress_text import done_text, rate_text

PLAIN_SECONDS = 10.0
"""Seconds between two lines of a log: often enough to see that work goes on, few enough to read."""
WIDE_ENOUGH = 80
"""Columns of a terminal that has room for a bar beside the numbers."""


def make_progress(quiet: bool) -> "TerminalProgress | PlainProgress | QuietProgress":
    """A bar on a terminal, lines in a log, and only warnings with --quiet."""
    if quiet:
        return QuietProgress()
    return TerminalProgress() if sys.stderr.isatty() else PlainProgress()


class QuietProgress:
    """Prints warnings only, each once: a command of several jobs has one warning from several of them."""

    def __init__(self) -> None:
        self._warnings: set[str] = set()

    def stage(self, title: str) -> None:
        """Nothing."""

    def update(self, done: float, total: float, unit: str, note: str = "") -> None:
        """Nothing."""

    def log(self, text: str) -> None:
        """Nothing."""

    def warn(self, text: str) -> None:
        """A line on stderr, once."""
        if text not in self._warnings:
            self._warnings.add(text)
            print_error_line(f"warning: {text}")

    def close(self) -> None:
        """Nothing."""


class PlainProgress(QuietProgress):
    """Lines for a log: the start of a stage, a line every ten seconds, its end."""

    def __init__(self) -> None:
        super().__init__()
        self._title = ""
        self._start_time = self._last_line_time = time.monotonic()
        self._is_finished = True

    def stage(self, title: str) -> None:
        """A line with the title."""
        self._title = title
        self._start_time = self._last_line_time = time.monotonic()
        self._is_finished = False
        print_error_line(f"{title} …")

    def update(self, done: float, total: float, unit: str, note: str = "") -> None:
        """A line when ten seconds have passed since the last one, or when the stage is done."""
        now = time.monotonic()
        if now - self._last_line_time < PLAIN_SECONDS and (done < total or self._is_finished):
            return
        self._last_line_time = now
        self._is_finished = done >= total
        parts = [done_text(done, total, unit), rate_text(done, total, unit, now - self._start_time), note]
        print_error_line(f"{self._title}: " + ", ".join(part for part in parts if part))

    def log(self, text: str) -> None:
        """The line itself."""
        print_error_line(text)


class TerminalProgress:
    """A live bar on a terminal; finished stages stay as one line each."""

    def __init__(self) -> None:
        self._warnings: set[str] = set()
        self._console = Console(stderr=True, highlight=False, markup=False, emoji=False)
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._start_time = time.monotonic()

    def stage(self, title: str) -> None:
        """Close the bar before and begin one."""
        self.close()
        title = visible(title)
        self._start_time = time.monotonic()
        wide = (
            (BarColumn(bar_width=24, table_column=Column(min_width=12)),) if self._console.width >= WIDE_ENOUGH else ()
        )
        columns = (
            TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True, min_width=len(title))),
            *wide,
            TextColumn("{task.fields[count]}", markup=False, table_column=Column(no_wrap=True, min_width=12)),
            TimeElapsedColumn(table_column=Column(no_wrap=True, min_width=7)),
            TextColumn(
                "{task.fields[note]}",
                style="dim",
                markup=False,
                table_column=Column(no_wrap=True, overflow="ellipsis"),
            ),
        )
        self._bar = Progress(*columns, console=self._console)
        self._bar.start()
        self._task = self._bar.add_task(title, total=None, count="", note="")

    def update(self, done: float, total: float, unit: str, note: str = "") -> None:
        """Move the bar; rate, ETA and note behind it."""
        if self._bar is None or self._task is None:
            return
        rate = rate_text(done, total, unit, time.monotonic() - self._start_time)
        text = "  ".join(part for part in (rate, visible(note)) if part)
        self._bar.update(self._task, completed=done, total=total, count=done_text(done, total, unit), note=text)
        if done >= total:
            self.close()

    def log(self, text: str) -> None:
        """A line above the bar."""
        self._console.print(Text(visible(text)))

    def warn(self, text: str) -> None:
        """A line above the bar, marked, once."""
        if text not in self._warnings:
            self._warnings.add(text)
            self._console.print(Text.assemble(("warning:", "yellow"), " ", visible(text)))

    def close(self) -> None:
        """Leave the last state of the bar standing."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
