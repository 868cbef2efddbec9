"""The unrolled LSTM trains and predicts as Keras' own does."""

from typing import Any

import keras
import numpy as np
import pytest

from reelwise.core.backend import compiles_steps
from reelwise.layers import UnrolledLSTM, unrolled_lstm

pytestmark = pytest.mark.backend

RNG = np.random.default_rng(0)
SEQUENCES = RNG.normal(size=(5, 6, 3)).astype(np.float32)
TARGETS = RNG.normal(size=(5, 2)).astype(np.float32)


def train(kind: Any, **arguments: Any) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The weights after three steps, and what they predict."""
    keras.utils.set_random_seed(3)
    network = keras.Sequential(
        [
            keras.Input(SEQUENCES.shape[1:]),
            kind(4, name="lstm", **arguments),
            keras.layers.Flatten(),
            keras.layers.Dense(2, name="out"),
        ]
    )
    network.compile(keras.optimizers.SGD(0.5), "mse", jit_compile=compiles_steps())
    for _ in range(3):
        network.train_on_batch(SEQUENCES, TARGETS)
    names = ["/".join(weight.path.split("/")[-2:]) for weight in network.weights]
    return dict(zip(names, network.get_weights(), strict=True)), network.predict_on_batch(SEQUENCES)


@pytest.mark.parametrize("arguments", [
    {"return_sequences": True},
    {},
    {"go_backwards": True},
    {"activation": "relu"},
    {"use_bias": False},
    {"unit_forget_bias": False},
], ids=str)  # fmt: skip
def test_weights_and_predictions_are_those_of_keras(arguments: dict[str, Any]) -> None:
    ours, theirs = train(UnrolledLSTM, **arguments), train(keras.layers.LSTM, **arguments)
    assert list(ours[0]) == list(theirs[0])
    for name, weight in theirs[0].items():
        np.testing.assert_allclose(ours[0][name], weight, rtol=1e-5, atol=1e-5, err_msg=name)
    np.testing.assert_allclose(ours[1], theirs[1], rtol=1e-5, atol=1e-5)


def test_long_sequences_masks_and_states_are_left_to_keras(monkeypatch: pytest.MonkeyPatch) -> None:
    layer, keras_layer = UnrolledLSTM(4), keras.layers.LSTM(4)
    layer.build(SEQUENCES.shape)
    keras_layer.build(SEQUENCES.shape)
    keras_layer.set_weights(layer.get_weights())
    mask = np.ones(SEQUENCES.shape[:2], bool)
    mask[:, 4:] = False
    state = [RNG.normal(size=(5, 4)).astype(np.float32) for _ in range(2)]
    monkeypatch.setattr(unrolled_lstm, "_MOST_STEPS", 5)
    for arguments in ({}, {"mask": mask}, {"initial_state": state}):
        results = [keras.ops.convert_to_numpy(one(SEQUENCES, **arguments)) for one in (layer, keras_layer)]
        np.testing.assert_allclose(results[0], results[1], atol=1e-6)


def test_it_is_unrolled_where_that_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keras' own call is not reached on TensorFlow; it is on JAX and PyTorch."""
    calls = []
    own_call = keras.layers.LSTM.call

    def call(*args: Any, **kwargs: Any) -> Any:
        calls.append(args)
        return own_call(*args, **kwargs)

    monkeypatch.setattr(keras.layers.LSTM, "call", call)
    UnrolledLSTM(4)(SEQUENCES)
    assert bool(calls) == (keras.backend.backend() != "tensorflow")
