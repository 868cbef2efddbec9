import numpy as np

from reelwise.features.log_mel import log_mel
from reelwise.features.onset import onset_strength


def test_strikes_are_where_they_are():
    samples = np.random.default_rng(0).normal(0, 1e-3, 32_000).astype(np.float32)
    decay = np.exp(-np.arange(3000) / 600) * np.sin(np.arange(3000) * 0.3)
    for second in (0.5, 1.0, 1.5):
        samples[int(second * 16_000) :][:3000] += decay.astype(np.float32)
    strength = onset_strength(log_mel(samples))
    strongest = np.sort(np.argsort(strength)[-3:])
    assert np.abs(strongest - [50, 100, 150]).max() <= 2


def test_an_end_is_no_onset():
    steps = np.zeros((4, 3), np.float32)
    steps[:2] = 5
    assert not onset_strength(steps).any()


def test_the_edge_of_a_hole_is_no_onset():
    steps = np.repeat(np.float32([0, 0, 9, 9, 0, 9]), 3).reshape(6, 3)
    present = np.array([True, False, True, True, True, True])
    assert onset_strength(steps, present).nonzero()[0].tolist() == [5]


def test_what_is_far_under_the_loudest_does_not_count():
    steps = np.float32([[0, -1000], [0, -500], [0, -30]])
    assert not onset_strength(steps)[:3].any()


def test_no_frame_and_one_frame():
    assert onset_strength(np.zeros((0, 4), np.float32)).shape == (0,)
    assert onset_strength(np.zeros((1, 4), np.float32)).tolist() == [0]
