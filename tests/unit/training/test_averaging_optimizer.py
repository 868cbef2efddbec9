"""The running mean of weights: its values, and where it begins."""

import keras
import numpy as np
import pytest

from reelwise.training.config import TrainConfig
from reelwise.training.task_objective import TaskObjective
from reelwise.training.trainee import Trainee

pytestmark = pytest.mark.backend


def means_and_weights(tiny, num_steps: int, **config) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The mean of the first weights and these weights themselves behind each step."""
    trainee = Trainee(tiny.build, TaskObjective(), TrainConfig(batch_size=4, **config))
    batch = next(tiny.batches().epoch(0))
    means, weights = [], []
    for _ in range(num_steps):
        trainee.step(batch, 0.05)
        trainee.publish()
        means.append(np.array(keras.ops.convert_to_numpy(trainee.network.trainable_variables[0])))
        weights.append(np.array(keras.ops.convert_to_numpy(trainee.stepping.trainable_variables[0])))
    return means, weights


@pytest.mark.parametrize("momentum", [0.25, 0.999])
def test_the_mean_is_that_of_the_formula(seeded, tiny, momentum):
    means, weights = means_and_weights(tiny, 8, ema=momentum, ema_warmup=True)
    expected = weights[0].astype(np.float64)
    for step, (mean, weight) in enumerate(zip(means, weights, strict=True)):
        share = 0.0 if step == 0 else min(momentum, (1 + step) / (10 + step))
        expected = share * expected + (1 - share) * weight
        np.testing.assert_allclose(mean, expected, atol=1e-6)


def test_the_mean_leaves_its_first_weights_sooner_than_that_of_keras(seeded, tiny):
    means, weights = means_and_weights(tiny, 8, ema=0.999, ema_warmup=True)
    of_keras, same_weights = means_and_weights(tiny, 8, ema=0.999)
    way = np.abs(weights[-1] - weights[0]).mean()
    assert np.abs(means[-1] - weights[-1]).mean() < 0.3 * way
    assert np.abs(of_keras[-1] - same_weights[-1]).mean() > 0.9 * np.abs(same_weights[-1] - same_weights[0]).mean()


def test_weights_are_those_of_keras_adamw(seeded, tiny):
    from reelwise.core.backend import prepare

    _, weights = means_and_weights(tiny, 3, ema=0.999, ema_warmup=True)
    prepare(0)
    _, of_keras = means_and_weights(tiny, 3, ema=0.999)
    assert all(np.array_equal(a, b) for a, b in zip(weights, of_keras, strict=True))
