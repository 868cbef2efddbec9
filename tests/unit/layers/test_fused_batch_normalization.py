"""The fused batch normalisation trains and predicts as Keras' own does."""

from typing import Any

import keras
import numpy as np
import pytest

from reelwise.core.backend import compiles_steps
from reelwise.layers import FusedBatchNormalization

pytestmark = pytest.mark.backend

KERAS = keras.layers.BatchNormalization


def train(kind: Any, shape: tuple[int, ...], policy: str = "float32", **arguments: Any) -> tuple[Any, list[Any]]:
    """A network with one normalisation that took three steps, and what it predicts then."""
    rng = np.random.default_rng(0)
    inputs = (rng.normal(3, 2, (6, *shape)) * rng.uniform(0.1, 5, shape[-1])).astype(np.float32)
    targets = rng.normal(0, 1, (6, 2)).astype(np.float32)
    keras.utils.set_random_seed(1)
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    network = keras.Sequential(
        [
            keras.Input(shape),
            keras.layers.Dense(shape[-1], name="into"),
            kind(momentum=0.9, name="norm", **arguments),
            keras.layers.ReLU(),
            keras.layers.Flatten(),
            keras.layers.Dense(2, dtype="float32", name="out"),
        ]
    )
    keras.config.set_dtype_policy(before)
    network.compile(keras.optimizers.SGD(0.01), "mse", jit_compile=compiles_steps())
    for _ in range(3):
        network.train_on_batch(inputs, targets)
    names = ["/".join(weight.path.split("/")[-2:]) for weight in network.weights]
    return dict(zip(names, network.get_weights(), strict=True)), network.predict_on_batch(inputs)


def assert_same(ours: Any, theirs: Any, tolerance: float) -> None:
    assert list(ours[0]) == list(theirs[0])
    for name, weight in theirs[0].items():
        np.testing.assert_allclose(ours[0][name], weight, rtol=tolerance, atol=tolerance, err_msg=name)
    np.testing.assert_allclose(ours[1], theirs[1], rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("shape", [(4, 5, 7), (9, 7), (7,)], ids=["maps", "sequence", "vectors"])
def test_training_steps_are_those_of_keras(shape: tuple[int, ...]) -> None:
    assert_same(train(FusedBatchNormalization, shape), train(KERAS, shape), 2e-5)


def test_sums_are_float32_in_a_bfloat16_network() -> None:
    ours, theirs = (train(kind, (4, 5, 7), "mixed_bfloat16") for kind in (FusedBatchNormalization, KERAS))
    assert_same(ours, theirs, 0.02)
    # A mean of 120 numbers around 3 that was summed in bfloat16 would be off by more.
    np.testing.assert_allclose(ours[0]["norm/moving_mean"], theirs[0]["norm/moving_mean"], rtol=4e-3, atol=4e-3)


def test_another_axis_is_left_to_keras() -> None:
    assert_same(train(FusedBatchNormalization, (4, 5, 4), axis=1), train(KERAS, (4, 5, 4), axis=1), 1e-6)


def test_a_layer_that_is_not_trained_keeps_its_moments() -> None:
    assert_same(train(FusedBatchNormalization, (4, 7), trainable=False), train(KERAS, (4, 7), trainable=False), 1e-6)


def test_a_mask_is_heeded() -> None:
    inputs, mask = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32), np.array([1, 1, 0, 1], bool)
    ours, theirs = FusedBatchNormalization(), KERAS()
    outputs = [keras.ops.convert_to_numpy(layer(inputs, training=True, mask=mask)) for layer in (ours, theirs)]
    np.testing.assert_allclose(outputs[0], outputs[1], rtol=1e-6)
