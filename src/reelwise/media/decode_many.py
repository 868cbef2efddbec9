"""Many files through the workers: what is wanted of each, file by file as they are complete."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from reelwise.core.errors import VideoError
from reelwise.media.limits import WORKER_LIMITS, WorkerLimits
from reelwise.media.requests.kind import Task, TaskT
from reelwise.media.workers.pool import MEDIA_TABLE, DecodePool

ItemT = TypeVar("ItemT")
Results = dict[type, Any]
"""By the type of the task: its result, or a VideoError that says why there is none."""

_NO_FOLDER = Path("no-scratch-folder")
"""Does not exist: a task that writes there fails with a CacheError."""


class TaskRunner(Protocol):
    """What is needed of a ``DecodePool``; tests put an in-process one in its place."""

    def run(self, tasks: Iterable[TaskT]) -> Iterator[tuple[TaskT, Any]]:
        """Tasks with their results or errors, in the order in which they are done."""
        ...


@dataclass(frozen=True)
class Decoded(Generic[ItemT]):
    """What workers made of one item.

    Args:
        item: The item.
        stem: The path that its tasks were given.
        results: By the type of the task.
    """

    item: ItemT
    stem: Path
    results: Results = field(default_factory=dict)


def decode_many(
    items: Iterable[ItemT],
    wants: Callable[[ItemT, Path], Sequence[Task]],
    pool: TaskRunner,
    *,
    folder: Path | None = None,
    on_result: Callable[[Decoded[ItemT], Task, Any], None] | None = None,
) -> Iterator[Decoded[ItemT]]:
    """Perform the tasks of each item in workers and give them together, item by item.

    Args:
        items: Files, or whatever stands for one; taken as they are needed, a few ahead of their use.
        wants: The tasks of an item, each of another type. Its second argument is a path in ``folder`` that no other
            item has: a task writes there, or beside it with any suffix.
        pool: Where the tasks run.
        folder: For what workers write; None where no task uses its path.
        on_result: Called with every single result before its item is complete; what it raises ends the run.

    Yields:
        The item with its results, as soon as all of them are there. Its files are removed when the next item is
        asked for.

    Raises:
        CacheError: An output cannot be written (full disk): that is no fault of one file.
    """
    owners: dict[int, tuple[Task, Decoded[ItemT], int]] = {}  # by id of a task, which lives as long as its entry

    def tasks() -> Iterator[Task]:
        for number, item in enumerate(items):
            stem = (folder or _NO_FOLDER) / str(number)
            wanted = wants(item, stem)
            if len({type(task) for task in wanted}) < len(wanted):
                raise ValueError("two tasks of one item are of the same type")
            decoded = Decoded(item, stem)
            for task in wanted:
                owners[id(task)] = task, decoded, len(wanted)
                yield task

    for task, result in pool.run(tasks()):
        _, decoded, num_tasks = owners.pop(id(task))
        decoded.results[type(task)] = result
        if on_result:
            on_result(decoded, task, result)
        if len(decoded.results) == num_tasks:
            yield decoded
            if folder is not None:
                _remove(decoded.stem)


def perform_one(task: Task, *, limits: WorkerLimits = WORKER_LIMITS, table: str = MEDIA_TABLE) -> Any:
    """The result of one task, in a worker of its own.

    Args:
        task: What to do.
        limits: What the worker may take.
        table: The module with the kind of the task.

    Raises:
        VideoError: The file cannot be used.
        CacheError: An output cannot be written.
    """
    with DecodePool(1, limits=limits, table=table) as pool:
        ((_, result),) = pool.run([task])
    if isinstance(result, VideoError):
        raise result
    return result


def _remove(stem: Path) -> None:
    for path in (stem, *stem.parent.glob(f"{stem.name}.*")):
        with suppress(OSError):  # Windows keeps what is still mapped; the folder goes at the end
            path.unlink()
