"""Features of clips by which sets of them are compared."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from tiny_classes import square_video

from reelwise.generation.control_clips import shuffle_time
from reelwise.jobs.generator.clip_features import clip_features, outputs_of, random_network
from reelwise.jobs.generator.plan import plan_generators
from reelwise.jobs.runs.options import TrainOptions

pytestmark = pytest.mark.backend


@pytest.fixture(scope="module")
def network() -> keras.Model:
    """The untrained network for clips of 4 frames of 16 pixels."""
    return random_network(plan_generators(TrainOptions("clips", model="flowdit:nano", size=16, num_frames=4))[0])


def square_clips(num: int) -> np.ndarray:
    """(N, 4, 16, 16, 3) uint8."""
    return np.stack([square_video("small" if seed % 2 else "large", seed)[:4] for seed in range(num)])


def test_training_clips_have_mean_0_and_deviation_1(network: keras.Model) -> None:
    clips = square_clips(40)
    features = clip_features("random", network, clips)(clips)
    assert features.shape[0] == 40
    assert 2 <= features.shape[1] <= 32
    assert np.allclose(features.mean(axis=0), 0, atol=1e-4)
    assert np.allclose(features.std(axis=0, ddof=1), 1, atol=1e-3)


def test_they_see_the_order_of_frames(network: keras.Model) -> None:
    clips = square_clips(40)
    features = clip_features("random", network, clips)
    change = np.abs(features(shuffle_time(clips, 0)) - features(clips)).mean()
    assert change > 0.1
    # of the pictures alone, whose mean does not depend on order, nothing changes
    pictures = replace(features, directions=[features.directions[0], 0 * features.directions[1]])
    assert np.allclose(pictures(shuffle_time(clips, 0)), pictures(clips), atol=1e-3)


def test_clips_that_are_all_alike_have_finite_features(network: keras.Model) -> None:
    clips = np.zeros((5, 4, 16, 16, 3), np.uint8)
    assert np.isfinite(clip_features("random", network, clips)(square_clips(3))).all()


def test_the_untrained_network_is_always_the_same(network: keras.Model) -> None:
    keras.utils.set_random_seed(7)
    again = random_network(plan_generators(TrainOptions("x", model="flowdit:nano", size=16, num_frames=4, seed=3))[0])
    clips = square_clips(2)
    assert np.array_equal(outputs_of(network, clips), outputs_of(again, clips))


def test_a_batch_that_is_not_full_changes_nothing(network: keras.Model) -> None:
    clips = square_clips(35)
    assert np.allclose(outputs_of(network, clips)[33:], outputs_of(network, clips[33:]), atol=1e-6)
