"""Shapes that keep their colours and move evenly, and clips in which they do not."""

import numpy as np
import pytest

from reelwise.generation.control_clips import shuffle_time
from reelwise.generation.sprite_physics import sprite_physics
from reelwise.media.synthetic.moving_sprites import moving_sprites_clips
from reelwise.media.synthetic.scene import Style


@pytest.fixture(scope="module")
def clips() -> np.ndarray:
    style = Style(size=64, num_frames=16, frame_rate=15, noise=3.0)
    return np.stack([clip.frames for clip in moving_sprites_clips(24, 0, style)])


def test_real_shapes_are_there_and_move_evenly(clips: np.ndarray) -> None:
    physics = sprite_physics(clips)
    assert physics.presence > 0.85
    assert physics.unevenness < 0.25


def test_frames_out_of_order_are_uneven(clips: np.ndarray) -> None:
    assert sprite_physics(shuffle_time(clips, 0)).unevenness > 2 * sprite_physics(clips).unevenness


def test_shapes_that_jitter_are_uneven(clips: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    jittered = np.stack([[np.roll(frame, rng.integers(-2, 3, 2), (0, 1)) for frame in clip] for clip in clips])
    assert sprite_physics(jittered).unevenness > 2 * sprite_physics(clips).unevenness


def test_a_shape_that_vanishes_is_missed(clips: np.ndarray) -> None:
    spoilt = clips.copy()
    spoilt[:, 8:] = np.array([16, 18, 28], np.uint8)
    assert sprite_physics(spoilt).presence < 0.6


def test_noise_and_nothing_give_numbers(clips: np.ndarray) -> None:
    noise = np.random.default_rng(0).integers(0, 256, clips[:4].shape, dtype=np.uint8)
    for odd in (noise, np.zeros_like(noise)):
        physics = sprite_physics(odd)
        assert 0 <= physics.presence <= 1
        assert physics.unevenness >= 0
