"""Every layer of ours: output shape as announced, constructor round trip, the same by symbols and by numbers."""

from typing import Any

import keras
import numpy as np
import pytest

from reelwise import layers

pytestmark = pytest.mark.backend

CLIPS = np.random.default_rng(0).integers(0, 256, (2, 5, 36, 44, 3), dtype=np.uint8)
FLAT = np.random.default_rng(0).normal(size=(4, 6)).astype(np.float32)
PARTS = np.random.default_rng(0).normal(size=(4, 3, 6)).astype(np.float32)
THERE = np.array([[1, 1, 1], [0, 1, 0], [1, 0, 1], [0, 0, 0]], np.float32)
KNOWN = np.stack([PARTS[:, :, 0], THERE], axis=-1)
CASES: list[tuple[keras.layers.Layer, Any]] = [
    (layers.Bounded(most=0.5, name="a"), PARTS),
    (layers.FlowHistograms(cell=4, window=5, ridge=9.0, name="a"), CLIPS),
    (layers.FrameDifferences(scale=3.0, name="a"), CLIPS),
    (layers.StillHistograms(cell=6, name="a"), CLIPS),
    (layers.StandardiseClip(name="a"), CLIPS),
    (layers.SoundPicture(mean=1.0, scale=2.0, name="a"), [PARTS, THERE]),
    (layers.SoundPicture(name="b"), [PARTS, THERE]),
    (layers.MeanPresent(name="a"), [PARTS, THERE]),
    (layers.MostPresent(name="a"), [np.abs(PARTS), THERE]),
    (layers.KnownNumbers(most=0.5, name="a"), KNOWN),
    (layers.GatedSum(name="a"), [PARTS, PARTS[::-1], THERE]),
    (layers.AttendPresent(name="a"), [PARTS, PARTS[::-1], PARTS * 2, THERE]),
    (layers.TimeFold(name="a"), CLIPS),
    (layers.TimeUnfold(2, name="a"), FLAT),
]
IDS = [type(layer).__name__ for layer, _ in CASES]


def shape_of(inputs: Any) -> Any:
    return [item.shape for item in inputs] if isinstance(inputs, list) else inputs.shape


def symbols_for(inputs: Any) -> Any:
    if isinstance(inputs, list):
        return [symbols_for(item) for item in inputs]
    return keras.Input(inputs.shape[1:], dtype=inputs.dtype.name)


def test_every_layer_is_here() -> None:
    assert {type(layer).__name__ for layer, _ in CASES} == set(layers.__all__) - {"PlainLayer", "keras"}


@pytest.mark.parametrize(("layer", "inputs"), CASES, ids=IDS)
def test_the_announced_shape_is_the_shape(layer: keras.layers.Layer, inputs: Any) -> None:
    assert tuple(layer(inputs).shape) == tuple(layer.compute_output_shape(shape_of(inputs)))
    assert not layer.weights


@pytest.mark.parametrize(("layer", "inputs"), CASES, ids=IDS)
def test_a_layer_comes_back_from_its_configuration(layer: keras.layers.Layer, inputs: Any) -> None:
    again = type(layer).from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(again(inputs)), keras.ops.convert_to_numpy(layer(inputs)))


@pytest.mark.parametrize(("layer", "inputs"), CASES, ids=IDS)
def test_symbols_give_what_numbers_give(layer: keras.layers.Layer, inputs: Any) -> None:
    """What a model file relies on: ``call`` works on symbols, with a free batch."""
    symbols = symbols_for(inputs)
    plain = keras.Model(symbols, layer.call(symbols))
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(plain(inputs)), keras.ops.convert_to_numpy(layer(inputs)), atol=1e-5
    )


def test_constructor_arguments_reach_the_configuration() -> None:
    config = layers.FlowHistograms(cell=4, window=5, ridge=9.0).get_config()
    assert (config["cell"], config["window"], config["ridge"]) == (4, 5, 9.0)
