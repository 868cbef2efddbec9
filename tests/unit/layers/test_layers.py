"""Every layer of ours: output shape as announced, constructor round trip, the same by symbols and by numbers."""

import json
from typing import Any

import keras
import numpy as np
import pytest

from reelwise import layers, losses

pytestmark = pytest.mark.backend

CLIPS = np.random.default_rng(0).integers(0, 256, (2, 5, 36, 44, 3), dtype=np.uint8)
FLAT = np.random.default_rng(0).normal(size=(4, 6)).astype(np.float32)
PARTS = np.random.default_rng(0).normal(size=(4, 3, 6)).astype(np.float32)
THERE = np.array([[1, 1, 1], [0, 1, 0], [1, 0, 1], [0, 0, 0]], np.float32)
KNOWN = np.stack([PARTS[:, :, 0], THERE], axis=-1)
TOKENS = np.random.default_rng(1).normal(size=(4, 2, 3, 16)).astype(np.float32)
STEER = np.random.default_rng(2).normal(size=(4, 2, 48)).astype(np.float32)
QUERIES_KEYS = np.random.default_rng(3).normal(size=(4, 6, 4, 8)).astype(np.float32)
PATCHES = np.random.default_rng(4).normal(size=(2, 3, 9, 24)).astype(np.float32)
GATES = np.random.default_rng(1).normal(size=(3, 4, 5, 8)).astype(np.float32)
CASES: list[tuple[keras.layers.Layer, Any]] = [
    (layers.Clamp(most=0.5, name="a"), PARTS),
    (layers.FlowHistograms(cell=4, window=5, ridge=9.0, name="a"), CLIPS),
    (layers.FrameDifferences(scale=3.0, name="a"), CLIPS),
    (layers.FrameDifferences(scale=4.0, with_colours=True, name="b"), CLIPS),
    (layers.AppearanceHistograms(cell=6, name="a"), CLIPS),
    (layers.StandardiseClip(name="a"), CLIPS),
    (layers.SpectrogramInput(mean=1.0, scale=2.0, name="a"), [PARTS, THERE]),
    (layers.SpectrogramInput(name="b"), [PARTS, THERE]),
    (layers.MeanPresent(name="a"), [PARTS, THERE]),
    (layers.MaxPresent(name="a"), [np.abs(PARTS), THERE]),
    (layers.MaskedNumbers(most=0.5, name="a"), KNOWN),
    (layers.GatedSum(name="a"), [PARTS, PARTS[::-1], THERE]),
    (layers.AttendPresent(name="a"), [PARTS, PARTS[::-1], PARTS * 2, THERE]),
    (layers.GatedResidual(name="a"), [TOKENS, TOKENS[::-1], STEER]),
    (layers.ModulatedNorm(name="a"), [TOKENS, STEER]),
    (layers.LevelFeatures(num_frames=2, num_features=6, name="a"), FLAT[:, :4] ** 2 / 9),
    (layers.RotaryAttention(grid=(2, 3, 1), num_heads=2, name="a"), [QUERIES_KEYS, TOKENS]),
    (layers.VideoPatches(num_frames=5, size=4, name="a"), CLIPS.astype(np.float32)),
    (layers.PatchesToVideo(num_frames=2, size=2, name="a"), PATCHES),
    (layers.TimeFold(name="a"), CLIPS),
    (layers.TimeUnfold(2, name="a"), FLAT),
    (layers.SpaceToDepth(2, name="a"), CLIPS[0]),
    (layers.DepthToSpace(2, name="a"), np.repeat(CLIPS[0], 4, axis=-1)),
    (layers.AddLastFrame(name="a"), [FLAT.reshape(4, 2, 3), FLAT.reshape(4, 2, 3)[:, :1]]),
    (layers.ConvLSTMState(name="a"), [GATES, GATES[::-1], GATES[..., :2]]),
    (layers.ConvLSTMState(name="b"), GATES),
    (layers.FrameForEachTarget(2, name="a"), CLIPS),
    (layers.FrameForEachTarget(7, name="b"), CLIPS),
]
OF_KERAS = {"FastGroupNormalization", "FusedBatchNormalization", "PointConv2D", "UnrolledLSTM"}
"""What computes as a layer of Keras does, with its arguments and weights."""

IDS = [type(layer).__name__ for layer, _ in CASES]


def shape_of(inputs: Any) -> Any:
    return [item.shape for item in inputs] if isinstance(inputs, list) else inputs.shape


def arrays(outputs: Any) -> list[np.ndarray]:
    """The outputs of a layer, one or several."""
    return [keras.ops.convert_to_numpy(item) for item in keras.tree.flatten(outputs)]


def symbols_for(inputs: Any) -> Any:
    if isinstance(inputs, list):
        return [symbols_for(item) for item in inputs]
    return keras.Input(inputs.shape[1:], dtype=inputs.dtype.name)


def test_every_layer_is_here() -> None:
    assert {type(layer).__name__ for layer, _ in CASES} == set(layers.__all__) - {*OF_KERAS, "PlainLayer", "keras"}


@pytest.mark.parametrize(("layer", "inputs"), CASES, ids=IDS)
def test_the_announced_shape_is_the_shape(layer: keras.layers.Layer, inputs: Any) -> None:
    announced = layer.compute_output_shape(shape_of(inputs))
    several = announced if isinstance(announced[0], tuple) else [announced]
    assert [array.shape for array in arrays(layer(inputs))] == [tuple(shape) for shape in several]
    assert not layer.weights


@pytest.mark.parametrize(("layer", "inputs"), CASES, ids=IDS)
def test_a_layer_comes_back_from_its_configuration(layer: keras.layers.Layer, inputs: Any) -> None:
    again = type(layer).from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    for ours, expected in zip(arrays(again(inputs)), arrays(layer(inputs)), strict=True):
        np.testing.assert_array_equal(ours, expected)


@pytest.mark.parametrize(("layer", "inputs"), CASES, ids=IDS)
def test_symbols_give_what_numbers_give(layer: keras.layers.Layer, inputs: Any) -> None:
    """What a model file relies on: ``call`` works on symbols, with a free batch."""
    symbols = symbols_for(inputs)
    plain = keras.Model(symbols, layer.call(symbols))
    for ours, expected in zip(arrays(plain(inputs)), arrays(layer(inputs)), strict=True):
        np.testing.assert_allclose(ours, expected, atol=1e-5)


BINARY = {"function": "binary_crossentropy", "from_logits": True}

# A layer or loss of ours with other values than its defaults, and those values.
ARGUMENTS: list[tuple[type, dict[str, Any]]] = [
    (layers.AppearanceHistograms, {"cell": 6}),
    (layers.AttendPresent, {}),
    (layers.Clamp, {"most": 0.5}),
    (layers.FlowHistograms, {"cell": 4, "window": 5, "ridge": 9.0}),
    (layers.FrameDifferences, {"scale": 3.0, "with_colours": True}),
    (layers.GatedResidual, {}),
    (layers.GatedSum, {}),
    (layers.LevelFeatures, {"num_frames": 2, "num_features": 6}),
    (layers.ModulatedNorm, {}),
    (layers.PatchesToVideo, {"num_frames": 2, "size": 4, "channels": 5}),
    (layers.RotaryAttention, {"grid": (2, 3, 1), "num_heads": 2}),
    (layers.VideoPatches, {"num_frames": 2, "size": 4}),
    (layers.MaskedNumbers, {"most": 0.5}),
    (layers.MaxPresent, {}),
    (layers.MeanPresent, {}),
    (layers.SpectrogramInput, {"mean": 1.0, "scale": 2.0}),
    (layers.StandardiseClip, {}),
    (layers.TimeFold, {}),
    (layers.SpaceToDepth, {"block": 4}),
    (layers.DepthToSpace, {"block": 4}),
    (layers.AddLastFrame, {}),
    (layers.ConvLSTMState, {}),
    (layers.FrameForEachTarget, {"num_targets": 3}),
    (layers.TimeUnfold, {"num_frames": 2}),
    (
        losses.HeadsLoss,
        {"function": "binary_crossentropy", "from_logits": True, "label_smoothing": 0.2, "smoothing_target": 0.5},
    ),
    (losses.StreamCrossentropy, {"label_smoothing": 0.2}),
    (losses.WeightedFrames, {}),
]


def test_every_layer_and_loss_has_its_arguments_here() -> None:
    ours = [getattr(module, name) for module in (layers, losses) for name in module.__all__]
    others = {getattr(layers, name) for name in (*OF_KERAS, "PlainLayer")}
    assert {kind for kind, _ in ARGUMENTS} == {item for item in ours if isinstance(item, type)} - others


@pytest.mark.parametrize(("kind", "arguments"), ARGUMENTS, ids=[kind.__name__ for kind, _ in ARGUMENTS])
def test_constructor_arguments_come_back_from_the_configuration(kind: type, arguments: dict[str, Any]) -> None:
    """Through JSON, as Keras writes it into a file."""
    original = kind(**arguments, name="other")
    document = json.loads(json.dumps(keras.saving.serialize_keras_object(original)))
    copy = keras.saving.deserialize_keras_object(document)
    assert type(copy) is kind
    assert {name: getattr(copy, name) for name in arguments} == arguments
    assert copy.name == "other"


FIRST_NAMES = {
    "Bounded": layers.Clamp,
    "KnownNumbers": layers.MaskedNumbers,
    "MostPresent": layers.MaxPresent,
    "SoundPicture": layers.SpectrogramInput,
    "StillHistograms": layers.AppearanceHistograms,
}
"""Of layers that were renamed: files that ``network.save`` of Keras wrote before name these classes."""


@pytest.mark.parametrize("name", FIRST_NAMES)
def test_a_file_that_names_a_layer_as_before_opens(name: str) -> None:
    document = {
        "module": f"reelwise.layers.{name.lower()}",
        "class_name": name,
        "config": {"name": "a"},
        "registered_name": f"reelwise>{name}",
    }
    assert type(keras.saving.deserialize_keras_object(document)) is FIRST_NAMES[name]
    assert keras.saving.get_registered_name(FIRST_NAMES[name]) == f"reelwise>{name}"
