import numpy as np
import pytest

from reelwise.features.zero_crossings import zero_crossing_rate


def test_an_alternating_sound_crosses_at_every_sample():
    samples = np.where(np.arange(4000) % 2, 1, -1).astype(np.float32)
    assert zero_crossing_rate(samples, 400, 160)[2:-2] == pytest.approx(399 / 400)


def test_silence_and_hum_around_zero_do_not_cross():
    assert not zero_crossing_rate(np.zeros(4000, np.float32)).any()
    assert not zero_crossing_rate(np.full(4000, -1e-12, np.float32)).any()


def test_blocks_join_without_a_seam():
    samples = np.random.default_rng(0).normal(size=(1 << 17) + 999).astype(np.float32)
    place = 1 << 17
    signs = np.signbit(samples)
    expected = np.count_nonzero(signs[place - 199 : place + 200] != signs[place - 200 : place + 199]) / 400
    frame = zero_crossing_rate(samples, 400, place)[1]
    assert frame == pytest.approx(expected)


def test_number_of_frames():
    assert zero_crossing_rate(np.zeros(0, np.float32)).shape == (0,)
    assert zero_crossing_rate(np.zeros(320, np.float32)).shape == (3,)
