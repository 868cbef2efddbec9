"""Each operation in layers of Keras gives what it gives itself, and an .h5 file holds it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from reelwise.models import stock_layers
from reelwise.models.stock_layers import StockLayers

pytestmark = pytest.mark.backend

ops: Any = keras.ops
KERNEL = np.random.default_rng(3).normal(size=(3, 2, 5, 1)).astype(np.float32)
TABLE = np.random.default_rng(4).normal(size=(4, 5)).astype(np.float32)

CASES: dict[str, Callable[[Any], Any]] = {
    "Add": lambda x: (x + 3.0) + (0.5 + x) + x,
    "AveragePool": lambda x: ops.average_pool(x, 2, strides=2, padding="valid"),
    "Cast": lambda x: ops.cast(ops.cast(x, "float32"), "float32"),
    "Concatenate": lambda x: ops.concatenate([x, 2.0 * x], axis=1),
    "DepthwiseConv": lambda x: ops.depthwise_conv(x, KERNEL) + ops.depthwise_conv(x * 2.0, KERNEL),
    "ExpandDims": lambda x: ops.expand_dims(ops.expand_dims(x, 2), -1),
    "GetItem": lambda x: ops.concatenate([x[:, 1:5:2, -1], x[:, ::3, 2], x[:, :, 0]], axis=1),
    "Greater": lambda x: ops.where(x > 0.5, x, 0.0),
    "Matmul": lambda x: ops.matmul(x, ops.transpose(x, (0, 1, 3, 2))),
    "Max": lambda x: ops.max(x, axis=(1, 3)),
    "Maximum": lambda x: ops.maximum(x, 0.25),
    "Mean": lambda x: ops.mean(x, axis=-1, keepdims=True),
    "Multiply": lambda x: (2.0 * x) * (x * TABLE) * (x[..., :1] * TABLE),
    "Repeat": lambda x: ops.repeat(x, 3, axis=2),
    "Reshape": lambda x: ops.reshape(ops.reshape(ops.reshape(x, (-1, 4, 5)) * 2.0, (-1, 6, 4, 5)), (-1, 24, 5)),
    "Split": lambda x: ops.concatenate(ops.split(x, 3, axis=1)[::-1], axis=1),
    "Square": lambda x: ops.square(x),
    "Stack": lambda x: ops.stack([x, x * 2.0], axis=2),
    "Subtract": lambda x: (x - 1.0) - (3.0 - x) - x,
    "Sum": lambda x: ops.sum(x, axis=(1, 2), keepdims=True),
    "Transpose": lambda x: ops.transpose(x, (0, 3, 1, 2)),
    "TrueDivide": lambda x: (x / 3.0) + 1.0 / (x * x + 1.0) + x / (x * x + 0.5),
    "Where": lambda x: ops.where(x > -0.5, x, -1e9) * 1e-9 + ops.where(x > 9.0, 1e38 * (10.0 * x), 0.0),
    "elementwise": lambda x: ops.sigmoid(ops.tanh(ops.sin(x) + ops.cos(x))) + ops.softmax(x, axis=1),
    "more elementwise": lambda x: ops.sqrt(ops.relu(x)) + ops.rsqrt(x * x + 1.0) - ops.clip(-x, -0.5, 0.5),
    "constants": lambda x: ops.ones_like(x) + ops.zeros_like(x),
}


def in_layers(function: Callable[[Any], Any], dtype: str = "float32") -> keras.Model:
    x = keras.Input((6, 4, 5), dtype=dtype, name="x")
    return keras.Model(x, StockLayers("block", x).write(function(x), x))


@pytest.mark.parametrize("name", CASES)
def test_layers_give_what_operations_give(name: str, tmp_path: Path) -> None:
    model = in_layers(CASES[name])
    x = np.random.default_rng(0).normal(size=(3, 6, 4, 5)).astype(np.float32)
    expected = ops.convert_to_numpy(CASES[name](ops.convert_to_tensor(x)))
    assert model.output_shape == (None, *expected.shape[1:])
    assert all(isinstance(layer, keras.layers.Layer) for layer in model.operations)
    assert name == "Cast" or model.layers[-1].name == "block"
    model.save(tmp_path / "m.h5")
    model.save(tmp_path / "m.keras")
    for copy in (model, *(keras.saving.load_model(tmp_path / f"m.{suffix}") for suffix in ("h5", "keras"))):
        np.testing.assert_allclose(ops.convert_to_numpy(copy(x)), expected, rtol=1e-6, atol=1e-6)


def test_whole_numbers_become_float_before_a_layer_takes_them() -> None:
    model = in_layers(lambda x: ops.reshape(x[:, ::2, 1:], (-1, 3, 5)) + 0.5, "uint8")
    x = np.arange(360, dtype=np.uint8).reshape(3, 6, 4, 5)
    np.testing.assert_array_equal(ops.convert_to_numpy(model(x)), x[:, ::2, 1:].reshape(-1, 3, 5) + np.float32(0.5))


def test_labels_become_one_hot() -> None:
    label = keras.Input((), dtype="int32", name="label")
    model = keras.Model(label, StockLayers("one", label).write(ops.one_hot(label, 3, dtype="float32"), label))
    np.testing.assert_array_equal(ops.convert_to_numpy(model(np.array([2, 0], np.int32))), [[0, 0, 1], [1, 0, 0]])


def test_a_fixed_filter_is_not_trained_and_survives_a_clone() -> None:
    model = in_layers(lambda x: ops.depthwise_conv(x, KERNEL))
    assert model.trainable_weights == []
    assert len(model.weights) == 1
    clone = keras.models.clone_model(model)
    np.testing.assert_array_equal(clone.get_weights()[0], KERNEL)


def test_every_rule_has_a_case() -> None:
    assert set(stock_layers._RULES) - set(CASES) == {"OneHot"}


def test_an_operation_without_a_rule_is_named() -> None:
    with pytest.raises(TypeError, match=r"block: keras\.ops has Roll; say which layers of Keras it is"):
        in_layers(lambda x: ops.roll(x, 1, axis=1))
