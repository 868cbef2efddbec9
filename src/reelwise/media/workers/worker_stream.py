"""One task whose result comes piece by piece, performed in a worker of its own."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from reelwise.core.closing import ClosesOnExit
from reelwise.core.errors import VideoError
from reelwise.media.limits import READ_LIMITS, WORKER_LIMITS, ReadLimits, WorkerLimits
from reelwise.media.requests.kind import Message, Task, load_table
from reelwise.media.workers.handover import files_of
from reelwise.media.workers.pool import MEDIA_TABLE, lost_worker
from reelwise.media.workers.wire import MISFITS, RAW, NonsenseError, pack_task, unpack_reply
from reelwise.media.workers.worker_process import WorkerDiedError, WorkerProcess

ItemT = TypeVar("ItemT")
EndT = TypeVar("EndT")


class WorkerStream(ClosesOnExit, ABC, Generic[ItemT, EndT]):
    """Its items, once, from the first to the last; memory does not grow with their number.

    The worker works a few messages ahead and then waits for whoever iterates. The thread that iterates must live as
    long as the stream: Linux ends the worker with the thread that started it.

    Args:
        task: Of a kind that streams.
        may_wait: Whether the worker may wait for more of its file, for as long as it reports that it does.
        limits: What the worker may take. Its limit of time does not hold: a stream may take as long as its reader.
        read_limits: What the file may ask for.
        on_progress: Called with the numbers that the worker reports so far.
    """

    def __init__(
        self,
        task: Task,
        *,
        may_wait: bool = False,
        limits: WorkerLimits = WORKER_LIMITS,
        read_limits: ReadLimits = READ_LIMITS,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self._task = task
        self._may_wait = may_wait
        self._on_progress = on_progress
        self._end: EndT | None = None
        self._new_worker = lambda: WorkerProcess(limits, read_limits, MEDIA_TABLE)
        self._worker: WorkerProcess | None = None
        self._is_closed = False

    @property
    def end(self) -> EndT:
        """What is known with the last item; ask for it when that was given."""
        if self._end is None:
            raise RuntimeError("the end is known when all items were read")
        return self._end

    @property
    def worker_pid(self) -> int | None:
        """The process that decodes; None when there is none."""
        return self._worker.pid if self._worker else None

    def start(self) -> None:
        """Start the worker, which iterating does otherwise: it loads its libraries meanwhile."""
        if self._worker is None and not self._is_closed:
            self._worker = self._new_worker()

    def __iter__(self) -> Iterator[ItemT]:
        """The items in order.

        Raises:
            VideoError: The file is refused, its worker died, or the stream was closed.
        """
        table = load_table(MEDIA_TABLE)
        self.start()
        worker = self._worker
        try:
            if self._is_closed or worker is None:  # by another thread, which may have seen no worker yet
                raise VideoError(f"{self._task.path}: its stream was closed.")
            kind = table.kind_of(self._task)
            files = files_of(kind, self._task)
            message = pack_task(table, self._task) | files.as_message()
            for reply in worker.stream(message, self._on_progress, files=files, may_wait=self._may_wait):
                if reply["kind"] == RAW:
                    yield from self._read(reply)
                    continue
                end = unpack_reply(kind, reply)
                if isinstance(end, Exception):
                    raise end
                self._end = self._check_end(end)
        except NonsenseError as error:
            raise VideoError(f"{self._task.path.name}: its decoder's answer was not understood ({error}).") from None
        except WorkerDiedError as error:
            raise lost_worker(self._task, error) from None
        finally:
            self.close()

    def close(self) -> None:
        """End the worker; items that were not read are dropped. Another thread may call it, too."""
        self._is_closed = True
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.kill()

    def _read(self, reply: Message) -> Iterator[ItemT]:
        try:
            items = self._items(reply)
        except MISFITS as error:
            raise NonsenseError(f"a field that does not fit: {error}") from None
        yield from items

    @abstractmethod
    def _items(self, reply: Message) -> Iterator[ItemT]:
        """The items in a message, every field built anew and checked before the first of them is given.

        Raises:
            KeyError, TypeError, ValueError, ArithmeticError: A field is missing, of another type or out of its range.
        """

    def _check_end(self, end: EndT) -> EndT:
        """The end, where it may count."""
        return end
