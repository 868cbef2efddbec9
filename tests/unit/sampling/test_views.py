from fractions import Fraction
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reelwise.core.clip import ClipSpec
from reelwise.core.frames import FrameTimes
from reelwise.sampling.clips import clip_indices
from reelwise.sampling.views import plan_views, view_indices


def regular(num_frames: int) -> FrameTimes:
    return FrameTimes(np.arange(num_frames, dtype=np.int64), num_frames, Fraction(1, 30))


@given(st.integers(1, 2000), st.integers(1, 12), st.integers(1, 20))
def test_views_lie_in_the_video_and_rise_from_first_to_last(num_frames, num_views, num_clip_frames):
    views = view_indices(regular(num_frames), ClipSpec(num_clip_frames, max_span_seconds=Fraction(5)), num_views)
    assert len(views) == num_views
    assert all(view.shape == (num_clip_frames,) for view in views)
    assert all(0 <= view.min() <= view.max() < num_frames for view in views)
    assert all(np.all(before <= after) for before, after in pairwise(views))


def test_one_view_is_the_middle_clip():
    times, spec = regular(90), ClipSpec(8)
    assert view_indices(times, spec, 1)[0].tolist() == clip_indices(times, spec).tolist()


def test_views_of_a_short_video_show_other_moments_of_the_same_parts():
    assert [view.tolist() for view in view_indices(regular(16), ClipSpec(4), 2)] == [[1, 5, 9, 13], [3, 7, 11, 15]]


def test_views_of_a_long_video_are_windows_from_begin_to_end():
    views = view_indices(regular(3000), ClipSpec(4, max_span_seconds=Fraction(1)), 4)
    assert [int(view[0]) // 300 for view in views] == [1, 3, 6, 8]


def test_every_second_view_is_mirrored_and_a_single_one_never():
    assert [view.is_mirrored for view in plan_views(regular(30), ClipSpec(4), 4, mirror=True)] == [False, True] * 2
    assert [view.is_mirrored for view in plan_views(regular(30), ClipSpec(4), 1, mirror=True)] == [False]
    assert not any(view.is_mirrored for view in plan_views(regular(30), ClipSpec(4), 4))
