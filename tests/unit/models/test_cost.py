"""Multiplications of layers, one kind after the other, with numbers worked out by hand."""

from typing import Any

import keras
import pytest
from keras import layers

from reelwise.layers import TimeFold, TimeUnfold
from reelwise.models.cost import largest_values, network_cost
from reelwise.models.flowdit.backbone import build_denoiser

pytestmark = pytest.mark.backend

CASES: dict[str, tuple[tuple[int, ...], list[Any], int]] = {
    "dense": ((5,), [layers.Dense(3)], 15),
    "dense at every step": ((4, 5), [layers.Dense(3)], 4 * 15),
    "convolution": ((6, 6, 2), [layers.Conv2D(3, 3, strides=2, padding="same")], 9 * 2 * 3 * 9),
    "depthwise": ((6, 6, 2), [layers.DepthwiseConv2D(3, padding="same")], 9 * 2 * 36),
    "lstm": ((4, 5), [layers.LSTM(3)], 4 * (5 * 12 + 3 * 12)),
    "gru": ((4, 5), [layers.GRU(3)], 4 * (5 * 9 + 3 * 9)),
    "rnn": ((4, 5), [layers.SimpleRNN(3)], 4 * (15 + 9)),
    "convlstm": ((4, 6, 6, 2), [layers.ConvLSTM2D(3, 3, padding="same")], 4 * 36 * 9 * (2 * 12 + 3 * 12)),
    "normalisation": (
        (5,),
        [layers.BatchNormalization(), layers.GroupNormalization(1), layers.LayerNormalization()],
        0,
    ),
    "frames": ((4, 5), [TimeFold(), layers.Dense(3), TimeUnfold(4), layers.Dense(2)], 4 * 15 + 4 * 6),
}


@pytest.mark.parametrize("name", CASES)
def test_each_kind_of_layer(name: str) -> None:
    shape, stack, expected = CASES[name]
    x = inputs = keras.Input(shape)
    for layer in stack:
        x = type(layer).from_config(layer.get_config())(x)
    network = keras.Model(inputs, x)
    assert network_cost(network).multiply_adds == expected
    assert network_cost(network).flops == 2 * expected
    assert network_cost(network).parameters == network.count_params()


def test_a_layer_that_is_used_twice_counts_twice() -> None:
    inputs = keras.Input((4, 6, 2))
    convolution = layers.Conv2D(2, 3, padding="same")
    network = keras.Model(inputs, convolution(layers.MaxPooling2D()(convolution(inputs))))
    assert network_cost(network).multiply_adds == 9 * 2 * 2 * (24 + 6)


def test_a_layer_that_is_not_counted_is_named() -> None:
    inputs = keras.Input((6, 2))
    network = keras.Model(inputs, layers.Conv1D(3, 3, name="odd")(inputs))
    with pytest.raises(TypeError, match=r"Conv1D \(odd\)"):
        network_cost(network)


def test_attention_counts_what_each_patch_listens_to() -> None:
    """256 patches of 16 features: what they listen to in 2 heads is more than any layer gives."""
    sizes = {"patch_frames": 1, "patch_size": 2, "width": 16, "num_blocks": 1, "num_heads": 2}
    assert largest_values(build_denoiser(4, 16, 3, **sizes)) == 2 * 256**2


def test_the_largest_layer_counts_all_frames_of_a_clip() -> None:
    inputs = keras.Input((6, 8, 8, 3))
    x = layers.Conv2D(5, 3, padding="same")(TimeFold()(inputs))
    assert largest_values(keras.Model(inputs, TimeUnfold(6)(x))) == 6 * 8 * 8 * 5
