"""Signed grey differences to the frame before and the frame after: what moves, and which way."""

from typing import Any

import keras

from reelwise.layers.filters import LUMA
from reelwise.layers.plain_layer import PlainLayer, ops


@keras.saving.register_keras_serializable("reelwise")
class FrameDifferences(PlainLayer):
    """Two channels per frame: grey(t) - grey(t-1) and grey(t+1) - grey(t), in units of ``scale``.

    A static background vanishes, so a small network cannot learn the place instead of the action. At the ends
    of the clip, where there is no neighbour, the difference is 0.

    Args:
        scale: Grey levels (of 255) that make a difference of 1.
        **kwargs: As for every Keras layer.

    Example:
        >>> import numpy as np
        >>> clip = np.zeros((1, 3, 4, 4, 3), "uint8")
        >>> clip[0, 1] = 32
        >>> np.round(np.array(FrameDifferences()(clip))[0, :, 0, 0], 3).tolist()
        [[0.0, 1.0], [1.0, -1.0], [-1.0, 0.0]]
    """

    def __init__(self, scale: float = 32.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale = scale

    def call(self, inputs: Any) -> Any:
        """Take the differences.

        Args:
            inputs: (B, T, H, W, 3) RGB, uint8 or float.

        Returns:
            (B, T, H, W, 2) float, about -8 to 8.
        """
        rgb = ops.cast(inputs, "float32")
        red, green, blue = (rgb[..., i : i + 1] * (weight / self.scale) for i, weight in enumerate(LUMA))
        grey = red + green + blue
        steps = grey[:, 1:] - grey[:, :-1]  # (B, T-1, H, W, 1)
        none = ops.zeros_like(grey[:, :1])
        before = ops.concatenate([none, steps], axis=1)
        after = ops.concatenate([steps, none], axis=1)
        return ops.concatenate([before, after], axis=-1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """(B, T, H, W, 2)."""
        return (*input_shape[:-1], 2)
