"""stdin, stdout and stderr of a command: closed, full, without a reader, or in an old encoding."""

import codecs
import errno
import io
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from reelwise.cli.visible_text import visible
from reelwise.core.errors import ReelwiseWarning

_IN_ASCII = {
    "…": "...", "–": "-", "—": "-", "→": "->", "×": "x", "·": ".", "█": "#", "─": "-", "°": " degrees", "≥": ">=",
    "≤": "<=", "−": "-", "±": "+-", "’": "'", "“": '"', "”": '"',
}  # fmt: skip
"""What stands for our own signs where the encoding of a terminal has none for them."""

_ERRORS = "reelwise.signs"
"""The name by which Python's encoders know ``_replace_signs``."""

_NO_READER = (errno.EPIPE, errno.EINVAL) if sys.platform == "win32" else (errno.EPIPE,)


class LastingStream(io.TextIOWrapper):
    """A stream that outlives its reader: after ``| head`` the rest goes nowhere, and the command does its work.

    Args:
        stream: Its buffer is taken over.
        forgives: Whether a stream that cannot be written for another reason (a full disk) is left alone as well.
    """

    def __init__(self, stream: io.TextIOWrapper, *, forgives: bool) -> None:
        encoding, line_buffering = stream.encoding, stream.line_buffering
        super().__init__(stream.detach(), encoding=encoding, errors=_ERRORS, line_buffering=line_buffering)
        self._forgives = forgives
        self.has_no_reader = False

    def write(self, text: str, /) -> int:
        """As of every stream."""
        try:
            return super().write(text)
        except OSError as error:
            self._lose(error)
            return len(text)

    def flush(self) -> None:
        """As of every stream."""
        if self.closed:
            return
        try:
            super().flush()
        except OSError as error:
            self._lose(error)

    def _lose(self, error: OSError) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())  # what is in the buffer goes there as well, at the end of the process at last
        os.close(nowhere)
        if error.errno in _NO_READER:
            self.has_no_reader = True
        elif not self._forgives:
            raise error


def open_streams() -> None:
    """Let the standard streams of this process last; one that is closed goes nowhere.

    The descriptor of a closed one would be that of the next file, into which every library then writes its messages.
    """
    for handle in range(3):
        try:
            os.fstat(handle)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free descriptor, which is this one
    sys.stdout = _lasting(sys.stdout, forgives=False)
    sys.stderr = _lasting(sys.stderr, forgives=True)


def _lasting(stream: TextIO | None, *, forgives: bool) -> TextIO:
    if stream is None:
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - open as long as the process
    return LastingStream(stream, forgives=forgives) if isinstance(stream, io.TextIOWrapper) else stream


def nobody_reads() -> bool:
    """Whether the reader of stdout has gone, as ``head`` does when it has enough."""
    return getattr(sys.stdout, "has_no_reader", False)


def use_safe_encoding() -> None:
    """Let stdout and stderr write what their encoding has no sign for, lone surrogates of file names too."""
    codecs.register_error(_ERRORS, _replace_signs)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_ERRORS)


def _replace_signs(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return "".join(_IN_ASCII.get(c) or c.encode("ascii", "backslashreplace").decode() for c in signs), error.end


@contextmanager
def warnings_as_lines() -> Iterator[None]:
    """Show our own Python warnings as ``warning:`` on stderr, each once."""
    texts: set[str] = set()
    with warnings.catch_warnings():
        show_other = warnings.showwarning

        def show(
            message: Warning | str,
            category: type[Warning],
            filename: str,
            lineno: int,
            file: TextIO | None = None,
            line: str | None = None,
        ) -> None:
            if not issubclass(category, ReelwiseWarning):
                show_other(message, category, filename, lineno, file, line)
            elif (text := str(message)) not in texts:
                texts.add(text)
                print_error_line(f"warning: {text}")

        warnings.showwarning = show
        warnings.simplefilter("always", ReelwiseWarning)
        yield


def print_error_line(text: str) -> None:
    """A line on stderr, with control characters escaped."""
    print(visible(text), file=sys.stderr, flush=True)
