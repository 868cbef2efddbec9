"""The next items are made while the step runs, by some threads, and come in order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from reelwise.core.backend import available_processors

Item = TypeVar("Item")

ITEMS_AHEAD = 3
"""Items made ahead beside those in work: more only fill memory."""

_MOST_THREADS = 8
"""With 16 processors, 8 threads made more clips a second than 4 or 16: what is not numpy or OpenCV holds Python's
lock."""


def feed_threads() -> int:
    """Threads that make batches: half of the processors, since the training step needs the others, 8 at most."""
    return max(1, min(_MOST_THREADS, available_processors() // 2))


@contextmanager
def prefetch(
    makers: Iterable[Callable[[], Item]], num_threads: int = 1, num_ahead: int = ITEMS_AHEAD
) -> Iterator[Iterator[Item]]:
    """What the functions make, in their order, made ahead in threads.

    The threads end with the block, also when it is left early. An error is raised where its item would have been.

    Args:
        makers: Each is called once, in any thread; what it makes must not depend on the others.
        num_threads: As many are called at the same time.
        num_ahead: Items that wait to be taken, at most, beside those that the threads make.

    Example:
        >>> with prefetch([lambda: 0, lambda: 1], num_threads=2) as numbers:
        ...     list(numbers)
        [0, 1]
    """
    pool = ThreadPoolExecutor(num_threads, thread_name_prefix="reelwise-feed")
    try:
        yield _in_order(pool, iter(makers), num_threads + num_ahead)
    finally:
        pool.shutdown(cancel_futures=True)


def _in_order(pool: ThreadPoolExecutor, makers: Iterator[Callable[[], Item]], num_pending: int) -> Iterator[Item]:
    pending: deque[Future[Item]] = deque()
    for maker in makers:
        pending.append(pool.submit(maker))
        if len(pending) == num_pending:
            yield pending.popleft().result()
    while pending:
        yield pending.popleft().result()
