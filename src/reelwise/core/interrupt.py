"""Ctrl-C and SIGTERM as a wish that work looks at between two steps."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from reelwise.core.errors import Interrupted


class Terminated(KeyboardInterrupt):
    """SIGTERM where nobody listens for it; like Ctrl-C it unwinds, so that children end and half files are removed."""

    signal_number = signal.SIGTERM.value


def unwind_on_terminate() -> None:
    """From now on SIGTERM raises :class:`Terminated` in the main thread, instead of ending the process at once."""

    def caught(number: int, frame: FrameType | None) -> None:
        raise Terminated

    signal.signal(signal.SIGTERM, caught)


class StopRequest:
    """Whether somebody asked to stop; ``signal_number`` is 0 until then."""

    def __init__(self) -> None:
        self.signal_number = 0

    def __bool__(self) -> bool:
        return self.signal_number != 0

    def error(self, message: str, hint: str = "") -> Interrupted:
        """The exception to raise once everything has been kept."""
        return Interrupted(message, hint=hint, signal_number=self.signal_number)


@contextmanager
def listen_for_stop() -> Iterator[StopRequest]:
    """Catch the first Ctrl-C or SIGTERM as a request; a second one ends the process at once.

    Outside of the main thread nothing is caught, and the request stays empty.

    Example:
        >>> with listen_for_stop() as stop:
        ...     signal.raise_signal(signal.SIGTERM)
        ...     stop.signal_number
        15
    """
    request = StopRequest()
    if threading.current_thread() is not threading.main_thread():
        yield request
        return

    def caught(number: int, frame: FrameType | None) -> None:
        if request:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        request.signal_number = number

    before = {number: signal.signal(number, caught) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield request
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
