"""Intervals: exact and half-open, with symmetric overlap."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwise.core.intervals import Interval, TimeRange, merge, union_length

ticks = st.integers(-50, 50)
seconds = st.fractions(-20, 20, max_denominator=1001)
intervals = st.one_of(
    st.tuples(ticks, ticks).map(lambda edges: Interval(*sorted(edges))),
    st.tuples(seconds, seconds).map(lambda edges: Interval(*sorted(edges))),
)


@given(intervals, intervals)
def test_tiou_is_symmetric_and_a_share(one, other):
    tiou = one.tiou(other)
    assert tiou == other.tiou(one)
    assert isinstance(tiou, Fraction)
    assert 0 <= tiou <= 1
    assert (tiou == 1) == (one == other and not one.is_empty)


@given(intervals, intervals)
def test_overlap_intersection_and_union_agree(one, other):
    common = one.intersection(other)
    assert one.overlap(other) == other.overlap(one) == (common.length if common else 0)
    assert union_length([one, other]) == one.length + other.length - one.overlap(other)


@given(intervals, intervals, ticks)
def test_contains_follows_the_intersection(one, other, moment):
    common = one.intersection(other)
    assert (one.contains(moment) and other.contains(moment)) == (common is not None and common.contains(moment))


@given(intervals, intervals)
def test_clip_stays_inside_and_keeps_the_common_moments(one, other):
    result = one.clip(other)
    assert other.start <= result.start <= result.end <= other.end
    assert result.length == one.overlap(other)
    assert one.clip(one) == one


@given(intervals, ticks)
def test_a_shift_moves_both_edges(interval, by):
    shifted_interval = interval.shift(by)
    assert shifted_interval.length == interval.length
    assert shifted_interval.shift(-by) == interval


@given(st.lists(intervals, max_size=8), ticks)
def test_merging_keeps_every_moment_and_leaves_gaps(some, moment):
    union = merge(some)
    assert all(a.end < b.start for a, b in pairwise(union))
    assert any(one.contains(moment) for one in some) == any(one.contains(moment) for one in union)


def test_neighbours_share_no_moment():
    assert Interval(0, 5).intersection(Interval(5, 9)) is None
    assert not Interval(0, 5).contains(5)
    assert Interval(0, 5).contains(0)


def test_two_edges_in_order_and_no_floats():
    with pytest.raises(ValueError, match="cannot end at 1 before it starts at 2"):
        Interval(2, 1)
    with pytest.raises(TypeError, match="int or Fraction, got float"):
        Interval(0.5, 1)
    assert Interval(np.int64(3), np.int64(4)).length == 1


def test_it_unpacks_into_start_and_end():
    start, end = Interval(Fraction(1, 3), Fraction(2))
    assert (start, end) == (Fraction(1, 3), 2)


def test_an_open_end_is_that_of_the_video():
    base = Fraction(1, 100)
    assert TimeRange(Fraction(1), Fraction(2)).in_ticks(1000, base) == Interval(100, 200)
    assert TimeRange(Fraction(1, 3)).in_ticks(1000, base) == Interval(34, 1000)
    assert TimeRange(None, Fraction(1, 3)).in_ticks(1000, base) == Interval(0, 34)
    assert TimeRange(Fraction(20)).in_ticks(1000, base) == Interval(2000, 2000)
    assert TimeRange(Fraction(-5), Fraction(99)).in_ticks(1000, base) == Interval(0, 1000)
