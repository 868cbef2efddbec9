import cv2
import numpy as np
import pytest

from reelwise.features.frame_descriptors import NUM_FEATURES, NUM_OUTLINE, describe_frames


def clip(num_frames: int = 16, seed: int = 0, size: int = 96) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (num_frames, size, size, 3), np.uint8)


@pytest.mark.parametrize(("num_frames", "size"), [(1, 96), (2, 64), (16, 96), (8, 112)])
def test_shape_type_and_range(num_frames, size):
    rows = describe_frames(clip(num_frames, size=size))
    assert rows.shape == (num_frames, NUM_FEATURES)
    assert rows.dtype == np.float32
    assert np.isfinite(rows).all()
    assert rows.min() >= 0
    assert rows.max() < 4


def test_the_same_bits_each_time():
    assert describe_frames(clip()).tobytes() == describe_frames(clip()).tobytes()


def test_outlines_and_colours_depend_on_their_own_frame_only():
    whole = describe_frames(clip())
    alone = describe_frames(clip()[5:6])
    np.testing.assert_array_equal(whole[5, :NUM_OUTLINE], alone[0, :NUM_OUTLINE])
    np.testing.assert_array_equal(whole[5, -6:], alone[0, -6:])


def test_motion_is_where_something_moved():
    frames = np.full((4, 96, 96, 3), 30, np.uint8)
    frames[2, :24, :24] = 220
    motion = describe_frames(frames)[:, NUM_OUTLINE:-6].reshape(4, 9, 12)
    assert not motion[1].any()
    assert motion[2, 0, 0] > 0
    assert not motion[2, 4:].any()
    np.testing.assert_array_equal(motion[2], motion[3])  # it came, and it went


def test_a_still_clip_has_no_motion():
    motion = describe_frames(np.repeat(clip(1), 5, axis=0))[:, NUM_OUTLINE:-6]
    assert not motion.any()


def test_colour_is_in_the_order_of_rgb():
    red = np.zeros((2, 96, 96, 3), np.uint8)
    red[..., 0] = 255
    assert describe_frames(red)[0, -6:].tolist() == [1, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(("num_frames", "size"), [(1, 96), (2, 48), (7, 96), (5, 112), (4, 30)])
def test_frames_that_share_a_call_of_opencv_keep_their_bits(num_frames, size):
    frames = clip(num_frames, size=size)
    small = [cv2.resize(frame, (48, 48), interpolation=cv2.INTER_AREA) for frame in frames]
    grey = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in small]
    hog = cv2.HOGDescriptor((48, 48), (24, 24), (24, 24), (12, 12), 9)
    rows = describe_frames(frames)
    assert np.array_equal(rows[:, :NUM_OUTLINE], np.stack([hog.compute(frame).ravel() for frame in grey]))
    means = [np.concatenate([part.ravel() for part in cv2.meanStdDev(frame)]) / 255 for frame in small]
    assert np.array_equal(rows[:, -6:], np.array(means, np.float32))
    contrast = np.float32(np.stack(grey).std(dtype=np.float64) + 1)
    for number in range(1, num_frames):
        difference = cv2.absdiff(grey[number], grey[number - 1]).astype(np.float32)
        steps = np.sqrt(cv2.resize(difference, (12, 9), interpolation=cv2.INTER_AREA) / contrast)
        assert np.array_equal(rows[number, NUM_OUTLINE:-6], steps.ravel())
