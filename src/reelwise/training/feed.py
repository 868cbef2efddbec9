"""The next items are made while the step runs, by some threads, and come in order."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import TypeVar

from reelwise.core.backend import available_processors

Item = TypeVar("Item")

ITEMS_AHEAD = 3
"""Items made ahead beside those in work: more only fill memory."""

_MOST_THREADS = 8
"""With 16 processors, 8 threads made more clips a second than 4 or 16: what is not numpy or OpenCV holds Python's
lock."""

_WINDOW_SECONDS = 1.0
"""How long it is watched whether items are waited for, before the number of threads changes by one."""

_WAITS, _NEVER_WAITS = 0.1, 0.01
"""Shares of a window: above the first one more thread pays, below the second one less will do. Chosen by reasoning."""


class FeedThreads:
    """How many threads make items: more while their taker waits for them, fewer again where it never waits.

    One object serves one feed after the other, such as those of all epochs. What the items are does not depend on it.

    Args:
        fewest: Threads at the start; None for half of the processors, since the training step needs the others.
        most: None for ``fewest`` where that is given, else for all processors. No default is more than 8.
    """

    def __init__(self, fewest: int | None = None, most: int | None = None) -> None:
        processors = available_processors()
        self._fewest = fewest or max(1, min(processors // 2, _MOST_THREADS))
        self._most = most or fewest or min(processors, _MOST_THREADS)
        self._seconds = self._waited_seconds = 0.0
        self.number = self._fewest

    def watch(self, seconds: float, waited_seconds: float) -> None:
        """Take note of one item.

        Args:
            seconds: Since the item before was there.
            waited_seconds: How much of that its taker waited.
        """
        self._seconds += seconds
        self._waited_seconds += waited_seconds
        if self._seconds < _WINDOW_SECONDS:
            return
        share = self._waited_seconds / self._seconds
        self._seconds = self._waited_seconds = 0.0
        if share > _WAITS:
            self.number = min(self.number + 1, self._most)
        elif share < _NEVER_WAITS:
            self.number = max(self.number - 1, self._fewest)


@contextmanager
def prefetch(
    makers: Iterable[Callable[[], Item]],
    threads: FeedThreads | None = None,
    num_ahead: int = ITEMS_AHEAD,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Iterator[Item]]:
    """What the functions make, in their order, made ahead in threads.

    The threads end with the block, also when it is left early. An error is raised where its item would have been.

    Args:
        makers: Each is called once, in any thread; what it makes must not depend on the others.
        threads: How many are called at the same time, a number that may change on the way; None for one.
        num_ahead: Items that wait to be taken, at most, beside those that the threads make.
        clock: Gives seconds.

    Example:
        >>> with prefetch([lambda: 0, lambda: 1], FeedThreads(2)) as numbers:
        ...     list(numbers)
        [0, 1]
    """
    with ExitStack() as pools:
        yield _in_order(iter(makers), threads or FeedThreads(1), num_ahead, pools, clock)


def _in_order(
    makers: Iterator[Callable[[], Item]],
    threads: FeedThreads,
    num_ahead: int,
    pools: ExitStack,
    clock: Callable[[], float],
) -> Iterator[Item]:
    pending: deque[Future[Item]] = deque()
    pool, pool_size = _open_pool(pools, threads.number), threads.number
    last_end: float | None = None  # the first item of a feed is always waited for, which says nothing
    while True:
        if pool_size != threads.number:
            pool.shutdown(wait=False)  # it makes what it was given
            pool, pool_size = _open_pool(pools, threads.number), threads.number
        for maker in islice(makers, max(0, pool_size + num_ahead - len(pending))):
            pending.append(pool.submit(maker))
        if not pending:
            return
        start = clock()
        item = pending.popleft().result()
        end = clock()
        if last_end is not None:
            threads.watch(end - last_end, end - start)
        last_end = end
        yield item


def _open_pool(pools: ExitStack, num_threads: int) -> ThreadPoolExecutor:
    pool = ThreadPoolExecutor(num_threads, thread_name_prefix="reelwise-feed")
    pools.callback(pool.shutdown, cancel_futures=True)
    return pool
