from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwise.core.clip import ClipSpec, TimeJitter
from reelwise.core.errors import VideoError
from reelwise.core.frames import FrameTimes
from reelwise.sampling.clips import clip_indices, continuous_runs, random_clip_indices, shown_at

SPREAD = ClipSpec(num_frames=4)


def regular(num_frames: int, rate: int = 30) -> FrameTimes:
    return FrameTimes(np.arange(num_frames, dtype=np.int64), num_frames, Fraction(1, rate))


@st.composite
def any_times(draw) -> FrameTimes:
    gaps = draw(st.lists(st.integers(1, 5000), min_size=1, max_size=60))
    pts = np.cumsum([draw(st.integers(0, 100)), *gaps[:-1]]).astype(np.int64)
    base = draw(st.sampled_from([Fraction(1, 25), Fraction(1, 1000), Fraction(1001, 30000), Fraction(1, 90000)]))
    return FrameTimes(pts, int(pts[-1]) + gaps[-1], base)


shares = st.fractions(0, 1, max_denominator=97)


@given(any_times(), st.integers(1, 40), st.fractions(Fraction(1, 10), 100), shares, shares)
def test_spread_indices_lie_in_the_video_and_in_order(times, num_frames, span, place, phase):
    spec = ClipSpec(num_frames=num_frames, max_span_seconds=span)
    indices = clip_indices(times, spec, place, phase)
    assert indices.shape == (num_frames,)
    assert indices.dtype == np.int64
    assert indices.min() >= 0
    assert indices.max() < len(times)
    assert np.all(np.diff(indices) >= 0)


@given(any_times(), st.integers(1, 40), st.integers(0, 1000), st.booleans())
def test_random_indices_lie_in_the_video_and_in_order(times, num_frames, seed, shared):
    spec, jitter = ClipSpec(num_frames=num_frames), TimeJitter(0.5, 1.0, shared)
    indices = random_clip_indices(times, spec, np.random.default_rng(seed), jitter)
    again = random_clip_indices(times, spec, np.random.default_rng(seed), jitter)
    assert indices.tolist() == again.tolist()
    assert 0 <= indices.min() <= indices.max() < len(times)
    assert np.all(np.diff(indices) >= 0)


@given(any_times(), st.integers(1, 12), st.integers(1, 4), shares)
def test_strided_indices_are_exactly_one_stride_apart(times, num_frames, stride, place):
    spec = ClipSpec(num_frames=num_frames, frame_stride=stride)
    if (num_frames - 1) * stride + 1 > len(times):
        with pytest.raises(VideoError):
            clip_indices(times, spec, place)
        return
    indices = clip_indices(times, spec, place)
    assert np.all(np.diff(indices) == stride)
    assert indices[0] >= 0
    assert indices[-1] < len(times)


@given(any_times(), st.integers(0, 400_000))
def test_shown_at_is_the_last_frame_that_has_begun(times, instant):
    index = int(shown_at(times, [instant])[0])
    begun = [i for i, pts in enumerate(times.pts) if pts <= instant]
    assert index == (begun[-1] if begun else 0)


def test_each_frame_is_the_one_at_the_centre_of_its_part():
    assert clip_indices(regular(8), SPREAD).tolist() == [1, 3, 5, 7]
    assert clip_indices(regular(100), SPREAD).tolist() == [12, 37, 62, 87]


def test_variable_rate_is_spread_by_time_and_not_by_number():
    times = FrameTimes(np.array([0, 1, 2, 3, 4, 5, 6, 7, 80], np.int64), 160, Fraction(1, 100))
    assert clip_indices(times, SPREAD).tolist() == [7, 7, 8, 8]


def test_a_video_with_fewer_frames_repeats_some():
    assert clip_indices(regular(2), SPREAD).tolist() == [0, 0, 1, 1]


def test_a_longer_video_gives_a_window_at_its_place():
    spec = ClipSpec(num_frames=4, max_span_seconds=Fraction(1))
    assert clip_indices(regular(300), spec, place=Fraction(0)).tolist() == [3, 11, 18, 26]
    assert clip_indices(regular(300), spec, place=Fraction(1)).tolist() == [273, 281, 288, 296]


def test_a_long_clip_never_crosses_a_hole():
    windows = np.concatenate([np.arange(100), np.arange(1000, 1100), np.arange(5000, 5100)]).astype(np.int64)
    times = FrameTimes(windows, 5100, Fraction(1, 25))
    assert [tuple(run) for run in continuous_runs(times)] == [(0, 100), (1000, 1100), (5000, 5100)]
    for spec in (ClipSpec(8, max_span_seconds=Fraction(4)), ClipSpec(8, frame_stride=10)):
        for place in range(11):
            indices = clip_indices(times, spec, Fraction(place, 10))
            assert indices[0] // 100 == indices[-1] // 100


def test_a_gap_shorter_than_a_second_is_no_hole():
    times = FrameTimes(np.array([0, 1, 2, 22, 23], np.int64), 24, Fraction(1, 25))
    assert len(continuous_runs(times)) == 1


def test_too_short_for_the_stride_names_the_stride_that_fits():
    with pytest.raises(VideoError) as caught:
        clip_indices(regular(48), ClipSpec(16, frame_stride=4), name="a.mp4")
    assert str(caught.value) == "a.mp4: 16 frames at stride 4 span 61 frames, the video has 48. Use --frame-stride 3."
    with pytest.raises(VideoError, match="Leave --frame-stride out"):
        clip_indices(regular(5), ClipSpec(16, frame_stride=4))


def test_jitter_reaches_every_frame_and_a_shared_one_keeps_gaps_even():
    rng = np.random.default_rng(0)
    seen = {int(i) for _ in range(200) for i in random_clip_indices(regular(16), SPREAD, rng)}
    assert seen == set(range(16))
    for _ in range(20):
        shared = random_clip_indices(regular(400), SPREAD, rng, TimeJitter(shared_offset=True))
        assert len(set(np.diff(shared).tolist())) == 1
    still = random_clip_indices(regular(100), SPREAD, rng, TimeJitter(frame_offset=0.0))
    assert still.tolist() == [12, 37, 62, 87]


def test_a_shorter_span_brings_frames_nearer_and_moves_the_clip():
    rng, spec = np.random.default_rng(0), ClipSpec(2, max_span_seconds=Fraction(99))
    indices = np.array([random_clip_indices(regular(1000), spec, rng, TimeJitter(0.5, 0.0)) for _ in range(100)])
    gaps = indices[:, 1] - indices[:, 0]
    assert 249 <= gaps.min() < 280
    assert 470 < gaps.max() <= 501
    assert indices[:, 0].min() < 200
    assert indices[:, 1].max() > 800


@pytest.mark.parametrize("spec", [ClipSpec(8, max_span_seconds=Fraction(3)), ClipSpec(8, frame_stride=10)])
def test_a_training_clip_of_a_long_video_never_crosses_a_hole(spec):
    windows = np.concatenate([np.arange(100), np.arange(1000, 1100), np.arange(5000, 5100)]).astype(np.int64)
    times = FrameTimes(windows, 5100, Fraction(1, 25))
    rng = np.random.default_rng(0)
    clips = np.array([random_clip_indices(times, spec, rng, TimeJitter(0.5, 1.0)) for _ in range(300)])
    assert (clips[:, 0] // 100 == clips[:, -1] // 100).all()
    assert set((clips[:, 0] // 100).tolist()) == {0, 1, 2}
