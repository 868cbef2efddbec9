"""How long work tells where it is: the jobs speak, the command line (or nobody) listens."""

from typing import Protocol


class Progress(Protocol):
    """What a job may say while it works; the command line draws it, a script may ignore it."""

    def stage(self, title: str) -> None:
        """A new part of the work begins, such as ``"decode"``."""

    def update(self, done: float, total: float, unit: str, note: str = "") -> None:
        """The current part is at ``done`` of ``total`` units; ``note`` is a short status such as a loss."""

    def say(self, text: str) -> None:
        """One line that a person should read now."""

    def warn(self, text: str) -> None:
        """One line about something odd that did not stop the work."""


class Silent:
    """The listener that hears nothing: for scripts and tests."""

    def stage(self, title: str) -> None:
        """Ignore it."""

    def update(self, done: float, total: float, unit: str, note: str = "") -> None:
        """Ignore it."""

    def say(self, text: str) -> None:
        """Ignore it."""

    def warn(self, text: str) -> None:
        """Ignore it."""
