"""The fast group normalisation trains and predicts as Keras' own does."""

from typing import Any

import keras
import numpy as np
import pytest

from reelwise.core.backend import compiles_steps
from reelwise.layers import FastGroupNormalization

pytestmark = pytest.mark.backend

KERAS = keras.layers.GroupNormalization


def train(kind: Any, policy: str = "float32", **arguments: Any) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The weights of a network with one normalisation that took three steps, and what it predicts."""
    rng = np.random.default_rng(0)
    inputs = (rng.normal(3, 2, (6, 4, 5, 8)) * rng.uniform(0.1, 5, 8)).astype(np.float32)
    targets = rng.normal(0, 1, (6, 2)).astype(np.float32)
    keras.utils.set_random_seed(1)
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    network = keras.Sequential(
        [
            keras.Input((4, 5, 8)),
            keras.layers.Dense(8, name="into"),
            kind(name="norm", **arguments),
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


@pytest.mark.parametrize("arguments", [
    {"groups": 2},
    {"groups": 4, "epsilon": 1e-5},
    {"groups": 8},
    {"groups": 2, "scale": False},
    {"groups": 1, "axis": 1},
], ids=str)  # fmt: skip
def test_training_steps_are_those_of_keras(arguments: dict[str, Any]) -> None:
    ours, theirs = train(FastGroupNormalization, **arguments), train(KERAS, **arguments)
    assert list(ours[0]) == list(theirs[0])
    for name, weight in theirs[0].items():
        np.testing.assert_allclose(ours[0][name], weight, rtol=3e-5, atol=3e-5, err_msg=name)
    np.testing.assert_allclose(ours[1], theirs[1], rtol=3e-5, atol=3e-5)


def test_a_bfloat16_network_sums_in_float32() -> None:
    maps = keras.ops.cast(np.random.default_rng(0).normal(10, 1, (2, 32, 32, 4)), "bfloat16")
    layer = FastGroupNormalization(2, dtype="mixed_bfloat16")
    normalised = keras.ops.convert_to_numpy(keras.ops.cast(layer(maps), "float32"))
    groups = normalised.reshape(2, -1, 2, 2)
    np.testing.assert_allclose(groups.mean(axis=(1, 3)), 0, atol=0.05)
    np.testing.assert_allclose(groups.std(axis=(1, 3)), 1, atol=0.05)


def test_an_even_map_has_no_negative_variance() -> None:
    maps = np.full((1, 64, 64, 2), 1000.1, np.float32)
    assert np.isfinite(keras.ops.convert_to_numpy(FastGroupNormalization(2)(maps))).all()
