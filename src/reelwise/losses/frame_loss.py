"""The squared error of predicted frames, as a Keras loss."""

from typing import Any

import keras
from keras import ops

_WHITE = 255.0


class FrameLoss(keras.losses.Loss):
    """Mean squared error of each clip over all its pixels, channels and frames, of values in [0, 1].

    Targets come as uint8 (B, T, H, W, 3), a quarter of the way to the device; predictions as floats where 0 is black
    and 1 is white, not clipped, so that a value beyond them is pulled back.
    """

    def __init__(self, name: str = "frame_loss") -> None:
        super().__init__(name=name, reduction="sum_over_batch_size", dtype="float32")

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """(B,) float32.

        Args:
            y_true: (B, T, H, W, 3), 0 to 255.
            y_pred: (B, T, H, W, 3), about 0 to 1.
        """
        truth: Any = ops.cast(y_true, "float32")
        error: Any = truth / _WHITE - ops.cast(y_pred, "float32")
        return ops.mean(ops.square(error), axis=tuple(range(1, len(error.shape))))
