"""SimVP and ConvLSTM against the networks of OpenSTL, with equal random weights, on whatever back end runs.

The numbers were made by ``make_openstl_reference.py`` of this folder.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from openstl_weights import draw_frames, draw_weights

from reelwise.models.convlstm.predictor import predict_each_step
from reelwise.models.simvp.backbone import build

pytestmark = pytest.mark.backend

REFERENCE = np.load(Path(__file__).with_name("openstl_reference.npz"))
FACTS = json.loads(str(REFERENCE["facts"]))
SIDE, NUM_FRAMES = FACTS["side"], FACTS["num_frames"]
SIMVP = [name for name in FACTS["settings"] if "hid_S" in FACTS["settings"][name]]
CONVLSTM = [name for name in FACTS["settings"] if "num_hidden" in FACTS["settings"][name]]

Arrays = dict[str, np.ndarray]


def dense(kernel: np.ndarray) -> np.ndarray:
    """A kernel of PyTorch (O, I, H, W) in Keras' order (H, W, I, O)."""
    return kernel.transpose(2, 3, 1, 0)


def depthwise(kernel: np.ndarray) -> np.ndarray:
    """(C, 1, H, W) as (H, W, C, 1)."""
    return kernel.transpose(2, 3, 0, 1)


def convolution(arrays: Arrays, name: str, order: Callable[[np.ndarray], np.ndarray] = dense) -> list[np.ndarray]:
    """Kernel and bias."""
    return [order(arrays[f"{name}.weight"]), arrays[f"{name}.bias"]]


def norm(arrays: Arrays, name: str) -> list[np.ndarray]:
    """Scale and shift, and for one over the batch its mean and variance."""
    keys = ("weight", "bias", "running_mean", "running_var")
    return [arrays[f"{name}.{key}"] for key in keys if f"{name}.{key}" in arrays]


def shuffled_to_ours(kernel_and_bias: list[np.ndarray]) -> list[np.ndarray]:
    """PyTorch's PixelShuffle has the four pixels of one channel side by side, ours the channels of one pixel."""
    return [array.reshape(*array.shape[:-1], -1, 4).swapaxes(-1, -2).reshape(array.shape) for array in kernel_and_bias]


def picture_weights(arrays: Arrays, num_convolutions: int) -> Iterator[tuple[str, list[np.ndarray]]]:
    """Of encoder and decoder, by the names of our layers."""
    for step in range(num_convolutions):
        yield f"encoder_{step + 1}", convolution(arrays, f"enc.enc.{step}.conv.conv")
        yield f"encoder_{step + 1}_norm", norm(arrays, f"enc.enc.{step}.conv.norm")
        if step % 2 == 0:
            yield f"decoder_{step + 1}", shuffled_to_ours(convolution(arrays, f"dec.dec.{step}.conv.conv.0"))
        else:
            yield f"decoder_{step + 1}", convolution(arrays, f"dec.dec.{step}.conv.conv")
        yield f"decoder_{step + 1}_norm", norm(arrays, f"dec.dec.{step}.conv.norm")
    yield "colours", convolution(arrays, "dec.readout")


def gsta_weights(arrays: Arrays, theirs: str, ours: str) -> Iterator[tuple[str, list[np.ndarray]]]:
    """Of one block."""
    attention, wide = f"{theirs}.block.attn", f"{theirs}.block.attn.spatial_gating_unit"
    yield f"{ours}_norm_1", norm(arrays, f"{theirs}.block.norm1")
    yield f"{ours}_into", convolution(arrays, f"{attention}.proj_1")
    yield f"{ours}_near", convolution(arrays, f"{wide}.conv0", depthwise)
    yield f"{ours}_wide", convolution(arrays, f"{wide}.conv_spatial", depthwise)
    value, gate = zip(*(np.split(array, 2, axis=-1) for array in convolution(arrays, f"{wide}.conv1")), strict=True)
    yield f"{ours}_value", list(value)
    yield f"{ours}_gate", list(gate)
    yield f"{ours}_out", convolution(arrays, f"{attention}.proj_2")
    yield f"{ours}_scale_1", [arrays[f"{theirs}.block.layer_scale_1"].reshape(1, 1, -1, 1)]
    yield f"{ours}_norm_2", norm(arrays, f"{theirs}.block.norm2")
    yield f"{ours}_widen", convolution(arrays, f"{theirs}.block.mlp.fc1")
    yield f"{ours}_neighbours", convolution(arrays, f"{theirs}.block.mlp.dwconv.dwconv", depthwise)
    yield f"{ours}_narrow", convolution(arrays, f"{theirs}.block.mlp.fc2")
    yield f"{ours}_scale_2", [arrays[f"{theirs}.block.layer_scale_2"].reshape(1, 1, -1, 1)]


def convmixer_weights(arrays: Arrays, theirs: str, ours: str) -> Iterator[tuple[str, list[np.ndarray]]]:
    """Of one block."""
    yield f"{ours}_places", convolution(arrays, f"{theirs}.block.conv_dw", depthwise)
    yield f"{ours}_places_norm", norm(arrays, f"{theirs}.block.norm_1")
    yield f"{ours}_channels", convolution(arrays, f"{theirs}.block.conv_pw")
    yield f"{ours}_channels_norm", norm(arrays, f"{theirs}.block.norm_2")


def assert_fills(network: keras.Model, weights: dict[str, list[np.ndarray]]) -> None:
    """Give each layer its weights; none is left over on either side."""
    assert set(weights) == {layer.name for layer in network.layers if layer.weights}
    for name, arrays in weights.items():
        layer: Any = network.get_layer(name)
        layer.set_weights(arrays)


def simvp(settings: dict[str, Any]) -> keras.Model:
    """Ours with the settings of theirs."""
    is_gsta = settings["model_type"] == "gSTA"
    context = keras.Input((NUM_FRAMES, SIDE, SIDE, 3), dtype="uint8")
    frames = build(
        context,
        num_targets=NUM_FRAMES,
        patch=1,
        width=settings["hid_S"],
        num_halvings=settings["N_S"] // 2,
        norm="group",
        mixer="gsta" if is_gsta else "convmixer",
        mixer_width=settings["hid_T"],
        num_blocks=settings["N_T"],
        kernel_size=21 if is_gsta else 11,
        expansion=int(settings.get("mlp_ratio", 1)),
        activation="gelu",
        skip="each",
        adds_to_last_frame=False,
    )
    return keras.Model(context, frames)


@pytest.mark.parametrize("name", SIMVP)
def test_simvp_is_that_of_openstl(name: str) -> None:
    settings, arrays = FACTS["settings"][name], draw_weights(FACTS["weights"][name])
    network = simvp(settings)
    weights = dict(picture_weights(arrays, settings["N_S"]))
    of_block = gsta_weights if settings["model_type"] == "gSTA" else convmixer_weights
    for step in range(settings["N_T"]):
        theirs, ours = f"hid.enc.{step}", f"block_{step + 1}"
        weights |= dict(of_block(arrays, theirs, ours))
        if f"{theirs}.reduction.weight" in arrays:
            weights[f"{ours}_width"] = convolution(arrays, f"{theirs}.reduction")
    assert_fills(network, weights)
    predicted = keras.ops.convert_to_numpy(network(draw_frames(NUM_FRAMES, SIDE), training=False))
    assert np.ptp(REFERENCE[name]) > 1
    np.testing.assert_allclose(predicted, REFERENCE[name], atol=1e-4)


@pytest.mark.parametrize("name", CONVLSTM)
def test_each_step_of_convlstm_is_that_of_openstl(name: str) -> None:
    settings, arrays = FACTS["settings"][name], draw_weights(FACTS["weights"][name])
    units = settings["num_hidden"]
    context = keras.Input((NUM_FRAMES, SIDE, SIDE, 3), dtype="uint8")
    frames = predict_each_step(
        context,
        NUM_FRAMES,
        patch=settings["patch_size"],
        units=units[0],
        num_layers=len(units),
        kernel_size=settings["filter_size"],
        adds_to_last_frame=False,
    )
    network = keras.Model(context, frames)
    weights = {"colours": [dense(arrays["conv_last.weight"])]}
    for number in range(len(units)):
        weights[f"lstm_{number + 1}_input"] = [dense(arrays[f"cell_list.{number}.conv_x.0.weight"])]
        weights[f"lstm_{number + 1}_output"] = [dense(arrays[f"cell_list.{number}.conv_h.0.weight"])]
    assert_fills(network, weights)
    predicted = keras.ops.convert_to_numpy(network(draw_frames(NUM_FRAMES, SIDE), training=False))
    assert predicted.shape == (2, 2 * NUM_FRAMES - 1, SIDE, SIDE, 3)
    assert np.ptp(REFERENCE[name]) > 1
    np.testing.assert_allclose(predicted, REFERENCE[name], atol=1e-4)
