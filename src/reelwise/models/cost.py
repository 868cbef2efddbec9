"""Parameters and operations of a network, counted by walking its layers once: the only place that counts them."""

import math
from typing import Any

import keras
from keras import layers

from reelwise.catalog.cost import Cost
from reelwise.layers import PlainLayer, TimeFold, TimeUnfold

_NORMALISATION = (
    layers.BatchNormalization,
    layers.GroupNormalization,
    layers.LayerNormalization,
    layers.RMSNormalization,
)
"""Their few operations per value are not counted, as is usual; nor are those of pooling and activation."""


def network_cost(network: keras.Model) -> Cost:
    """The parameters of a network and its operations for one clip.

    A weight is used once for each place that it is applied at. Where :class:`reelwise.layers.TimeFold` put the frames
    of a clip into the batch, each frame is a place of its own.

    Args:
        network: A functional model, such as :func:`reelwise.models.build.build_network` gives; its weights need no
            values.

    Raises:
        TypeError: It has a layer of another kind; add it to this file, or give it ``multiply_adds``.
    """
    rows_of_tensor: dict[int, int] = {}
    multiply_adds = 0
    for operation in network.operations:
        rows = max((rows_of_tensor[id(tensor)] for tensor in _tensors(operation, "input")), default=1)
        multiply_adds += rows * _multiply_adds_of_row(operation)
        for tensor in _tensors(operation, "output"):
            rows_of_tensor[id(tensor)] = _rows_after(operation, rows)
    return Cost(network.count_params(), multiply_adds)


def _tensors(operation: Any, end: str) -> list[Any]:
    """The inputs or outputs of an operation; an input layer has no inputs."""
    if end == "input" and isinstance(operation, layers.InputLayer):
        return []
    return keras.tree.flatten(getattr(operation, end))


def _rows_after(operation: Any, rows: int) -> int:
    """Rows of the batch that belong to one clip after an operation."""
    layer: Any = operation
    if isinstance(operation, TimeFold):
        return rows * layer.input.shape[1]
    return rows // layer.num_frames if isinstance(operation, TimeUnfold) else rows


def _multiply_adds_of_row(operation: Any) -> int:
    layer: Any = operation  # Keras declares its shapes as None
    if isinstance(operation, PlainLayer):
        return operation.multiply_adds(_shapes(layer.input))
    if isinstance(operation, layers.Dense | layers.Conv2D | layers.DepthwiseConv2D):
        return math.prod(layer.kernel.shape) * math.prod(layer.output.shape[1:-1])
    if isinstance(operation, layers.RNN):
        return _multiply_adds_of_steps(layer)
    is_counted = isinstance(operation, (*_NORMALISATION, layers.Embedding)) or not getattr(layer, "weights", None)
    if not is_counted:
        raise TypeError(f"the operations of {type(layer).__name__} ({layer.name}) are not counted")
    return 0


def _multiply_adds_of_steps(layer: Any) -> int:
    """Of a recurrent layer: kernels of input and state, at each step and, for a convolutional one, at each pixel."""
    steps, *place = layer.input.shape[1:-1]
    weights = math.prod(layer.cell.kernel.shape) + math.prod(layer.cell.recurrent_kernel.shape)
    return weights * steps * math.prod(place)


def _shapes(tensors: Any) -> Any:
    """The shape of a tensor, or those of a list of them, as ``compute_output_shape`` takes them."""
    return [tensor.shape for tensor in tensors] if isinstance(tensors, list | tuple) else tensors.shape
