import numpy as np
import pytest

from reelwise.features.motion_direction import NUM_FEATURES, motion_direction

SECONDS = np.arange(16) / 10


def moving(step_down: int, step_right: int, seed: int = 0) -> np.ndarray:
    """(16, 96, 96, 3) uint8: soft spots that move together, around the edges."""
    spots = np.random.default_rng(seed).normal(size=(12, 12)).repeat(8, 0).repeat(8, 1)
    for axis in (0, 1):
        spots = sum(np.roll(spots, shift, axis) for shift in range(-6, 7)) / 13
    picture = np.clip(128 + 120 * spots, 0, 255).astype(np.uint8)
    frames = [np.roll(picture, (step_down * i, step_right * i), (0, 1)) for i in range(16)]
    return np.stack(frames)[..., None].repeat(3, axis=3)


@pytest.mark.parametrize(("down", "right"), [(0, 2), (0, -2), (2, 0), (-2, 0)])
def test_the_sign_says_which_way(down, right):
    maps = motion_direction(moving(down, right), SECONDS).reshape(3, 3, 4, 2)
    across, along = maps[..., 0].mean(), maps[..., 1].mean()
    assert np.sign(round(across, 1)) == np.sign(right)
    assert np.sign(round(along, 1)) == np.sign(down)


def test_it_has_length_one_and_says_when():
    frames = moving(0, 2)
    frames[5:] = frames[5]  # only the first third moves
    features = motion_direction(frames, SECONDS)
    assert features.shape == (NUM_FEATURES,)
    assert features.dtype == np.float32
    assert np.linalg.norm(features) == pytest.approx(1, abs=1e-5)
    maps = features.reshape(3, -1)
    assert np.abs(maps[0]).sum() > 1
    assert not maps[2].any()


def test_a_mirrored_clip_gives_columns_swapped_and_across_negated():
    frames = moving(1, 2)
    expected = motion_direction(frames, SECONDS).reshape(3, 3, 4, 2)[:, :, ::-1] * [-1, 1]
    np.testing.assert_allclose(motion_direction(frames[:, :, ::-1], SECONDS).reshape(3, 3, 4, 2), expected, atol=1e-4)


@pytest.mark.parametrize("num_frames", [1, 8])
def test_nothing_moves(num_frames):
    still = np.full((num_frames, 40, 30, 3), 77, np.uint8)
    assert not motion_direction(still, np.arange(num_frames) / 10).any()


def test_the_hole_of_a_long_video_is_no_motion():
    frames = np.concatenate([np.repeat(moving(0, 2)[:1], 8, axis=0), np.repeat(moving(0, 2, seed=1)[:1], 8, axis=0)])
    seconds = np.concatenate([np.arange(8) / 10, 60 + np.arange(8) / 10])
    assert not motion_direction(frames, seconds).any()
