"""Stopping work between two of its steps: Ctrl-C, SIGTERM, or a token that another thread sets."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from reelwise.core.errors import Interruption
from reelwise.core.progress import Progress


class Termination(KeyboardInterrupt):
    """SIGTERM outside of ``listen_for_stop``; like Ctrl-C it unwinds, so child processes end and temporary files go."""

    signal_number = signal.SIGTERM.value


def unwind_on_terminate() -> None:
    """From now on SIGTERM raises :class:`Termination` in the main thread, instead of ending the process at once."""

    def raise_terminated(number: int, frame: FrameType | None) -> None:
        raise Termination

    signal.signal(signal.SIGTERM, raise_terminated)


@contextmanager
def whole_imports() -> Iterator[None]:
    """A block of imports that Ctrl-C and SIGTERM do not cut in two; they are handled at its end.

    Python takes a module that was interrupted out again, but not what it has done: numpy, OpenCV, Keras and TensorFlow
    cannot be imported a second time, and a notebook would have to start anew.
    """
    requests: list[tuple[int, FrameType | None]] = []

    def remember(number: int, frame: FrameType | None) -> None:
        requests.append((number, frame))

    in_main_thread = threading.current_thread() is threading.main_thread()
    numbers = (signal.SIGINT, signal.SIGTERM) if in_main_thread else ()
    handlers = {number: handler for number in numbers if callable(handler := signal.getsignal(number))}
    for number in handlers:
        signal.signal(number, remember)
    try:
        yield
    finally:
        for number, handler in handlers.items():
            if signal.getsignal(number) is remember:  # a library may have set its own
                signal.signal(number, handler)
        for number, frame in requests:
            handlers[signal.Signals(number)](number, frame)


class StopToken:
    """A request to stop, which any thread may set and which a verb checks between two steps of its work.

    The verb then raises ``Interruption``; a training saves its state before. A token that was set stays set: make a new
    one for the next call.

    Example:
        >>> token = StopToken()
        >>> token.set()
        >>> token.is_set
        True
    """

    def __init__(self) -> None:
        self.signal_number = 0
        self.is_deferred = False
        """Whether ``listen_for_stop`` runs: the work inside decides where it stops, so that its state can be saved."""

    def set(self, signal_number: int = signal.SIGINT) -> None:
        """Request a stop; the number decides the exit code of a command."""
        self.signal_number = int(signal_number)

    @property
    def is_set(self) -> bool:
        """Whether a stop was requested."""
        return self.signal_number != 0

    def error(self, message: str, hint: str = "") -> Interruption:
        """The exception to raise once everything has been saved."""
        return Interruption(message, hint=hint, signal_number=self.signal_number)


class StoppableProgress:
    """A progress that stops the work when a token is set.

    Every step of every job reports its progress, so this is where work that needs no special end is stopped.

    Args:
        progress: Receives every call.
        token: Checked before each stage and update.
    """

    def __init__(self, progress: Progress, token: StopToken) -> None:
        self._progress = progress
        self.token = token

    def stage(self, title: str) -> None:
        """Begin a stage.

        Raises:
            Interruption: The token is set.
        """
        self._check()
        self._progress.stage(title)

    def update(self, done: float, total: float, unit: str, note: str = "") -> None:
        """Show how far the stage is.

        Raises:
            Interruption: The token is set.
        """
        self._check()
        self._progress.update(done, total, unit, note)

    def log(self, text: str) -> None:
        """Pass it on."""
        self._progress.log(text)

    def warn(self, text: str) -> None:
        """Pass it on."""
        self._progress.warn(text)

    def _check(self) -> None:
        if self.token.is_set and not self.token.is_deferred:
            raise self.token.error("stopped as requested.", "Call it again; a training goes on with resume=True.")


def token_of(progress: Progress) -> StopToken:
    """The token that stops this progress; for a progress without one a new token, which is never set."""
    return progress.token if isinstance(progress, StoppableProgress) else StopToken()


@contextmanager
def listen_for_stop(token: StopToken | None = None) -> Iterator[StopToken]:
    """Turn the first Ctrl-C or SIGTERM into a set token; a second one ends the process at once.

    Python handles signals in the main thread alone; in another thread only the token itself can be set.

    Args:
        token: Set by a caller or by a signal; None makes a new one.

    Example:
        >>> with listen_for_stop() as stop:
        ...     signal.raise_signal(signal.SIGTERM)
        ...     stop.signal_number
        15
    """
    stop = token or StopToken()
    in_main_thread = threading.current_thread() is threading.main_thread()

    def request_stop(number: int, frame: FrameType | None) -> None:
        if stop.is_set:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
        stop.set(number)

    numbers = (signal.SIGINT, signal.SIGTERM) if in_main_thread else ()
    handlers = {number: signal.signal(number, request_stop) for number in numbers}
    stop.is_deferred = True
    try:
        yield stop
    finally:
        stop.is_deferred = False
        for number, handler in handlers.items():
            signal.signal(number, handler)
