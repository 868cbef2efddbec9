"""The next batches are made while the step runs: one thread, a short queue."""

import queue
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")
_END = object()


@contextmanager
def prefetched(items: Iterable[Item], depth: int = 3) -> Iterator[Iterator[Item]]:
    """The same items in the same order, made ahead in one thread.

    One thread is enough (a clip costs less than its step), and keeps the order without any doubt. The thread ends with
    the block, also when the block is left early. An error in it is raised where its item would have been.

    Args:
        items: What to run through, once.
        depth: Items made ahead at most.

    Example:
        >>> with prefetched(range(3)) as numbers:
        ...     list(numbers)
        [0, 1, 2]
    """
    ahead: queue.Queue[tuple[object, BaseException | None]] = queue.Queue(depth)
    closed = threading.Event()
    thread = threading.Thread(target=_run, args=(items, ahead, closed), name="reelwise-feed", daemon=True)
    thread.start()
    try:
        yield _taken(ahead)
    finally:
        closed.set()
        _drain(ahead)
        thread.join()


def _run(items: Iterable[object], ahead: queue.Queue, closed: threading.Event) -> None:
    try:
        for item in items:
            if not _put(ahead, (item, None), closed):
                return
        _put(ahead, (_END, None), closed)
    except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that waits for the item.
        _put(ahead, (_END, error), closed)


def _put(ahead: queue.Queue, entry: tuple[object, BaseException | None], closed: threading.Event) -> bool:
    while not closed.is_set():
        try:
            ahead.put(entry, timeout=0.1)
        except queue.Full:
            continue
        return True
    return False


def _taken(ahead: queue.Queue) -> Iterator:
    while True:
        item, error = ahead.get()
        if error is not None:
            raise error
        if item is _END:
            return
        yield item


def _drain(ahead: queue.Queue) -> None:
    try:
        while True:
            ahead.get_nowait()
    except queue.Empty:
        return
