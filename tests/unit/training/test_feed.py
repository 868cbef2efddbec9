import functools
import itertools
import threading

import pytest

from reelwise.training import feed
from reelwise.training.feed import feed_threads, prefetch

THREADS = pytest.mark.parametrize("num_threads", [1, 2, 8])


def makers(numbers):
    return (functools.partial(int, number) for number in numbers)


@THREADS
def test_items_come_in_order_and_the_threads_end(num_threads):
    before = threading.active_count()
    with prefetch(makers(range(50)), num_threads) as items:
        assert list(items) == list(range(50))
    assert threading.active_count() == before


def test_so_many_are_made_at_the_same_time_as_there_are_threads():
    meeting = threading.Barrier(3)  # passed only when three wait at it
    with prefetch([functools.partial(meeting.wait, 20.0)] * 6, 3) as items:
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

    with prefetch([slow, last], num_threads) as items:
        assert list(items) == ["slow", "last"]


@THREADS
def test_no_more_than_wanted_is_made_ahead(num_threads):
    called = []
    with prefetch((functools.partial(called.append, n) for n in itertools.count()), num_threads, num_ahead=2) as items:
        next(items)
        threading.Event().wait(0.3)
        assert len(called) <= num_threads + 2


@THREADS
def test_leaving_early_ends_the_threads(num_threads):
    before = threading.active_count()
    with prefetch(makers(itertools.count()), num_threads) as items:
        next(items)
    assert threading.active_count() == before


@THREADS
def test_an_error_is_raised_where_its_item_would_have_been(num_threads):
    with prefetch(makers(["1", "lost", "3"]), num_threads) as items:
        assert next(items) == 1
        with pytest.raises(ValueError, match="lost"):
            next(items)


@pytest.mark.parametrize(("processors", "threads"), [(1, 1), (2, 1), (4, 2), (16, 8), (64, 8)])
def test_the_step_keeps_half_of_the_processors(monkeypatch, processors, threads):
    monkeypatch.setattr(feed, "available_processors", lambda: processors)
    assert feed_threads() == threads
