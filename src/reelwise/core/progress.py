"""How a job reports its progress: the command line draws it, a script may ignore it."""

from typing import Protocol


class Progress(Protocol):
    """What receives the progress of a job, such as the progress bar of the command line.

    Every method is called between two steps of the work, in the thread that called the verb.
    """

    def stage(self, title: str) -> None:
        """A new stage of the work begins, such as ``"decode"``."""

    def update(self, done: float, total: float, unit: str, note: str = "") -> None:
        """The current stage is at ``done`` of ``total`` units; ``note`` is a short status such as a loss."""

    def log(self, text: str) -> None:
        """One line that a person should read now."""

    def warn(self, text: str) -> None:
        """One line about something unusual that did not stop the work."""


class Silent:
    """A progress that shows nothing, for scripts and tests."""

    def stage(self, title: str) -> None:
        """Ignore it."""

    def update(self, done: float, total: float, unit: str, note: str = "") -> None:
        """Ignore it."""

    def log(self, text: str) -> None:
        """Ignore it."""

    def warn(self, text: str) -> None:
        """Ignore it."""
