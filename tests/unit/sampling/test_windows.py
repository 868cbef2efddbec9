import itertools
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwise.core.frames import FrameTimes
from reelwise.core.window import WindowSpec
from reelwise.sampling.windows import (
    STILL_WEIGHT,
    WindowDraw,
    Windows,
    join_windows,
    samples_per_epoch,
    spread_windows,
    window_starts,
)

PAIR = WindowSpec(num_context=1, num_targets=1, frame_stride=1)
specs = st.builds(WindowSpec, st.integers(1, 5), st.integers(1, 5), st.integers(1, 4))


def times_of(pts, rate: int = 30) -> FrameTimes:
    pts = np.asarray(pts, np.int64)
    return FrameTimes(pts, int(pts[-1]) + 1, Fraction(1, rate))


def regular(num_frames: int) -> FrameTimes:
    return times_of(np.arange(num_frames))


def ten_windows(*still: int) -> Windows:
    """Of three videos with 6, 0 and 4 windows."""
    is_still = np.isin(np.arange(10), still)
    return join_windows(PAIR, [np.arange(6), np.arange(0), np.arange(4)], [is_still[:6], is_still[:0], is_still[6:]])


@given(specs, st.integers(9, 60), st.sets(st.integers(0, 60), max_size=4), st.sets(st.integers(0, 60), max_size=3))
def test_windows_are_those_that_cross_neither_hole_nor_cut(spec, num_frames, cuts, holes):
    gaps = [200 if number in holes else 1 for number in range(num_frames)]
    times = times_of(np.cumsum(gaps))
    barriers = {number for number in range(num_frames) if number in cuts}
    if np.median(np.diff(times.pts)) == 1:  # else the holes are what is usual
        barriers |= {number for number in range(1, num_frames) if number in holes}
    expected = [
        start
        for start in range(num_frames - spec.span + 1)
        if not any(start < barrier <= start + spec.span - 1 for barrier in barriers)
    ]
    starts = window_starts(times, spec, sorted(cuts, reverse=True))
    assert starts.tolist() == expected
    assert starts.dtype == np.int64


def test_a_gap_of_a_fifth_of_a_second_is_a_hole():
    """Classification jumps over it; a prediction would be judged by the jump."""
    times = times_of([0, 1, 2, 3, 10, 11, 12])
    assert window_starts(times, WindowSpec(2, 1, 1)).tolist() == [0, 1, 4]
    slow = times_of([0, 7, 14, 21, 28])  # the same gap, where all are like that
    assert window_starts(slow, WindowSpec(2, 1, 1)).tolist() == [0, 1, 2]


def test_a_video_that_is_too_short_has_no_window():
    spec = WindowSpec(8, 8, 2)
    assert window_starts(regular(30), spec).tolist() == []
    assert window_starts(regular(31), spec).tolist() == [0]
    assert window_starts(regular(31), spec, cuts=[30]).tolist() == []
    assert window_starts(regular(31), spec, cuts=[0, 31]).tolist() == [0]


def test_the_frames_of_a_window_are_one_stride_apart():
    windows = join_windows(WindowSpec(2, 2, 3), [np.array([0, 5])])
    assert windows.frame_indices(1).tolist() == [5, 8, 11, 14]


def test_still_windows_weigh_a_tenth():
    windows = ten_windows(0, 7)
    assert windows.videos.tolist() == [0] * 6 + [2] * 4
    assert windows.starts.tolist() == [0, 1, 2, 3, 4, 5, 0, 1, 2, 3]
    assert windows.weights.tolist() == [STILL_WEIGHT, 1, 1, 1, 1, 1, 1, STILL_WEIGHT, 1, 1]
    assert windows.weights.min() == pytest.approx(0.1)
    assert len(join_windows(PAIR, [])) == 0


def test_wrong_windows_are_refused():
    two, ones = np.zeros(2, np.int64), np.ones(2)
    for videos, starts, weights in ((two, two[:1], ones), (two, two, ones - 1), (np.array([1, 0]), two, ones)):
        with pytest.raises(ValueError, match="must"):
            Windows(PAIR, videos, starts, weights)
    for windows, num_samples in ((join_windows(PAIR, []), 3), (ten_windows(), 0)):
        with pytest.raises(ValueError, match="cannot draw"):
            WindowDraw(windows, num_samples, seed=0)


def test_windows_are_drawn_as_often_as_their_weights_say():
    windows = ten_windows(0, 1, 7)
    draw = WindowDraw(windows, num_samples=8, seed=1)
    counts = Counter(draw.window(epoch, sample) for epoch in range(1000) for sample in range(8))
    shares = np.array([counts[window] for window in range(10)]) / 8000
    assert shares == pytest.approx(windows.weights / windows.weights.sum(), abs=0.012)


def test_a_sample_depends_on_seed_epoch_and_number_alone():
    draw = WindowDraw(ten_windows(), num_samples=8, seed=1)
    forwards = {(e, s): draw.window(e, s) for e, s in itertools.product(range(4), range(8))}
    other = WindowDraw(ten_windows(), num_samples=8, seed=1)
    assert forwards == {(e, s): other.window(e, s) for s, e in itertools.product(range(7, -1, -1), range(3, -1, -1))}
    windows = [tuple(forwards[e, s] for s in range(8)) for e in range(4)]
    assert len(set(windows)) == 4
    assert windows[0] != tuple(WindowDraw(ten_windows(), 8, seed=2).window(0, s) for s in range(8))


def test_every_epoch_sees_each_video_about_as_often_as_it_has_windows():
    """Part by part of the line, not wherever chance falls."""
    draw = WindowDraw(join_windows(PAIR, [np.arange(30), np.arange(10)]), num_samples=8, seed=5)
    for epoch in range(50):
        windows = [draw.window(epoch, sample) for sample in range(8)]
        assert windows == sorted(windows)
        assert sum(window < 30 for window in windows) == 6


def test_all_windows_come_once_where_there_are_as_many_samples():
    draw = WindowDraw(ten_windows(), num_samples=10, seed=0)
    assert [draw.window(3, sample) for sample in range(10)] == list(range(10))


def test_the_order_of_samples_changes_with_seed_and_epoch():
    orders = [WindowDraw(ten_windows(), 10, seed).order(epoch).tolist() for seed, epoch in ((0, 0), (0, 1), (1, 0))]
    assert all(sorted(order) == list(range(10)) for order in orders)
    assert len({tuple(order) for order in orders}) == 3
    assert WindowDraw(ten_windows(), 10, 0).order(0).tolist() == orders[0]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=5), st.integers(1, 12))
def test_an_evaluation_takes_some_of_each_video_evenly_spread(counts, most):
    windows = join_windows(PAIR, [np.arange(count) for count in counts], [np.ones(count, bool) for count in counts])
    some = spread_windows(windows, most)
    assert np.all(some.weights == 1)
    for video, count in enumerate(counts):
        starts = some.starts[some.videos == video]
        assert len(starts) == min(most, count)
        if len(starts) > 1:
            gaps = np.diff(starts)
            assert gaps.min() >= 1
            assert gaps.max() - gaps.min() <= 1
        if len(starts):
            assert abs(starts[0] - (count - 1 - starts[-1])) <= 1  # as far from the beginning as from the end
    with pytest.raises(ValueError, match="most_per_video"):
        spread_windows(windows, 0)


def test_an_epoch_sees_every_video_and_a_window_per_half_span():
    spec = WindowSpec(8, 8, 2)  # 31 frames
    assert samples_per_epoch(join_windows(spec, [np.arange(1)] * 5)) == 5
    assert samples_per_epoch(join_windows(spec, [np.arange(310)])) == 20
    assert samples_per_epoch(join_windows(spec, [np.arange(300)], [np.ones(300, bool)])) == 2
