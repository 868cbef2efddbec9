from fractions import Fraction
from functools import partial
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwise.core.clip import DecodeSettings
from reelwise.core.intervals import Interval, TimeRange
from reelwise.media.decoding.selection import Thinner, covers, plan_intervals

BASE = Fraction(1, 90_000)


def kept_by(rate: Fraction, limit: Fraction | None, seconds: int = 20) -> np.ndarray:
    thinner = Thinner(BASE, limit)
    stamps = [int(Fraction(i) / rate / BASE) for i in range(int(seconds * rate))]
    return np.array([stamp for stamp in stamps if thinner.keeps(stamp)])


@pytest.mark.parametrize(
    ("rate", "kept"),
    [(25, 25), (30, 30), (Fraction(30_000, 1001), 29.97), (48, 30), (50, 30), (60, 30), (120, 30), (1000, 30)],
)
def test_thinning_keeps_the_limit_or_the_rate(rate, kept):
    assert len(kept_by(Fraction(rate), Fraction(30))) / 20 == pytest.approx(kept, rel=0.02)


def test_thinning_is_even():
    gaps = np.diff(kept_by(Fraction(60), Fraction(30)))
    assert gaps.max() - gaps.min() <= 1


def test_jitter_of_a_camera_costs_no_frames():
    rng = np.random.default_rng(0)
    thinner = Thinner(BASE, Fraction(30))
    assert all(thinner.keeps(int(3000 * i + rng.integers(-400, 400))) for i in range(1000))


@given(st.lists(st.integers(1, 50_000), min_size=1, max_size=300), st.integers(1, 60))
@settings(max_examples=60)
def test_never_more_than_the_limit_whatever_the_times(gaps, rate):
    thinner = Thinner(BASE, Fraction(rate))
    stamps = np.cumsum(gaps).tolist()
    kept = [stamp for stamp in stamps if thinner.keeps(stamp)]
    assert kept[0] == stamps[0]
    assert len(kept) <= (stamps[-1] - stamps[0]) * BASE * rate + 2


def test_no_limit_keeps_all():
    assert len(kept_by(Fraction(240), None, 2)) == 480


def test_a_segment_is_half_open():
    plan = partial(plan_intervals, np.arange(1000), 1000, Fraction(1, 100), DecodeSettings())
    assert plan(TimeRange(Fraction(1), Fraction(2))) == (Interval(100, 200),)
    assert plan(TimeRange(Fraction(20))) == ()


def test_a_short_video_is_kept_whole():
    assert plan_intervals(np.arange(300), 300, Fraction(1, 30), DecodeSettings()) == (Interval(0, 300),)


def test_a_long_video_keeps_windows_spread_evenly():
    spans = plan_intervals(np.arange(108_000), 108_000, Fraction(1, 30), DecodeSettings())
    assert len(spans) == 6
    assert {span.end - span.start for span in spans} == {300}
    assert {b.start - a.start for a, b in pairwise(spans)} == {18_000}
    assert spans[0].start == 108_000 - spans[-1].end == 9000 - 150


@given(st.integers(2, 5000), st.integers(1, 200), st.integers(1, 40), st.integers(1, 90))
@settings(max_examples=80)
def test_windows_are_disjoint_inside_and_within_the_limit(count, max_frames, window, rate):
    plan = DecodeSettings(max_frame_rate=None, max_frames=max_frames, window_seconds=Fraction(window, 4))
    pts = np.arange(count) * 3
    spans = plan_intervals(pts, count * 3, Fraction(1, 3 * rate), plan)
    assert spans[0].start >= 0
    assert spans[-1].end <= count * 3
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(span.start < span.end for span in spans)
    kept = int(covers(spans, pts).sum())
    assert kept <= max_frames + len(spans)
    if count <= max_frames:
        assert kept == count


def test_the_plan_depends_on_times_alone():
    pts = np.sort(np.random.default_rng(0).choice(10**7, 50_000, replace=False))
    assert plan_intervals(pts, 10**7, BASE, DecodeSettings()) == plan_intervals(
        pts.copy(), 10**7, BASE, DecodeSettings()
    )


@given(st.lists(st.integers(1, 50_000), min_size=1, max_size=200), st.integers(1, 64))
@settings(max_examples=60)
def test_stills_are_single_frames_evenly_spread(gaps, count):
    pts = np.cumsum([0, *gaps])
    plan = plan_intervals(pts, int(pts[-1]) + 7, BASE, DecodeSettings(num_stills=count))
    inside = [np.flatnonzero((pts >= start) & (pts < end)) for start, end in plan]
    assert all(len(frames) == 1 for frames in inside)
    indices = np.concatenate(inside)
    assert len(indices) == min(count, len(pts))
    even = (np.arange(len(indices)) + 0.5) * len(pts) / len(indices)
    assert np.abs(indices - even).max() <= 1
