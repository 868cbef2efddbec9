import numpy as np
import pytest

from reelwise.features.local_motion import keep_still_places, local_motion


def test_it_is_the_largest_difference_to_the_last_frame_over_time_and_nearby_cells():
    frames = np.zeros((4, 64, 64, 3), np.uint8)
    frames[1, 32:36, 32:36] = 20  # one cell, in one frame
    frames[2, 32:36, 32:36] = 10
    motion = local_motion(frames)
    near = np.zeros((64, 64), bool)
    near[24:44, 24:44] = True  # two cells of 4 pixels on each side
    assert (motion[near] == 400).all()
    assert not motion[~near].any()


@pytest.mark.parametrize("side", [16, 36, 64, 100])
def test_any_size(side):
    frames = np.random.default_rng(0).integers(0, 256, (3, side, side, 3), np.uint8)
    motion = local_motion(frames)
    assert motion.shape == (side, side)
    assert motion.min() > 1000


def test_one_frame_shows_no_motion():
    assert not local_motion(np.full((1, 32, 32, 3), 9, np.uint8)).any()


def test_changes_are_kept_where_it_moved_and_dropped_where_it_stood_still():
    last = np.full((32, 32, 3), 0.5, np.float32)
    frames = np.stack([last + 0.2, last - 0.1])
    motion = np.zeros((32, 32), np.float32)
    motion[:, :16], motion[:, 16:24] = 1e6, 12.0**2
    kept = keep_still_places(last, frames, motion, 12.0)
    np.testing.assert_allclose(kept[:, :, :16], frames[:, :, :16], atol=1e-4)
    np.testing.assert_allclose(kept[:, :, 16:24], (frames + last)[:, :, 16:24] / 2, atol=1e-6)
    np.testing.assert_array_equal(kept[:, :, 24:], np.stack([last, last])[:, :, 24:])
    assert keep_still_places(last, frames, motion, 0.0) is frames
