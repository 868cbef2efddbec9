"""Tasks on many files in workers, with the results of each file together."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from reelwise.core.errors import VideoError
from reelwise.media.limits import WORKER_LIMITS, WorkerLimits
from reelwise.media.requests.kind import Task, TaskT
from reelwise.media.workers.pool import MEDIA_TABLE, TaskProgress, WorkerPool

ItemT = TypeVar("ItemT")
Results = dict[type, Any]
"""By the type of the task: its result, or a VideoError that says why there is none."""

_NO_FOLDER = Path("no-scratch-folder")
"""Does not exist: a task that writes there fails with a CacheError."""


class TaskRunner(Protocol):
    """The part of ``WorkerPool`` that is used here; tests pass one that works in the same process."""

    def run(self, tasks: Iterable[TaskT]) -> Iterator[tuple[TaskT, Any]]:
        """Tasks with their results or errors, in the order in which they are done."""
        ...


@dataclass(frozen=True)
class ItemResults(Generic[ItemT]):
    """The results of all tasks on one item.

    Args:
        item: The item.
        stem: The path under which its tasks write.
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
    on_result: Callable[[ItemResults[ItemT], Task, Any], None] | None = None,
) -> Iterator[ItemResults[ItemT]]:
    """Perform the tasks of each item in workers and yield the results item by item.

    Args:
        items: Files, or whatever stands for one; taken as they are needed, a few ahead of their use.
        wants: The tasks of an item, one or more, each of another type. Its second argument is a path in ``folder`` that
            no other item has: a task writes there, or beside it with any suffix.
        pool: Where the tasks run.
        folder: Where workers write; None where no task writes.
        on_result: Called with every single result before its item is complete; what it raises ends the run.

    Yields:
        The item with its results, as soon as all of them are there. Its files are removed when the next item is
        asked for.

    Raises:
        CacheError: An output cannot be written (full disk): that is no fault of one file.
    """
    owners: dict[int, tuple[Task, ItemResults[ItemT], int]] = {}  # by id of a task, which lives as long as its entry

    def tasks() -> Iterator[Task]:
        for number, item in enumerate(items):
            stem = (folder or _NO_FOLDER) / str(number)
            item_tasks = wants(item, stem)
            if not item_tasks or len({type(task) for task in item_tasks}) < len(item_tasks):
                raise ValueError("an item needs tasks, each of another type")
            entry = ItemResults(item, stem)
            for task in item_tasks:
                owners[id(task)] = task, entry, len(item_tasks)
                yield task

    for task, result in pool.run(tasks()):
        _, entry, num_tasks = owners.pop(id(task))
        entry.results[type(task)] = result
        if on_result:
            on_result(entry, task, result)
        if len(entry.results) == num_tasks:
            yield entry
            if folder is not None:
                _remove(entry.stem)


def perform_one(
    task: Task,
    *,
    limits: WorkerLimits = WORKER_LIMITS,
    table: str = MEDIA_TABLE,
    folder: Path | None = None,
    on_wait: Callable[[int], None] | None = None,
) -> Any:
    """The result of one task, in a worker of its own.

    Args:
        task: What to do.
        limits: What the worker may take.
        table: The module with the kind of the task.
        folder: Where the worker may make and change files by their paths; None for nowhere.
        on_wait: Called a few times a second with the number of frames so far; what it raises ends the worker.

    Raises:
        VideoError: The file cannot be used.
        CacheError: An output cannot be written.
    """
    num_frames = 0

    def note(progress: TaskProgress) -> None:
        nonlocal num_frames
        num_frames = progress.num_frames

    def wait() -> None:
        if on_wait:
            on_wait(num_frames)

    with WorkerPool(1, limits=limits, table=table, folder=folder, on_progress=note, on_wait=wait) as pool:
        ((_, result),) = pool.run([task])
    if isinstance(result, VideoError):
        raise result
    return result


def _remove(stem: Path) -> None:
    for path in (stem, *stem.parent.glob(f"{stem.name}.*")):
        with suppress(OSError):  # Windows keeps what is still mapped; the folder goes at the end
            path.unlink()
