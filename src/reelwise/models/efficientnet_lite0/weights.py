"""EfficientNet-Lite0 with the weights that come with Reelwise, or with those of a file."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file

from reelwise.core.errors import ModelFileError
from reelwise.models.efficientnet_lite0.backbone import layer_name, picture_classes, picture_features
from reelwise.models.efficientnet_lite0.blocks import CLASSES, CLASSIFIER, FEATURES, Convolution, convolutions

SHIPPED_WEIGHTS = Path(__file__).with_name("weights.safetensors")
"""ImageNet-1k, float16; ``scripts/convert_lite0.py`` made it from the published file. Its terms are in NOTICE."""

NORM = ("weight", "bias", "running_mean", "running_var")
"""Arrays of a normalisation in the published weights: scale, offset, mean and variance of its inputs."""

_EPSILON = 1e-3
"""Added to variances, as the published weights were trained with."""

_MAX_BYTES = 64 << 20
"""Of a file of weights: the arrays in float64 have 38 MB."""

_HINT = "Take a safetensors file of EfficientNet-Lite0 with the names of the published weights."


def array_shapes() -> Iterator[tuple[str, tuple[int, ...]]]:
    """The names of all arrays of the published weights and their shapes, in the order of the network."""
    for each in convolutions():
        yield f"{each.name}.weight", each.kernel_shape
        for name in NORM:
            yield f"{each.norm}.{name}", (each.channels[1],)
    yield f"{CLASSIFIER}.weight", (CLASSES, FEATURES)
    yield f"{CLASSIFIER}.bias", (CLASSES,)


def load_weights(path: Path = SHIPPED_WEIGHTS) -> dict[str, np.ndarray]:
    """The arrays of a file by their published names, in float32.

    Args:
        path: A safetensors file with the arrays of :func:`array_shapes` and no others.

    Raises:
        ModelFileError: It is missing, too large, damaged, or an array is missing, too many, of another shape or type,
            or has values that cannot be.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ModelFileError(f"{path}: is larger than {_MAX_BYTES >> 20} MiB.", hint=_HINT)
        arrays = load_file(path)
    except (OSError, SafetensorError, AttributeError, TypeError) as error:  # the last two: a type that numpy has not
        raise ModelFileError(f"{path}: these weights cannot be read: {error}.", hint=_HINT) from None
    shapes = dict(array_shapes())
    if unknown := sorted(set(arrays) ^ set(shapes)):
        text = f"{path}: {unknown[0][:100]} is {'missing' if unknown[0] in shapes else 'not of this network'}."
        raise ModelFileError(text, hint=_HINT)
    for name, shape in shapes.items():
        array = arrays[name]
        if array.dtype.kind != "f" or array.shape != shape:
            raise ModelFileError(f"{path}: {name} is {array.dtype} {array.shape}, expected {shape}.", hint=_HINT)
        if not np.isfinite(array).all() or (name.endswith("running_var") and (array < 0).any()):
            raise ModelFileError(f"{path}: {name} has values that no training gives.", hint=_HINT)
    return {name: array.astype(np.float32) for name, array in arrays.items()}


def feature_network(size: int, arrays: Mapping[str, np.ndarray]) -> keras.Model:
    """From (N, S, S, 3) uint8 RGB to (N, 1280) features.

    Args:
        size: S, pixels along each side.
        arrays: From :func:`load_weights`.
    """
    pictures: Any = keras.Input((size, size, 3), dtype="uint8", name="pictures")
    network = keras.Model(pictures, picture_features(pictures), name="lite0")
    _set_convolutions(network, arrays)
    return network


def class_network(size: int, arrays: Mapping[str, np.ndarray]) -> keras.Model:
    """From (N, S, S, 3) uint8 RGB to (N, 1000) logits of the classes of ImageNet-1k, in their usual order.

    Args:
        size: S, pixels along each side.
        arrays: From :func:`load_weights`.
    """
    pictures: Any = keras.Input((size, size, 3), dtype="uint8", name="pictures")
    network = keras.Model(pictures, picture_classes(picture_features(pictures)), name="lite0_classes")
    _set_convolutions(network, arrays)
    classifier = _layer(network, layer_name(CLASSIFIER))
    classifier.set_weights([arrays[f"{CLASSIFIER}.weight"].T, arrays[f"{CLASSIFIER}.bias"]])
    return network


def _set_convolutions(network: keras.Model, arrays: Mapping[str, np.ndarray]) -> None:
    for each in convolutions():
        _layer(network, layer_name(each.name)).set_weights(list(_kernel_and_bias(arrays, each)))


def _kernel_and_bias(arrays: Mapping[str, np.ndarray], each: Convolution) -> tuple[np.ndarray, np.ndarray]:
    """The normalisation multiplied into the convolution before it, in the layout of Keras."""
    scale, offset, mean, variance = (arrays[f"{each.norm}.{name}"].astype(np.float64) for name in NORM)
    factor = scale / np.sqrt(variance + _EPSILON)
    kernel = arrays[f"{each.name}.weight"] * factor[:, None, None, None]
    axes = (2, 3, 0, 1) if each.is_depthwise else (2, 3, 1, 0)
    return kernel.transpose(axes).astype(np.float32), (offset - mean * factor).astype(np.float32)


def _layer(network: keras.Model, name: str) -> keras.Layer:
    return network.get_layer(name)
