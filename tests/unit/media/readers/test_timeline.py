from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reelwise.core.frames import FrameTimes
from reelwise.media.readers.timeline import Timeline, is_variable, last_duration, mean_rate, num_dropped

BASE = Fraction(1, 90_000)
STEP = 3000


def run(stamps: list[int | None], base: Fraction = BASE, step: int = STEP) -> Timeline:
    timeline = Timeline(base, step)
    for stamp in stamps:
        timeline.add(stamp)
    return timeline


def times(*pts: int, base: Fraction = Fraction(1, 30)) -> FrameTimes:
    return FrameTimes(np.array(pts, np.int64), pts[-1] + 1, base)


def test_good_times_pass_unchanged():
    timeline = run([9000, 12000, 15000, 30000])
    assert timeline.times().pts.tolist() == [0, 3000, 6000, 21000]
    assert (timeline.num_back, timeline.num_jumps, timeline.num_missing) == (0, 0, 0)


def test_a_missing_time_comes_one_step_later():
    timeline = run([0, 3000, None, 9000])
    assert timeline.times().pts.tolist() == [0, 3000, 6000, 9000]
    assert timeline.num_missing == 1


def test_a_frame_out_of_order_is_put_between_its_neighbours():
    timeline = run([0, 6000, 3000, 9000])
    pts = timeline.times().pts.tolist()
    assert pts[0] == 0
    assert pts[1] == 6000
    assert 6000 < pts[2] < 9000
    assert pts[3] == 9000
    assert timeline.num_back == 1


def test_a_clock_that_starts_again_follows_on():
    timeline = run([0, 3000, 900_000, 903_000, 0, 3000, 6000])
    assert timeline.times().pts.tolist()[3:] == [903_000, 906_000, 909_000, 912_000]


def test_a_clock_that_stands_still_goes_on_by_steps():
    pts = run([0] * 10).times().pts
    assert np.all(np.diff(pts) > 0)
    assert pts[-1] >= 7 * STEP


def test_a_jump_of_a_day_is_closed():
    timeline = run([0, 3000, 90_000 * 86_400, 90_000 * 86_400 + 3000])
    assert timeline.times().pts.tolist() == [0, 3000, 6000, 9000]
    assert timeline.num_jumps == 1


@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=60))
def test_whatever_the_file_says_times_rise_and_nothing_overflows(stamps):
    result = run(stamps).times()
    assert len(result) == len(stamps)
    assert result.pts[0] == 0
    assert np.all(np.diff(result.pts) > 0)
    assert result.end_pts > result.pts[-1]


def test_the_last_frame_lasts_as_long_as_the_file_says_if_that_is_likely():
    pts = np.array([0, 100, 200], np.int64)
    assert last_duration(pts, 80, 1) == 80
    assert last_duration(pts, 1, 1) == 100
    assert last_duration(pts, 0, 1) == 100
    assert last_duration(pts, 10**9, 1) == 100
    assert last_duration(np.array([0], np.int64), 0, 40) == 40


def test_rate_is_the_exact_mean():
    assert mean_rate(times(0, 1001, 2002, base=Fraction(1, 30_000))) == Fraction(30_000, 1001)
    assert mean_rate(times(0)) == 30


def test_rounding_to_milliseconds_is_no_variable_rate():
    rounded = [round(i * 1001 / 30) for i in range(100)]
    assert not is_variable(times(*rounded, base=Fraction(1, 1000)))
    assert not is_variable(times(*range(50)))
    assert is_variable(times(0, 1, 2, 4, 5, 6))
    assert is_variable(times(0, 3000, 6060, 9000, 12500, base=BASE))


def test_missing_frames_are_counted_only_where_there_is_a_usual_step():
    assert num_dropped(times(*range(20))) == 0
    assert num_dropped(times(*range(10), 12, 13, 14, 17)) == 4
    assert num_dropped(times(0, 1, 3, 7, 15, 31, 63, 127, 255)) == 0
