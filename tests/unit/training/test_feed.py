import threading

import pytest

from reelwise.training.feed import prefetch


def test_items_come_in_order_and_the_thread_ends():
    before = threading.active_count()
    with prefetch(range(50), depth=2) as items:
        assert list(items) == list(range(50))
    assert threading.active_count() == before


def test_no_more_than_the_depth_is_made_ahead():
    made = []

    def source():
        for number in range(100):
            made.append(number)
            yield number

    with prefetch(source(), depth=2) as items:
        assert next(items) == 0
        threading.Event().wait(0.3)
        assert len(made) <= 4  # One taken, two waiting, one in the thread's hand.


def test_leaving_early_ends_the_thread():
    before = threading.active_count()
    with prefetch(iter(int, 1)) as items:
        next(items)
    assert threading.active_count() == before


def test_an_error_is_raised_where_its_item_would_have_been():
    def source():
        yield 1
        raise KeyError("lost")

    with prefetch(source()) as items:
        assert next(items) == 1
        with pytest.raises(KeyError, match="lost"):
            next(items)
