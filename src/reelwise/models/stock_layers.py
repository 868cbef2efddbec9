"""Operations of ``keras.ops`` written as layers of Keras, which every file format of Keras holds.

A ``.h5`` file names a layer by its class alone, and Keras looks that name up among its layers: an operation is not
there, or is another thing of the same name.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import layers

_ELEMENTWISE = frozenset(
    (
        *("Clip", "Cos", "Negative", "OnesLike", "Reciprocal", "Relu", "Rsqrt"),
        *("Sigmoid", "Sign", "Sin", "Softmax", "Sqrt", "Tanh", "ZerosLike"),
    )
)
"""Operations on one tensor that keep its shape and whose settings lie in their constructor."""

_LARGEST = float(np.finfo(np.float32).max)


class StockLayers:
    """Writes operations as layers with names of their own.

    A tensor with fewer or more rows than the batch has, such as all frames of all clips, is what Keras has no layer
    for. Such an operation stands as the activation of a layer.

    Args:
        owner: Begins the name of each layer.
        batch: A tensor with one row for each row of the batch.
    """

    def __init__(self, owner: str, batch: Any) -> None:
        self._owner = owner
        self._batch = batch
        self._num_layers = 0
        self._zero: Any = None
        self._filters: dict[tuple[Any, ...], Any] = {}

    def write(self, outputs: Any, inputs: Any) -> Any:
        """What outputs are made of, operation by operation.

        Args:
            outputs: Symbolic tensors that operations made of the inputs.
            inputs: Symbolic tensors, in any nesting.

        Returns:
            The same as the outputs, in the same nesting; the last layer of a single one is called like the owner.
        """
        leaves: Any = keras.tree.flatten(inputs)
        tensors = {id(tensor): tensor for tensor in leaves if keras.backend.is_keras_tensor(tensor)}
        input_ids = set(tensors)
        new_outputs: Any = keras.tree.map_structure(lambda tensor: self._tensor(tensor, tensors), outputs)
        if keras.backend.is_keras_tensor(new_outputs) and id(new_outputs) not in input_ids:
            new_outputs._keras_history.operation.name = self._owner
        return new_outputs

    def _tensor(self, tensor: Any, tensors: dict[int, Any]) -> Any:
        if not keras.backend.is_keras_tensor(tensor):
            return tensor
        if id(tensor) not in tensors:
            operation, node_index, _ = tensor._keras_history
            node = operation._inbound_nodes[node_index]
            args: Any = keras.tree.map_structure(lambda item: self._tensor(item, tensors), node.arguments.args)
            results = self._operation(operation, args)
            pairs = zip(node.output_tensors, results if isinstance(results, list) else [results], strict=True)
            tensors.update((id(old), new) for old, new in pairs)
        return tensors[id(tensor)]

    def _operation(self, operation: Any, args: Sequence[Any]) -> Any:
        kind = type(operation).__name__
        if kind in _ELEMENTWISE:
            return self._activation(operation, *args)
        if kind not in _RULES:
            raise TypeError(f"{self._owner}: keras.ops has {kind}; say which layers of Keras it is in {__name__}")
        return _RULES[kind](self, operation, *args)

    def _add(self, kind: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return kind(*args, name=self._new_name(kind.__name__), dtype="float32", **kwargs)

    def _new_name(self, kind: str) -> str:
        self._num_layers += 1
        return f"{self._owner}_{self._num_layers}_{kind.lower()}"

    def _activation(self, operation: Any, x: Any) -> Any:
        """An operation that is applied to whatever comes; Keras says that its shape is that of the input."""
        return self._holding(operation)(x)

    def _holding(self, operation: Any) -> Any:
        copy = type(operation).from_config({**operation.get_config(), "name": self._new_name(type(operation).__name__)})
        return self._add(layers.Activation, copy)

    def _cast(self, operation: Any, x: Any) -> Any:
        if operation.dtype != "float32":
            raise TypeError(f"{self._owner}: a cast to {operation.dtype} is no layer of Keras")
        return self._as_float(x)

    def _as_float(self, x: Any) -> Any:
        """Layers of Keras say of whole numbers that they are float32, and do not make them so."""
        return x if x.dtype == "float32" else self._scale(x, 1.0)

    def _scale(self, x: Any, scale: Any, offset: float = 0.0) -> Any:
        return self._add(layers.Rescaling, _plain(scale), offset)(x)

    def _to_shape(self, x: Any, shape: Sequence[int]) -> Any:
        """Another shape of each row of the batch."""
        return x if tuple(x.shape[1:]) == tuple(shape) else self._add(layers.Reshape, tuple(shape))(self._as_float(x))

    def _reshape(self, operation: Any, x: Any) -> Any:
        shape = tuple(operation.newshape[1:])
        size, new_size = math.prod(x.shape[1:]), math.prod(shape)
        if size == new_size:
            return self._to_shape(x, shape)
        if size > new_size:
            return self._reduce(operation, x)
        return self._to_shape(self._unfold(x, new_size // size), shape)

    def _reduce(self, operation: Any, x: Any) -> Any:
        return self._pipe(operation, self._as_float(x))

    def _pipe(self, operation: Any, x: Any) -> Any:
        """An operation that gives another shape: a pipeline, unlike the layer in it, finds out which."""
        activation = self._holding(operation)
        return layers.Pipeline([activation], name=self._new_name("pipeline"))(x, training=False)

    def _unfold(self, x: Any, count: int) -> Any:
        """Fewer rows: (B*count, ...) to (B, count, ...).

        Keras takes the tensor in the middle for (B, 1, ...). What it is added to, zeros of the right shape, tells.
        """
        shape = tuple(x.shape[1:])
        unfolding = _operation_of(keras.ops.reshape, (1, *shape), newshape=(-1, count, *shape))
        rows = self._activation(unfolding, self._to_shape(x, (1, *shape)))
        zeros = self._to_shape(self._add(layers.UpSampling1D, count)(self._zero_row()), (count, *(1 for _ in shape)))
        return self._add(layers.Add)([rows, zeros])

    def _zero_row(self) -> Any:
        """(B, 1, 1)."""
        if self._zero is None:
            size = math.prod(self._batch.shape[1:])
            first = self._crop(self._to_shape(self._batch, (size, 1)), 1, 0, 1)
            self._zero = self._activation(_operation_of(keras.ops.zeros_like, (1, 1)), first)
        return self._zero

    def _crop(self, x: Any, axis: int, start: int, stop: int) -> Any:
        """``x[start:stop]`` along an axis."""
        shape = x.shape[1:]
        length = shape[axis - 1]
        if (start, stop) == (0, length):
            return x
        places = (math.prod(shape[: axis - 1]), length, math.prod(shape[axis:]))
        picture = self._to_shape(x, places)
        cut = self._add(layers.Cropping2D, ((0, 0), (start, length - stop)))(self._as_float(picture))
        return self._to_shape(cut, (*shape[: axis - 1], stop - start, *shape[axis:]))

    def _every(self, x: Any, axis: int, step: int) -> Any:
        """``x[::step]`` along an axis: the maximum of one value is that value."""
        shape = x.shape[1:]
        if step == 1:
            return x
        places = (math.prod(shape[: axis - 1]), shape[axis - 1], math.prod(shape[axis:]))
        pool = self._add(layers.MaxPooling2D, (1, 1), strides=(1, step), data_format="channels_last")
        rows = self._to_shape(x, places)  # (B, before, L, after)
        length = math.ceil(shape[axis - 1] / step)
        return self._to_shape(pool(self._as_float(rows)), (*shape[: axis - 1], length, *shape[axis:]))

    def _item(self, _: Any, x: Any, key: Any) -> Any:
        key = key if isinstance(key, tuple) else (key,)
        if Ellipsis in key:
            place = key.index(Ellipsis)
            missing = len(x.shape) - len(key) + 1
            key = (*key[:place], *(slice(None) for _ in range(missing)), *key[place + 1 :])
        shape: list[int] = []
        for axis, part in enumerate(key[1:], 1):
            length = x.shape[axis]
            part_slice = slice(part % length, part % length + 1) if isinstance(part, int) else part
            start, stop, step = part_slice.indices(length)
            x = self._every(self._crop(x, axis, start, stop), axis, step)
            shape += [] if isinstance(part, int) else [x.shape[axis]]
        return self._to_shape(x, (*shape, *x.shape[len(key) :]))

    def _split(self, operation: Any, x: Any) -> list[Any]:
        axis = operation.axis % len(x.shape)
        size = x.shape[axis] // operation.indices_or_sections
        return [self._crop(x, axis, start, start + size) for start in range(0, x.shape[axis], size)]

    def _multiply(self, _: Any, x: Any, y: Any) -> Any:
        x, y = (y, x) if _is_constant(x) else (x, y)
        if not _is_constant(y):
            return self._add(layers.Multiply)([x, y])
        for axis, size in zip(range(len(x.shape) - 1, 0, -1), reversed(np.shape(y)), strict=False):
            x = self._repeat_values(x, axis, size // x.shape[axis])  # Keras takes the shape for that of x
        return self._scale(x, y)

    def _plus(self, _: Any, x: Any, y: Any) -> Any:
        x, y = (y, x) if _is_constant(x) else (x, y)
        return self._scale(x, 1.0, float(y)) if _is_constant(y) else self._add(layers.Add)([x, y])

    def _minus(self, _: Any, x: Any, y: Any) -> Any:
        if _is_constant(y):
            return self._scale(x, 1.0, -float(y))
        return self._scale(y, -1.0, float(x)) if _is_constant(x) else self._add(layers.Subtract)([x, y])

    def _divide(self, _: Any, x: Any, y: Any) -> Any:
        if _is_constant(y):
            return self._scale(x, 1.0 / float(y))
        inverse = self._activation(_operation_of(keras.ops.reciprocal, (1,)), y)
        return self._multiply(None, x, inverse)

    def _square(self, _: Any, x: Any) -> Any:
        return self._add(layers.Multiply)([x, x])

    def _transpose(self, operation: Any, x: Any) -> Any:
        return self._add(layers.Permute, tuple(operation.axes[1:]))(self._as_float(x))

    def _expand_dims(self, operation: Any, x: Any) -> Any:
        shape = list(x.shape)
        shape.insert(operation.axis % (len(shape) + 1), 1)
        return self._to_shape(x, shape[1:])

    def _concatenate(self, operation: Any, tensors: Sequence[Any]) -> Any:
        return self._add(layers.Concatenate, axis=operation.axis)([self._as_float(x) for x in tensors])

    def _stack(self, operation: Any, tensors: Sequence[Any]) -> Any:
        return self._concatenate(operation, [self._expand_dims(operation, x) for x in tensors])

    def _repeat(self, operation: Any, x: Any) -> Any:
        return self._repeat_values(x, operation.axis % len(x.shape), operation.repeats)

    def _repeat_values(self, x: Any, axis: int, repeats: int) -> Any:
        """Each value along an axis several times, one after the other."""
        if repeats <= 1:
            return x
        before, length, after = x.shape[1:axis], x.shape[axis], x.shape[axis + 1 :]
        picture = self._to_shape(x, (math.prod(before), length, math.prod(after)))
        larger = self._add(layers.UpSampling2D, (1, repeats), data_format="channels_last")(self._as_float(picture))
        return self._to_shape(larger, (*before, length * repeats, *after))

    def _average_pool(self, operation: Any, x: Any) -> Any:
        settings = (operation.pool_size, operation.strides, operation.padding, operation.data_format)
        return self._add(layers.AveragePooling2D, *settings)(x)

    def _depthwise_conv(self, operation: Any, x: Any, kernel: Any) -> Any:
        """A fixed filter: its numbers are what it starts from, and it is not trained."""
        values: Any = keras.ops.convert_to_numpy(kernel)
        settings = (operation.strides, operation.padding, operation.data_format, operation.dilation_rate)
        key = (*settings, values.shape, values.tobytes())
        if key not in self._filters:
            self._filters[key] = self._fixed_filter(operation, values)
        return self._filters[key](x)

    def _fixed_filter(self, operation: Any, values: np.ndarray) -> Any:
        one = values[:, :, :1] if (values == values[:, :, :1]).all() else values
        return self._add(
            layers.DepthwiseConv2D,
            values.shape[:2],
            strides=operation.strides,
            padding=operation.padding,
            data_format=operation.data_format,
            dilation_rate=operation.dilation_rate,
            use_bias=False,
            depthwise_initializer=keras.initializers.Constant(one.tolist()),
            trainable=False,
        )

    def _maximum(self, _: Any, x: Any, limit: float) -> Any:
        clip = _operation_of(keras.ops.clip, (1,), x_min=float(limit), x_max=_LARGEST)
        return self._activation(clip, x)

    def _greater(self, _: Any, x: Any, limit: float) -> Any:
        """1 where it is greater, else 0."""
        sign = self._activation(_operation_of(keras.ops.sign, (1,)), self._scale(x, 1.0, -float(limit)))
        return self._activation(_operation_of(keras.ops.relu, (1,)), sign)

    def _where(self, _: Any, choice: Any, x: Any, other: float) -> Any:
        """Limits of 0 where it is not chosen: unlike a product with 0, they make 0 of a number too large, too."""
        most = self._scale(choice, _LARGEST)
        least = self._scale(choice, -_LARGEST)
        chosen_values = self._add(layers.Maximum)([self._add(layers.Minimum)([x, most]), least])
        if other == 0:
            return chosen_values
        return self._add(layers.Add)([chosen_values, self._scale(choice, -float(other), float(other))])

    def _matmul(self, _: Any, x: Any, y: Any) -> Any:
        """(..., m, k) and (..., k, n) to (..., m, n); axes before them are folded into the batch."""
        before = x.shape[1:-2]
        if not before:
            return self._add(layers.Dot, (2, 1))([x, y])
        rows = [
            self._reduce(_operation_of(keras.ops.reshape, item.shape[1:], newshape=(-1, *item.shape[-2:])), item)
            for item in (x, y)
        ]
        product = self._unfold(self._add(layers.Dot, (2, 1))(rows), math.prod(before))
        return self._to_shape(product, (*before, x.shape[-2], y.shape[-1]))


def _is_constant(value: Any) -> bool:
    return not keras.backend.is_keras_tensor(value)


def _plain(value: Any) -> Any:
    """A number, or nested lists of numbers."""
    return value if isinstance(value, int | float) else np.asarray(keras.ops.convert_to_numpy(value)).tolist()


def _operation_of(function: Callable[..., Any], shape: Sequence[int], **kwargs: Any) -> Any:
    """The operation behind a function of ``keras.ops``."""
    return function(keras.Input(tuple(shape)), **kwargs)._keras_history.operation


_RULES: dict[str, Callable[..., Any]] = {
    "Add": StockLayers._plus,
    "AveragePool": StockLayers._average_pool,
    "Cast": StockLayers._cast,
    "Concatenate": StockLayers._concatenate,
    "DepthwiseConv": StockLayers._depthwise_conv,
    "ExpandDims": StockLayers._expand_dims,
    "GetItem": StockLayers._item,
    "Greater": StockLayers._greater,
    "Matmul": StockLayers._matmul,
    "Max": StockLayers._reduce,
    "Maximum": StockLayers._maximum,
    "Mean": StockLayers._reduce,
    "Multiply": StockLayers._multiply,
    "OneHot": StockLayers._pipe,
    "Repeat": StockLayers._repeat,
    "Reshape": StockLayers._reshape,
    "Split": StockLayers._split,
    "Square": StockLayers._square,
    "Stack": StockLayers._stack,
    "Subtract": StockLayers._minus,
    "Sum": StockLayers._reduce,
    "Transpose": StockLayers._transpose,
    "TrueDivide": StockLayers._divide,
    "Where": StockLayers._where,
}
