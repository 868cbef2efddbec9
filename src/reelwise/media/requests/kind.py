"""What one kind of worker request is: how it travels, how a worker performs it, and what it may write."""

import importlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from reelwise.media.limits import ReadLimits

Message = dict[str, Any]
"""A JSON object: text, numbers, lists and further objects; the field ``kind`` belongs to the protocol."""


class Task(Protocol):
    """One order to a worker: a frozen dataclass that names its file."""

    @property
    def path(self) -> Path:
        """The file that the worker opens."""
        ...


TaskT = TypeVar("TaskT", bound=Task)
ResultT = TypeVar("ResultT")


@dataclass(frozen=True)
class Workplace:
    """What a worker hands to the request that it performs.

    Args:
        limits: What the file may ask for.
        progress: To be called as frames (or rows) and bytes go by; a worker that is silent for too long is killed.
        send_part: Sends one piece of a result that is too long for a single message.
        send_raw: Sends a message with the bytes of some arrays beside it, one after the other, which are not put into
            JSON; waits for a slow reader.
        waiting: To be called while a stream waits for more of a file that is still being written: it is not stalled.
        folder: Where files may be made and changed by their paths; None for nowhere.
    """

    limits: ReadLimits
    progress: Callable[[int, int], None]
    send_part: Callable[[Message], None]
    send_raw: Callable[[Message, Sequence[memoryview]], None]
    waiting: Callable[[], None] = lambda: None
    folder: Path | None = None


class RequestKind(ABC, Generic[TaskT, ResultT]):
    """One kind of request. A new one is a file with a subclass, and a line in the table that brings it.

    The child packs what it found and the parent unpacks it. The child has opened a stranger's file and is not trusted:
    ``unpack_result`` builds every field anew as the type it has, and refuses what the task cannot have led to.
    """

    name: ClassVar[str]
    """Unique within a table."""

    task_type: type[TaskT]
    """The class of the tasks of this kind."""

    may_write: ClassVar[bool] = False
    """Whether the worker may write files while it performs the request."""

    is_stream: ClassVar[bool] = False
    """Whether it sends raw bytes to a reader as it goes, which may take as long as the reader does."""

    max_part_bytes: ClassVar[int] = 0
    """Bytes of all parts of one result together, at most; 0 for results of a single message."""

    def load(self) -> None:
        """Import what ``perform`` needs: called in the worker before its sandbox closes."""

    def outputs(self, task: TaskT) -> Sequence[Path]:
        """The files that the worker is handed to write; it names them as they stand in the task."""
        return ()

    @abstractmethod
    def pack(self, task: TaskT) -> Message:
        """A task as a message."""

    @abstractmethod
    def unpack(self, message: Message) -> TaskT:
        """A message as a task, in the worker."""

    @abstractmethod
    def perform(self, task: TaskT, workplace: Workplace) -> ResultT:
        """Do it, in the worker.

        Raises:
            VideoError: The file cannot be used.
            CacheError: The output cannot be written.
        """

    @abstractmethod
    def pack_result(self, result: ResultT) -> Message:
        """A result as a message, in the worker."""

    @abstractmethod
    def unpack_result(self, message: Message, parts: Sequence[Message]) -> ResultT:
        """A message and the parts before it as a result, in the parent.

        Raises:
            KeyError, TypeError, ValueError, ArithmeticError: A field is missing, of another type or out of its range.
        """


class RequestTable:
    """The kinds that one worker knows.

    Args:
        module: The module whose ``KINDS`` they are; a worker imports it by this name.
        kinds: One object per kind.
    """

    def __init__(self, module: str, kinds: Sequence[RequestKind[Any, Any]]) -> None:
        self.module = module
        self.kinds = tuple(kinds)
        self._by_name = {kind.name: kind for kind in kinds}
        self._by_type = {kind.task_type: kind for kind in kinds}
        if not len(self._by_name) == len(self._by_type) == len(kinds):
            raise ValueError(f"{module}: two kinds of requests share a name or a task type")

    def kind_of(self, task: Task) -> RequestKind[Any, Any]:
        """The kind of a task.

        Raises:
            TypeError: The table has no such kind: start the pool with the table that does.
        """
        kind = self._by_type.get(type(task))
        if kind is None:
            raise TypeError(f"{self.module} has no kind of request for {type(task).__name__}")
        return kind

    def kind_named(self, name: str) -> RequestKind[Any, Any]:
        """The kind of this name; KeyError when there is none."""
        return self._by_name[name]


def load_table(module: str) -> RequestTable:
    """Import a module and take its ``KINDS``.

    Args:
        module: Chosen by the code that starts a pool, never by a file or a message from a worker.
    """
    return RequestTable(module, importlib.import_module(module).KINDS)
