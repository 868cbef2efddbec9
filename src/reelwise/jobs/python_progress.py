"""What a call from Python shows: one line of progress, Python warnings, and a log."""

import logging
import sys
import time
import warnings
from pathlib import Path
from types import FrameType

from reelwise.core.closing import ClosesOnExit
from reelwise.core.errors import ReelwiseWarning
from reelwise.core.progress_text import done_text, rate_text

LOGGER = logging.getLogger("reelwise")

_PACKAGE = str(Path(__file__).parents[1])
_LINE_SECONDS = 0.2
"""Between two states of the line: often enough to look alive, seldom enough for a notebook."""
_COLUMNS = 100
"""The longest line; a longer one would break, and its first part could not be written over."""


class PythonProgress(ClosesOnExit):
    """Shows progress to a person at a terminal or a notebook; a script and its log get warnings alone.

    What is unusual, skipped files among it, is a ``ReelwiseWarning`` of the line that called Reelwise. Other remarks
    and the beginnings of stages go to the logger ``reelwise`` at level INFO.
    """

    def __init__(self) -> None:
        self._shows = _is_watched()
        self._title = ""
        self._start_time = self._line_time = time.monotonic()
        self._num_columns = 0

    def stage(self, title: str) -> None:
        """The line begins anew."""
        self._title, self._start_time = title, time.monotonic()
        LOGGER.info("%s …", title)
        self._write(f"{title} …")

    def update(self, done: float, total: float, unit: str, note: str = "") -> None:
        """The line says how far it is."""
        now = time.monotonic()
        if now - self._line_time < _LINE_SECONDS and done < total:
            return
        parts = [done_text(done, total, unit), rate_text(done, total, unit, now - self._start_time), note]
        self._write(f"{self._title}: " + ", ".join(part for part in parts if part))

    def log(self, text: str) -> None:
        """To the logger."""
        LOGGER.info("%s", text)

    def warn(self, text: str) -> None:
        """A Python warning."""
        self._write("")
        warnings.warn(text, ReelwiseWarning, stacklevel=_level_of_caller())

    def close(self) -> None:
        """Take the line away."""
        self._write("")

    def _write(self, text: str) -> None:
        self._line_time = time.monotonic()
        if not self._shows or (not text and not self._num_columns):
            return
        text = "".join(character if character.isprintable() else "?" for character in text)[:_COLUMNS]
        try:
            sys.stderr.write(f"\r{text.ljust(self._num_columns)}" + ("" if text else "\r"))
            sys.stderr.flush()
        except (OSError, ValueError):  # closed, or without a reader
            self._shows = False
        self._num_columns = len(text)


def _is_watched() -> bool:
    """Whether a person looks at stderr: it is a terminal or belongs to a notebook."""
    return sys.stderr is not None and (sys.stderr.isatty() or "ipykernel" in sys.modules)


def _level_of_caller() -> int:
    """The ``stacklevel`` of the frame that called Reelwise, as seen by the function that calls this one."""
    frame: FrameType | None = sys._getframe(1)
    level = caller = 1
    while frame is not None:
        level += 1
        if frame.f_code.co_filename.startswith(_PACKAGE):
            caller = level
        frame = frame.f_back
    return caller
