"""EfficientNet-Lite0 as layers of a graph; normalisations are part of the convolutions before them."""

from typing import Any

from keras import layers

from reelwise.models.efficientnet_lite0.blocks import CLASSES, CLASSIFIER, Block, Convolution, blocks

_MIDDLE, _SPREAD = 127.0, 128.0
"""Of the colours that the network was trained on: (x - 127) / 128."""


def picture_features(pictures: Any) -> Any:
    """Features of pictures, by layers in float32, whatever the dtype policy, whose weights are never trained.

    Args:
        pictures: (N, H, W, 3) RGB, 0 to 255; at least 32 x 32, best 224 x 224.

    Returns:
        (N, 1280), 0 to 6.

    Source: EfficientNet-Lite0, which Google published in 2020 (tensorflow/tpu, efficientnet/lite) after Tan and Le
    2019, arXiv:1905.11946.
    """
    x = layers.Rescaling(1 / _SPREAD, -_MIDDLE / _SPREAD, dtype="float32", name="lite0_colours")(pictures)
    for block in blocks():
        x = _block(x, block)
    return layers.GlobalAveragePooling2D(dtype="float32", name="lite0_mean_over_place")(x)


def picture_classes(features: Any) -> Any:
    """Logits of the 1,000 classes of ImageNet-1k.

    Args:
        features: (N, 1280), from :func:`picture_features`.
    """
    return layers.Dense(CLASSES, trainable=False, dtype="float32", name=layer_name(CLASSIFIER))(features)


def layer_name(name: str) -> str:
    """The layer that holds the arrays of this name: ``_blocks.3._project_conv`` is ``lite0_blocks_3_project_conv``."""
    return "lite0" + name.replace(".", "")


def _block(inputs: Any, block: Block) -> Any:
    x = inputs
    for convolution in block.convolutions:
        x = _convolution(x, convolution)
    if not block.adds:
        return x
    name = layer_name(block.convolutions[-1].name)
    return layers.Add(dtype="float32", name=f"{name}_add")([inputs, x])


def _convolution(inputs: Any, each: Convolution) -> Any:
    name = layer_name(each.name)
    common = {"strides": each.stride, "padding": "same", "trainable": False, "dtype": "float32", "name": name}
    if each.is_depthwise:
        x = layers.DepthwiseConv2D(each.kernel, **common)(inputs)
    else:
        x = layers.Conv2D(each.channels[1], each.kernel, **common)(inputs)
    return x if each.is_linear else layers.ReLU(6.0, dtype="float32", name=f"{name}_relu6")(x)
