from dataclasses import replace

import keras
import numpy as np
import pytest

from reelwise.core.errors import TrainingError
from reelwise.training.config import TrainConfig
from reelwise.training.task_objective import TaskObjective
from reelwise.training.trainee import Trainee

pytestmark = pytest.mark.backend

CONFIGS = {
    "alone": {},
    "bfloat16": {"bfloat16": True},
    "ema": {"ema": 0.5},
    "ema_warmup": {"ema": 0.5, "ema_warmup": True},
    "clipped": {"clip_norm": 0.1},
}


@pytest.mark.parametrize("changed", CONFIGS.values(), ids=CONFIGS)
def test_steps_change_every_weight_and_reach_the_float32_network(seeded, tiny, changed):
    trainee = Trainee(tiny.build, TaskObjective(label_smoothing=0.1), TrainConfig(batch_size=4, **changed))
    before = trainee.weights()
    batch = next(tiny.batches().epoch(0))
    for _ in range(3):
        result = trainee.step(batch, 0.01)
    trainee.publish()
    assert 0 < result.loss < 20
    assert result.weight == batch.sample_weights.sum()
    assert all(str(weight.dtype).endswith("float32") for weight in trainee.network.weights)
    assert all(not np.array_equal(a, b) for a, b in zip(before, trainee.weights(), strict=True))
    assert all(layer.compute_dtype == "float32" for layer in trainee.network.layers)
    assert keras.config.dtype_policy().name == "float32"


def test_the_twin_begins_with_the_weights_of_the_network(seeded, tiny, same_arrays):
    trainee = Trainee(tiny.build, TaskObjective(label_smoothing=0.1), TrainConfig(batch_size=4, bfloat16=True))
    first = [np.asarray(keras.ops.convert_to_numpy(weight)) for weight in trainee.stepping.weights]
    assert trainee.stepping is not trainee.network
    assert same_arrays(trainee.weights(), first)


def test_loss_is_the_sum_over_weighted_clips(seeded, tiny):
    trainee = Trainee(tiny.build, TaskObjective(label_smoothing=0.1), TrainConfig(batch_size=4, weight_decay=0.0))
    batch = list(tiny.batches().epoch(0))[-1]
    assert batch.sample_weights.tolist() == [1, 1, 0, 0]
    result = trainee.step(batch, 0.0)
    assert result.weight == 2
    assert 0 <= result.metrics["accuracy"] <= 2
    assert 0.1 < result.loss / result.weight < 5


def test_the_mean_of_weights_is_between_begin_and_end(seeded, tiny):
    trainee = Trainee(tiny.build, TaskObjective(label_smoothing=0.1), TrainConfig(batch_size=4, ema=0.9))
    batch = next(tiny.batches().epoch(0))
    for _ in range(5):
        trainee.step(batch, 0.05)
    trainee.publish()
    means = np.asarray(keras.ops.convert_to_numpy(trainee.network.trainable_variables[0]))
    last = np.asarray(keras.ops.convert_to_numpy(trainee.stepping.trainable_variables[0]))
    assert not np.array_equal(means, last)
    assert np.abs(means - last).max() < 0.3


@pytest.mark.parametrize("changed", CONFIGS.values(), ids=CONFIGS)
def test_arrays_put_back_give_the_same_next_step(seeded, tiny, same_arrays, changed):
    trainee = Trainee(tiny.build, TaskObjective(label_smoothing=0.1), TrainConfig(batch_size=4, **changed))
    batches = list(tiny.batches().epoch(0))
    trainee.step(batches[0], 0.01)
    arrays = trainee.arrays()
    from reelwise.core.backend import random_state, restore_random_state

    state = random_state()
    ends = []
    for _ in range(2):
        trainee.load_arrays(arrays)
        restore_random_state(state)
        trainee.step(batches[1], 0.01)
        trainee.publish()
        ends.append([*trainee.arrays(), *trainee.weights()])
    assert same_arrays(*ends)


def test_arrays_of_another_network_are_refused(seeded, tiny):
    trainee = Trainee(tiny.build, TaskObjective(label_smoothing=0.1), TrainConfig(batch_size=4))
    with pytest.raises(TrainingError, match="another network"):
        trainee.load_arrays(trainee.arrays()[:-1])
    with pytest.raises(TrainingError, match="another network"):
        trainee.load_arrays([array.astype(np.float64) for array in trainee.arrays()])


@pytest.mark.parametrize("changed", [{}, {"ema": 0.5, "ema_warmup": True}], ids=["plain", "ema_warmup"])
def test_weight_decay_shrinks_kernels_and_leaves_biases_and_scales_alone(seeded, tiny, changed):
    trainee = Trainee(tiny.build, TaskObjective(), TrainConfig(batch_size=4, weight_decay=0.1, **changed))
    for variable in trainee.stepping.trainable_variables:  # with a running mean it is not the network
        variable.assign(np.ones(variable.shape, np.float32))
    batch = next(tiny.batches().epoch(0))
    trainee.step(replace(batch, sample_weights=np.zeros_like(batch.sample_weights)), 0.5)  # no gradient at all
    trainee.sync()
    for variable in trainee.stepping.trainable_variables:
        values = keras.ops.convert_to_numpy(variable)
        is_free = any(name in variable.path for name in ("bias", "gamma", "beta"))
        assert np.allclose(values, 1.0) if is_free else (values < 0.99).all(), variable.path
