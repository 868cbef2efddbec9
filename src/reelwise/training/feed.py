"""The next batches are made while the step runs: one thread, a short queue."""

import queue
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")
_END = object()

QUEUE_DEPTH = 3
"""Batches made ahead: more only fill memory, since a batch takes less time than its step (benchmarks/feed.py)."""
CLOSE_CHECK_SECONDS = 0.1
"""How often a thread that waits for room in the queue looks whether it is still wanted."""


@contextmanager
def prefetch(items: Iterable[Item], depth: int = QUEUE_DEPTH) -> Iterator[Iterator[Item]]:
    """The same items in the same order, made ahead in one thread.

    One thread is enough (a clip costs less than its step), and keeps the order without any doubt. The thread ends with
    the block, also when the block is left early. An error in it is raised where its item would have been.

    Args:
        items: What to run through, once.
        depth: Items made ahead at most.

    Example:
        >>> with prefetch(range(3)) as numbers:
        ...     list(numbers)
        [0, 1, 2]
    """
    ahead: queue.Queue[tuple[object, BaseException | None]] = queue.Queue(depth)
    closing = threading.Event()
    thread = threading.Thread(target=_run, args=(items, ahead, closing), name="reelwise-feed", daemon=True)
    thread.start()
    try:
        yield _items_of(ahead)
    finally:
        closing.set()
        _drain(ahead)
        thread.join()


def _run(items: Iterable[object], ahead: queue.Queue, closing: threading.Event) -> None:
    try:
        for item in items:
            if not _put(ahead, (item, None), closing):
                return
        _put(ahead, (_END, None), closing)
    except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that waits for the item.
        _put(ahead, (_END, error), closing)


def _put(ahead: queue.Queue, entry: tuple[object, BaseException | None], closing: threading.Event) -> bool:
    while not closing.is_set():
        try:
            ahead.put(entry, timeout=CLOSE_CHECK_SECONDS)
        except queue.Full:
            continue
        return True
    return False


def _items_of(ahead: queue.Queue) -> Iterator:
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
