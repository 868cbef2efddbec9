"""Variation of sound: the same numbers give the same variation, and what is not there stays so."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwise.transforms.sound import SoundAugmentation, augment_sound

STRONG = SoundAugmentation(gain=1.4, time_masks=2, band_masks=2)


def sound(num_present: int = 80, num_steps: int = 100, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    present = (np.arange(num_steps) < num_present).astype(np.float32)
    values = np.random.default_rng(seed).uniform(-8, 4, (num_steps, 16)).astype(np.float32)
    return values * present[:, None], present


@given(st.integers(0, 1000), st.integers(0, 100))
def test_what_is_not_there_stays_zero_and_half_of_the_rest_is_left(seed, num_present):
    values, present = sound(num_present)
    before = values.copy(), present.copy()
    varied, left = augment_sound(values, present, STRONG, np.random.default_rng(seed))
    assert np.array_equal(values, before[0])
    assert np.array_equal(present, before[1])
    assert varied.shape == values.shape
    assert varied.dtype == left.dtype == np.float32
    assert np.isfinite(varied).all()
    assert np.all(left <= present)
    assert not varied[left == 0].any()
    assert 2 * left.sum() >= present.sum()


def test_the_same_generator_gives_the_same_and_draws_as_much_for_every_sound():
    first, second, third = (np.random.default_rng(1) for _ in range(3))
    assert np.array_equal(augment_sound(*sound(), STRONG, first)[0], augment_sound(*sound(), STRONG, second)[0])
    augment_sound(*sound(0), STRONG, third)
    assert first.random() == third.random()


def test_nothing_asked_is_nothing_done():
    varied, left = augment_sound(*sound(), SoundAugmentation(), np.random.default_rng(0))
    assert np.allclose(varied, sound()[0], atol=1e-3)
    assert np.array_equal(left, sound()[1])


def test_gain_is_a_factor_of_power_and_leaves_the_floor():
    values, present = sound(100)
    values[:, 0] = np.log(1e-6)
    varied, _ = augment_sound(values, present, SoundAugmentation(gain=2.0), np.random.default_rng(3))
    steps = varied[:, 1:] - values[:, 1:]
    loud = values[:, 1:] > -4
    assert np.allclose(steps[loud], steps[loud][0], atol=1e-3)
    assert 0.01 < abs(steps[loud][0]) <= 2
    assert np.allclose(varied[:, 0], np.log(1e-6), atol=1e-3)


def test_masks_take_moments_and_cover_bands():
    values, present = sound(100)
    gone, covered = 0, 0
    for seed in range(30):
        varied, left = augment_sound(values, present, SoundAugmentation(time_masks=1), np.random.default_rng(seed))
        gone += 100 - int(left.sum())
        assert np.allclose(varied[left > 0], values[left > 0], atol=1e-3)
        varied, left = augment_sound(values, present, SoundAugmentation(band_masks=1), np.random.default_rng(seed))
        covered += int((np.ptp(varied, axis=0) == 0).sum())
        assert left.all()
    assert 100 < gone < 15 * 30
    assert 15 < covered < 3 * 30


def test_amounts_must_make_sense():
    with pytest.raises(ValueError, match="shares"):
        SoundAugmentation(longest_time_mask=1.5)
