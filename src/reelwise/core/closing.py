"""Context managers that close themselves at the end of their block."""

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self


class ClosesOnExit(ABC):
    """A resource whose ``with`` block ends with ``close``, whether or not it raised.

    Example:
        >>> class Printer(ClosesOnExit):
        ...     def close(self) -> None:
        ...         print("closed")
        >>> with Printer():
        ...     print("in the block")
        in the block
        closed
    """

    @abstractmethod
    def close(self) -> None:
        """Free the resource; a second call does nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
