"""Supervised worker processes: a decoder that crashes, hangs or grows costs one file, and no call blocks forever."""

import os
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from reelwise.core.closing import ClosesOnExit
from reelwise.core.errors import CacheError, VideoError
from reelwise.media.frame_rates import FrameRates, frame_rates_in_use, use_frame_rates
from reelwise.media.limits import READ_LIMITS, WORKER_LIMITS, ReadLimits, WorkerLimits
from reelwise.media.requests.kind import RequestTable, Task, TaskT, load_table
from reelwise.media.workers.handover import files_of
from reelwise.media.workers.wire import NonsenseError, pack_task, unpack_reply
from reelwise.media.workers.worker_process import WorkerDiedError, WorkerProcess

MEDIA_TABLE = "reelwise.media.requests.table"
"""The module with the kinds of requests of this package."""

_TICK_SECONDS = 0.2
"""How often a waiting thread checks whether it should end."""


@dataclass(frozen=True)
class TaskProgress:
    """How far one task has come.

    Args:
        task: The task.
        num_frames: Frames decoded so far.
        num_bytes: Bytes of the video stream read so far.
    """

    task: Task
    num_frames: int
    num_bytes: int


@dataclass(frozen=True)
class _Order:
    """A task with what was said of frame rates where it was given."""

    task: Task
    frame_rates: FrameRates


class WorkerPool(ClosesOnExit):
    """Runs tasks in a few child processes, each limited in memory, time, files and network.

    The children are our own: they start fresh, speak JSON over pipes and never send anything that is executed. They are
    started with the first tasks, kept for the next ones, replaced after many files, and die with this process.

    Args:
        num_workers: Child processes; None for one per processor.
        limits: What each may take.
        read_limits: What each file may ask for.
        table: The module whose ``KINDS`` the workers know; those of media, unless a package above brings its own.
        folder: Where workers may make and change files by their paths, beside the outputs that they are handed; None
            for nowhere.
        on_progress: Called from other threads while tasks run, a few times a second each.
        on_wait: Called a few times a second in the thread that waits for results; what it raises ends the run.

    Example:
        >>> from pathlib import Path
        >>> from reelwise.media.requests.scan import ScanTask
        >>> with WorkerPool(num_workers=1) as pool:
        ...     [(task, answer)] = pool.run([ScanTask(Path("missing.mp4"))])
        >>> print(answer)
        missing.mp4: there is no such file. Check the path.
    """

    def __init__(
        self,
        num_workers: int | None = None,
        *,
        limits: WorkerLimits = WORKER_LIMITS,
        read_limits: ReadLimits = READ_LIMITS,
        table: str = MEDIA_TABLE,
        folder: Path | None = None,
        on_progress: Callable[[TaskProgress], None] | None = None,
        on_wait: Callable[[], None] | None = None,
    ) -> None:
        self.num_workers = num_workers or _num_processors()
        self._table = load_table(table)
        self._start = partial(WorkerProcess, limits, read_limits, table, folder)
        self._limits = limits
        self._on_progress = on_progress
        self._on_wait = on_wait
        self._tasks: queue.Queue[_Order] = queue.Queue()
        self._results: queue.Queue[tuple[Task, Any]] = queue.Queue()
        self._supervisors: list[_Supervisor] = []
        self._num_running = 0

    def run(self, tasks: Iterable[TaskT]) -> Iterator[tuple[TaskT, Any]]:
        """Results in the order in which tasks finish, while further tasks run.

        Tasks are taken from the iterable as they are needed, at most twice as many ahead as there are workers. One run
        at a time; leaving it in the middle ends the workers, and the next run starts new ones.

        Returns:
            Pairs of the task and its result, of the type that its kind of request has, or a VideoError that says why
            the file cannot be used.

        Raises:
            CacheError: Frames cannot be written (full disk): that is no fault of one video.
        """
        waiting = iter(tasks)
        results = self._results
        self._num_running = 0
        self._feed(waiting)
        try:
            while self._num_running:
                task, result = self._next_result()
                self._num_running -= 1
                if isinstance(result, BaseException) and not isinstance(result, VideoError):
                    raise result
                self._feed(waiting)
                yield task, result
        finally:
            if self._num_running and results is self._results:
                self.close()  # left in the middle: results of this run must not reach the next one

    def worker_pids(self) -> list[int]:
        """Identifiers of the processes that run now, for measuring their memory."""
        children = (supervisor.child for supervisor in self._supervisors)
        return [child.pid for child in children if child is not None]

    def restrictions(self) -> tuple[str, ...]:
        """Restrictions of the workers, such as ``memory limit`` and ``no network``; empty before the first result."""
        children = (supervisor.child for supervisor in self._supervisors)
        return next((child.restrictions for child in children if child is not None and child.restrictions), ())

    def close(self) -> None:
        """End all workers now; tasks not yet done are dropped. The pool can be used again."""
        supervisors, self._supervisors = self._supervisors, []
        for supervisor in supervisors:
            supervisor.stop()
        for supervisor in supervisors:
            supervisor.thread.join(timeout=10)
        self._tasks, self._results = queue.Queue(), queue.Queue()
        self._num_running = 0

    def _feed(self, waiting: Iterator[Task]) -> None:
        while self._num_running < 2 * self.num_workers:
            task = next(waiting, None)
            if task is None:
                return
            self._num_running += 1
            self._tasks.put(_Order(task, frame_rates_in_use()))
            if len(self._supervisors) < min(self.num_workers, self._num_running):
                self._supervisors.append(
                    _Supervisor(self._start, self._table, self._limits, self._on_progress, self._tasks, self._results)
                )

    def _next_result(self) -> tuple[Any, Any]:
        while True:
            try:
                return self._results.get(timeout=_TICK_SECONDS)
            except queue.Empty:
                if self._on_wait:
                    self._on_wait()
                if not any(supervisor.thread.is_alive() for supervisor in self._supervisors):
                    raise CacheError("the decode workers ended before their work did.") from None


class _Supervisor:
    """One thread that keeps one child at work for as long as the pool lives.

    The thread that starts a child must live as long as the child: Linux sends the parent-death signal when it ends.
    """

    def __init__(
        self,
        start: Callable[[], WorkerProcess],
        table: RequestTable,
        limits: WorkerLimits,
        on_progress: Callable[[TaskProgress], None] | None,
        tasks: "queue.Queue[_Order]",
        results: "queue.Queue[tuple[Task, Any]]",
    ) -> None:
        self.child: WorkerProcess | None = None
        self._start = start
        self._table = table
        self._limits = limits
        self._on_progress = on_progress
        self._tasks = tasks
        self._results = results
        self._stop_event = threading.Event()
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """Kill the child and let the thread end."""
        self._stop_event.set()
        if child := self.child:
            child.kill()

    def _work(self) -> None:
        while not self._stop_event.is_set():
            try:
                order = self._tasks.get(timeout=_TICK_SECONDS)
            except queue.Empty:
                continue
            with use_frame_rates(order.frame_rates):
                self._results.put((order.task, self._try(order.task)))
        self._drop()

    def _try(self, task: Task) -> Any:
        for attempt in range(1, self._limits.max_tries + 1):
            try:
                return self._request(task)
            except WorkerDiedError as error:
                last = attempt == self._limits.max_tries or not error.retry or self._stop_event.is_set()
                if last:
                    return lost_worker(task, error, "; the worker was replaced")
            except BaseException as error:  # noqa: BLE001  (handed to the thread that waits for it)
                return error
        raise RuntimeError("max_tries is at least 1")

    def _request(self, task: Task) -> Any:
        if self.child is not None and self.child.num_tasks >= self._limits.tasks_per_worker:
            self._drop()
        if self.child is None:
            self.child = self._start()
        try:
            kind = self._table.kind_of(task)
            files = files_of(kind, task)
            message = pack_task(self._table, task) | files.as_message()
            report = partial(self._report, task)
            reply, parts = self.child.request(message, report, files=files, max_part_bytes=kind.max_part_bytes)
            return unpack_reply(kind, reply, parts)
        except NonsenseError as error:
            self._drop()
            raise WorkerDiedError(f"its answer was not understood ({error})", retry=False) from None
        except WorkerDiedError:
            self._drop()
            raise

    def _report(self, task: Task, num_frames: int, num_bytes: int) -> None:
        if self._on_progress:
            self._on_progress(TaskProgress(task, num_frames, num_bytes))

    def _drop(self) -> None:
        child, self.child = self.child, None
        if child is not None:
            child.kill()


def _num_processors() -> int:
    """Processors that this process may use, which in a container are fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def find_restrictions() -> tuple[str, ...]:
    """The restrictions that hold for a worker on this system; starts one."""
    worker = WorkerProcess(WORKER_LIMITS, READ_LIMITS, MEDIA_TABLE)
    try:
        worker.greet()
    finally:
        worker.kill()
    return worker.restrictions


def lost_worker(task: Task, error: WorkerDiedError, consequence: str = "") -> VideoError:
    """What a worker that died means for its file."""
    return VideoError(f"{task.path.name}: {error.reason}{consequence}.", hint=error.hint)
