"""A training step is that of Keras, number for number, on every back end."""

import numpy as np
import pytest

from reelwise.core.backend import prepare
from reelwise.training.arrays import to_array
from reelwise.training.config import TrainConfig
from reelwise.training.task_objective import TaskObjective
from reelwise.training.trainee import Trainee

pytestmark = pytest.mark.backend

CONFIGS = {
    "alone": {},
    "bfloat16": {"bfloat16": True},
    "ema": {"ema": 0.5},
    "clipped": {"clip_norm": 0.1, "weight_decay": 0.3},
}
RATES = (0.01, 0.03, 0.02)


def make_trainee(tiny, changed) -> Trainee:
    prepare(0)
    return Trainee(tiny.build, TaskObjective(label_smoothing=0.1), TrainConfig(batch_size=4, **changed))


@pytest.mark.parametrize("changed", CONFIGS.values(), ids=CONFIGS)
def test_a_step_is_that_of_keras(tiny, same_arrays, changed):
    batches = list(tiny.batches().epoch(0))[-len(RATES) :]
    ours = make_trainee(tiny, changed)
    for batch, rate in zip(batches, RATES, strict=True):
        ours.take_step(batch, rate)
    results = ours.read_steps()

    keras_one = make_trainee(tiny, changed)
    model = keras_one.stepping
    for batch, rate, result in zip(batches, RATES, results, strict=True):
        model.optimizer.learning_rate = rate
        logs = model.train_on_batch(batch.inputs, batch.targets, batch.sample_weights, return_dict=True)
        assert result.loss == logs["loss"] * len(batch.sample_weights)
        assert result.metrics == {"accuracy": logs["accuracy"] * batch.sample_weights.sum()}
    assert same_arrays(ours.arrays(), keras_one.arrays())


def test_what_was_read_is_not_given_again(tiny, seeded):
    trainee = make_trainee(tiny, {})
    first, second = list(tiny.batches().epoch(0))[:2]
    trainee.take_step(first, 0.01)
    assert len(trainee.read_steps()) == 1
    trainee.take_step(first, 0.01)
    trainee.take_step(second, 0.01)
    assert len(trainee.read_steps()) == 2
    assert trainee.read_steps() == []


def test_variables_that_are_set_between_two_steps_count(tiny, seeded, same_arrays):
    batch = next(tiny.batches().epoch(0))
    ends = []
    for is_read in (False, True):
        trainee = make_trainee(tiny, {})
        trainee.take_step(batch, 0.01)
        trainee.sync()
        for weight in trainee.stepping.trainable_variables:
            weight.assign(np.zeros(weight.shape, np.float32))
        if is_read:
            assert not any(np.any(to_array(weight)) for weight in trainee.stepping.trainable_variables)
        trainee.take_step(batch, 0.0)
        ends.append(trainee.arrays())
    assert same_arrays(*ends)
    places = [place for place, v in enumerate(trainee.variables()) if v is trainee.stepping.trainable_variables[0]]
    assert not np.any(ends[0][places[0]])
