"""Signed grey differences to the frame before and the frame after: what moves, and which way."""

import math
from typing import Any

import keras
import numpy as np

from reelwise.layers.plain_layer import PlainLayer, ops

_COLOUR_SCALE = 1 / 127.5
_GREY = np.array([19595, 38470, 7471]) / 65536
"""The luma of ITU-R BT.601 in 16 bits, as image libraries take it: sums of 8-bit colours are exact in float32."""


@keras.saving.register_keras_serializable("reelwise")
class FrameDifferences(PlainLayer):
    """Two channels per frame: grey(t) - grey(t-1) and grey(t+1) - grey(t), in units of ``scale``.

    A static background vanishes, so a small network cannot learn the place instead of the action. At the ends
    of the clip, where there is no neighbour, the difference is 0.

    From uint8, all channels are one small convolution over time: TensorFlow and PyTorch take a third of the time for it
    that a dozen operations on single channels take. JAX compiles those dozen to one loop, which is faster than its
    convolution. Either way the differences are exact, and the same to the last bit.

    Args:
        scale: Grey levels (of 255) that make a difference of 1; with a power of two they are exact.
        with_colours: Whether red, green and blue, -1 to 1, come before the differences.
        **kwargs: As for every Keras layer.

    Example:
        >>> import numpy as np
        >>> clip = np.zeros((1, 3, 4, 4, 3), "uint8")
        >>> clip[0, 1] = 32
        >>> np.round(np.array(FrameDifferences()(clip))[0, :, 0, 0], 3).tolist()
        [[0.0, 1.0], [1.0, -1.0], [-1.0, 0.0]]
    """

    def __init__(self, scale: float = 32.0, with_colours: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale = scale
        self.with_colours = with_colours

    def call(self, inputs: Any) -> Any:
        """Take the differences.

        Args:
            inputs: (B, T, H, W, 3) RGB, uint8 or float.

        Returns:
            (B, T, H, W, 2 or 5) float, differences about -8 to 8.
        """
        picture = self._by_convolution(inputs) if self._convolves(inputs) else self._by_channel(inputs)
        return ops.cast(picture, self.compute_dtype)

    def _convolves(self, inputs: Any) -> bool:
        # In a model file the operations stand one by one: no array is written into its configuration.
        is_symbolic = keras.backend.is_keras_tensor(inputs)
        is_exact = keras.backend.standardize_dtype(inputs.dtype) == "uint8" and math.frexp(self.scale)[0] == 0.5
        return is_exact and not is_symbolic and keras.backend.backend() != "jax"

    def _by_channel(self, inputs: Any) -> Any:
        rgb = ops.cast(inputs, "float32")
        red, green, blue = (rgb[..., i : i + 1] * float(weight) for i, weight in enumerate(self._grey()))
        grey = red + green + blue
        steps = grey[:, 1:] - grey[:, :-1]  # (B, T-1, H, W, 1)
        none = ops.zeros_like(grey[:, :1])
        before = ops.concatenate([none, steps], axis=1)
        after = ops.concatenate([steps, none], axis=1)
        colours = [rgb * _COLOUR_SCALE - 1.0] if self.with_colours else []
        return ops.concatenate([*colours, before, after], axis=-1)

    def _by_convolution(self, inputs: Any) -> Any:
        frames, height, width, channels = inputs.shape[1:]
        kernel, bias = self._kernel_and_bias()
        # A frame stands in for the neighbour that the first and the last one do not have.
        with_ends = ops.concatenate([inputs[:, :1], inputs, inputs[:, -1:]], axis=1)
        rows = ops.reshape(ops.cast(with_ends, "float32"), (-1, frames + 2, height * width, channels))
        picture = ops.conv(rows, kernel, 1, "valid", data_format="channels_last")
        if self.with_colours:
            picture = picture + bias
        return ops.reshape(picture, (-1, frames, height, width, kernel.shape[-1]))

    def _grey(self) -> np.ndarray:
        """(3,) float32: how much of red, green and blue is in a step of grey."""
        return (_GREY / self.scale).astype(np.float32)

    def _kernel_and_bias(self) -> tuple[np.ndarray, np.ndarray]:
        """(3, 1, 3, C) over the frame before, the frame and the one behind it, and (C,)."""
        grey = self._grey()
        differences = np.zeros((3, 1, 3, 2), np.float32)
        differences[0, 0, :, 0], differences[1, 0, :, 0] = -grey, grey
        differences[1, 0, :, 1], differences[2, 0, :, 1] = -grey, grey
        if not self.with_colours:
            return differences, np.zeros(2, np.float32)
        colours = np.zeros((3, 1, 3, 3), np.float32)
        colours[1, 0] = np.eye(3) * _COLOUR_SCALE
        return np.concatenate([colours, differences], axis=-1), np.array([-1, -1, -1, 0, 0], np.float32)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """(B, T, H, W, 2 or 5)."""
        return (*input_shape[:-1], 5 if self.with_colours else 2)
