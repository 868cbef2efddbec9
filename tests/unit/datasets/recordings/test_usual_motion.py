"""Motion that every video of a set has counts little; what one of them has alone counts."""

import numpy as np

from reelwise.datasets.recordings.fingerprints import Fingerprint
from reelwise.datasets.recordings.usual_motion import learn_usual_motion


def prints(rng, amplitude=20.0):
    """Ten videos with one common pattern that swings and a weak pattern of their own."""
    common = rng.normal(0, 1, 256)
    for _ in range(10):
        own = rng.normal(0, 1, 256)
        swing, private = (rng.normal(0, 1, (60, 1)) for _ in range(2))
        pictures = (amplitude * swing * common + 3 * private * own).astype(np.float16)
        yield Fingerprint(pictures, pictures, (np.arange(60) / 20).astype(np.float32))


def correlation(one, other):
    one, other = one - one.mean(0), other - other.mean(0)
    return np.sum(one * other) / np.sqrt(np.sum(one * one) * np.sum(other * other))


def test_two_takes_with_the_same_usual_motion_are_not_alike():
    videos = list(prints(np.random.default_rng(0)))
    motion = learn_usual_motion(videos)
    first, second = (video.whole.astype(np.float32) for video in videos[:2])
    shared = first - first.mean(0)
    second = (second - second.mean(0)) * 0.02 + shared @ np.outer(*(motion.patterns[:, 0],) * 2)
    second += np.random.default_rng(5).normal(0, 1, second.shape)
    assert correlation(first, second) > 0.7
    assert correlation(motion.apply(first), motion.apply(second)) < 0.3


def test_patterns_are_sorted_and_those_of_noise_are_not_stretched():
    motion = learn_usual_motion(list(prints(np.random.default_rng(1))), 40)
    assert motion.matrix.shape == (256, 40)
    assert np.all(np.diff(motion.variances) <= 0)
    assert motion.variances.min() >= 1
    assert np.allclose(motion.patterns.T @ motion.patterns, np.eye(40), atol=1e-4)
    few = motion.strongest(3)
    assert np.allclose(few.matrix, motion.matrix[:, :3])
    assert few.noise < motion.noise


def test_one_restless_video_does_not_hide_the_motion_of_others():
    rng = np.random.default_rng(2)
    calm = list(prints(rng))
    wild = rng.normal(0, 200, (60, 256)).astype(np.float16)
    wild_print = Fingerprint(wild, wild, calm[0].seconds)
    before, after = learn_usual_motion(calm), learn_usual_motion([*calm, wild_print])
    level = [np.linalg.norm(motion.apply(calm[0].whole - calm[0].whole.mean(0))) for motion in (before, after)]
    assert level[1] > 0.6 * level[0]
