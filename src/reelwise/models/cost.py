"""Parameters and operations of a network, counted by each use of its layers: the only place that counts them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
    multiply_adds = sum(rows * _multiply_adds_of_row(call) for call, rows in _calls_with_rows(network))
    return Cost(network.count_params(), multiply_adds)


def largest_values(network: keras.Model) -> int:
    """The most numbers that one layer of a network gives, or holds on its way, for one clip: what bounds its memory.

    Args:
        network: As for :func:`network_cost`.
    """
    return max(_values_of_call(call, rows) for call, rows in _calls_with_rows(network))


@dataclass(frozen=True, eq=False)
class _Call:
    """One use of a layer or operation: a recurrent network that is unrolled uses the same layer at each step."""

    operation: Any
    inputs: Sequence[Any]
    outputs: Sequence[Any]


def _calls(network: Any) -> Iterator[_Call]:
    """Every use of every layer, those that come first in front; Keras has no public way to walk them."""
    for depth in sorted(network._nodes_by_depth, reverse=True):
        for node in network._nodes_by_depth[depth]:
            yield _Call(node.operation, [] if node.is_input else node.input_tensors, node.outputs)


def _calls_with_rows(network: keras.Model) -> Iterator[tuple[_Call, int]]:
    """Each use of a layer, and how many rows of the batch it takes for one clip."""
    rows_of_tensor: dict[int, int] = {}
    for call in _calls(network):
        rows = max((rows_of_tensor[id(tensor)] for tensor in call.inputs), default=1)
        yield call, rows
        for tensor in call.outputs:
            rows_of_tensor[id(tensor)] = _rows_after(call, rows)


def _values_of_call(call: _Call, rows: int) -> int:
    rows_after = _rows_after(call, rows)
    values = max((rows_after * math.prod(tensor.shape[1:]) for tensor in call.outputs), default=0)
    if not isinstance(call.operation, PlainLayer):
        return values
    shapes = [tensor.shape for tensor in call.inputs]
    return max(values, rows * call.operation.inner_values(shapes if len(shapes) > 1 else shapes[0]))


def _rows_after(call: _Call, rows: int) -> int:
    """Rows of the batch that belong to one clip after an operation."""
    if isinstance(call.operation, TimeFold):
        return rows * call.inputs[0].shape[1]
    return rows // call.operation.num_frames if isinstance(call.operation, TimeUnfold) else rows


def _multiply_adds_of_row(call: _Call) -> int:
    layer: Any = call.operation
    if isinstance(layer, PlainLayer):
        shapes = [tensor.shape for tensor in call.inputs]
        return layer.multiply_adds(shapes if len(shapes) > 1 else shapes[0])
    if isinstance(layer, layers.Dense | layers.Conv2D | layers.DepthwiseConv2D):
        kernel: Any = layer.kernel  # Keras declares it as None
        return math.prod(kernel.shape) * math.prod(call.outputs[0].shape[1:-1])
    if isinstance(layer, layers.RNN):
        return _multiply_adds_of_steps(layer, call.inputs[0].shape)
    is_counted = isinstance(layer, (*_NORMALISATION, layers.Embedding)) or not getattr(layer, "weights", None)
    if not is_counted:
        raise TypeError(f"the operations of {type(layer).__name__} ({layer.name}) are not counted")
    return 0


def _multiply_adds_of_steps(layer: Any, shape: Sequence[Any]) -> int:
    """Of a recurrent layer: kernels of input and state, at each step and, for a convolutional one, at each pixel."""
    steps, *place = shape[1:-1]
    weights = math.prod(layer.cell.kernel.shape) + math.prod(layer.cell.recurrent_kernel.shape)
    return weights * steps * math.prod(place)
