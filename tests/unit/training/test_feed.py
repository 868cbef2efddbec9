import functools
import itertools
import threading

import pytest

from reelwise.training import feed
from reelwise.training.feed import FeedThreads, prefetch

THREADS = pytest.mark.parametrize("num_threads", [1, 2, 8])


def makers(numbers):
    return (functools.partial(int, number) for number in numbers)


class Clock:
    """Goes on by a given time whenever it is read, in turn."""

    def __init__(self, *seconds: float) -> None:
        self.now, self.steps = 0.0, itertools.cycle(seconds)

    def __call__(self) -> float:
        self.now += next(self.steps)
        return self.now


ALWAYS_WAITS = (0.05, 0.45)
NEVER_WAITS = (0.45, 0.0)
"""Seconds that a step takes, and seconds until its item is there."""


@THREADS
def test_items_come_in_order_and_the_threads_end(num_threads):
    before = threading.active_count()
    with prefetch(makers(range(50)), FeedThreads(num_threads)) as items:
        assert list(items) == list(range(50))
    assert threading.active_count() == before


@pytest.mark.parametrize("seconds", [ALWAYS_WAITS, NEVER_WAITS, (*ALWAYS_WAITS * 8, *NEVER_WAITS * 8)])
def test_items_come_in_order_while_the_number_of_threads_changes(seconds):
    before, threads, numbers = threading.active_count(), FeedThreads(1, 8), set()
    with prefetch(makers(range(200)), threads, clock=Clock(*seconds)) as items:
        for place, item in enumerate(items):
            assert item == place
            numbers.add(threads.number)
    assert (len(numbers) > 1) == (seconds != NEVER_WAITS)
    assert threading.active_count() == before


def test_there_are_more_threads_while_items_are_waited_for_and_fewer_where_they_never_are():
    threads = FeedThreads(2, 4)
    for seconds, expected in ((NEVER_WAITS, 2), (ALWAYS_WAITS, 4), ((0.9, 0.05), 4), (NEVER_WAITS, 2)):
        # One feed after the other, each too short for a decision.
        for _ in range(40):
            with prefetch(makers(range(3)), threads, clock=Clock(*seconds)) as items:
                list(items)
        assert threads.number == expected


def test_a_thread_more_makes_items_at_the_same_time():
    meeting = threading.Barrier(2)  # passed only when two wait at it
    alone = [functools.partial(int, 0)] * 8
    together = [functools.partial(meeting.wait, 20.0)] * 8
    with prefetch([*alone, *together], FeedThreads(1, 2), num_ahead=0, clock=Clock(*ALWAYS_WAITS)) as items:
        assert sorted(items) == [0] * 12 + [1] * 4


def test_the_first_item_of_a_feed_may_take_long():
    threads = FeedThreads(1, 2)
    for _ in range(40):
        with prefetch(makers(range(1)), threads, clock=Clock(*ALWAYS_WAITS)) as items:
            list(items)
    assert threads.number == 1


def test_so_many_are_made_at_the_same_time_as_there_are_threads():
    meeting = threading.Barrier(3)  # passed only when three wait at it
    with prefetch([functools.partial(meeting.wait, 20.0)] * 6, FeedThreads(3)) as items:
        assert sorted(items) == [0, 0, 1, 1, 2, 2]


@THREADS
def test_a_slow_one_holds_those_behind_it(num_threads):
    is_last_made = threading.Event()

    def slow() -> str:
        assert num_threads == 1 or is_last_made.wait(20.0)
        return "slow"

    def last() -> str:
        is_last_made.set()
        return "last"

    with prefetch([slow, last], FeedThreads(num_threads)) as items:
        assert list(items) == ["slow", "last"]


@THREADS
def test_no_more_than_wanted_is_made_ahead(num_threads):
    called = []
    with prefetch(
        (functools.partial(called.append, n) for n in itertools.count()), FeedThreads(num_threads), 2
    ) as items:
        next(items)
        threading.Event().wait(0.3)
        assert len(called) <= num_threads + 2


@THREADS
def test_leaving_early_ends_the_threads(num_threads):
    before = threading.active_count()
    with prefetch(makers(itertools.count()), FeedThreads(num_threads)) as items:
        next(items)
    assert threading.active_count() == before


@THREADS
def test_an_error_is_raised_where_its_item_would_have_been(num_threads):
    with prefetch(makers(["1", "lost", "3"]), FeedThreads(num_threads)) as items:
        assert next(items) == 1
        with pytest.raises(ValueError, match="lost"):
            next(items)


@pytest.mark.parametrize(("processors", "fewest", "most"), [(1, 1, 1), (2, 1, 2), (4, 2, 4), (16, 8, 8), (64, 8, 8)])
def test_the_step_keeps_half_of_the_processors_unless_it_waits(monkeypatch, processors, fewest, most):
    monkeypatch.setattr(feed, "available_processors", lambda: processors)
    threads = FeedThreads()
    assert threads.number == fewest
    for _ in range(20):
        threads.watch(1.0, 0.9)
    assert threads.number == most
