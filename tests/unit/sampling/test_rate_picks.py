from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwise.core.frames import FrameTimes
from reelwise.sampling.rate_picks import count_before, pick_at_rate


def even(num_frames: int, rate: int) -> FrameTimes:
    return FrameTimes(np.arange(num_frames, dtype=np.int64), num_frames, Fraction(1, rate))


@pytest.mark.parametrize(("rate", "step"), [(10, 1), (20, 2), (50, 5)])
def test_a_multiple_of_the_rate_gives_every_nth_frame_up_to_the_last(rate, step):
    picks = pick_at_rate(even(60, rate), Fraction(10), 4, 8)
    assert picks.context.tolist() == [59 - step * k for k in (3, 2, 1, 0)]
    assert picks.following.tolist() == []


def test_what_follows_ends_with_the_video():
    picks = pick_at_rate(even(20, 10), Fraction(5), 2, 8, at=Fraction(1))
    assert picks.context.tolist() == [8, 10]
    assert picks.following.tolist() == [12, 14, 16, 18]


def test_a_moment_between_two_frames_belongs_to_the_one_that_is_shown():
    assert pick_at_rate(even(20, 10), Fraction(5), 1, 0, at=Fraction(59, 100)).context.tolist() == [5]


def test_exactly_as_many_frames_as_needed_are_enough_and_one_less_is_not():
    assert pick_at_rate(even(15, 25), Fraction(25, 2), 8, 0).context.tolist() == list(range(0, 15, 2))
    assert pick_at_rate(even(14, 25), Fraction(25, 2), 8, 0) is None
    assert count_before(even(14, 25), Fraction(25, 2)) == 7


def test_an_ntsc_rate_is_exact_over_an_hour():
    times = FrameTimes(np.arange(108_000, dtype=np.int64) * 1001, 108_000 * 1001, Fraction(1, 30_000))
    picks = pick_at_rate(times, Fraction(15_000, 1001), 50_000, 0)
    assert picks.context.tolist() == list(range(107_999 - 2 * 49_999, 108_000, 2))


def test_fewer_frames_a_second_are_shown_twice():
    picks = pick_at_rate(even(8, 5), Fraction(10), 6, 0)
    assert picks.context.tolist() == [4, 5, 5, 6, 6, 7]


def test_variable_times_are_followed():
    times = FrameTimes(np.array([0, 10, 11, 12, 40, 100], np.int64), 110, Fraction(1, 100))
    assert pick_at_rate(times, Fraction(10), 2, 0, at=Fraction(12, 100)).context.tolist() == [0, 3]
    assert pick_at_rate(times, Fraction(2), 2, 2, at=Fraction(1, 2)).following.tolist() == [5]


def test_before_the_first_frame_there_is_none():
    times = FrameTimes(np.array([50, 60], np.int64), 70, Fraction(1, 100))
    assert count_before(times, Fraction(10), Fraction(1, 10)) == 0
    assert pick_at_rate(times, Fraction(10), 1, 1, at=Fraction(1, 10)) is None


@given(
    gaps=st.lists(st.integers(1, 50), min_size=1, max_size=60),
    rate=st.fractions(Fraction(1), Fraction(60)),
    num_context=st.integers(1, 10),
    at=st.fractions(0, 30),
)
def test_indices_rise_and_lie_in_the_video(gaps, rate, num_context, at):
    pts = np.cumsum([0, *gaps[:-1]]).astype(np.int64)
    times = FrameTimes(pts, int(pts[-1]) + gaps[-1], Fraction(1, 100))
    picks = pick_at_rate(times, rate, num_context, 10, at)
    if picks is None:
        assert count_before(times, rate, at) < num_context
        return
    indices = np.concatenate([picks.context, picks.following])
    assert (np.diff(indices) >= 0).all()
    assert indices[0] >= 0
    assert indices[-1] < len(pts)
    assert pts[picks.context[-1]] * Fraction(1, 100) <= at
