"""The squared error of predicted frames, each with a weight of its own."""

from typing import Any

import keras
from keras import ops

from reelwise.core.config import SignatureConfig


@keras.saving.register_keras_serializable("reelwise")
class WeightedFrames(SignatureConfig, keras.losses.Loss):
    """The sum over a clip's frames of their mean squared errors, each times its weight.

    The weights come with the targets, since they depend on the noise that each frame got.

    Args:
        name: Name of the loss.
        **kwargs: As for every Keras loss.

    Example:
        >>> import numpy as np
        >>> frames = np.zeros((1, 2, 1, 1, 3), "float32")
        >>> targets = np.array([[[1, 1, 1, 0.5], [2, 0, 2, 0.75]]], "float32")
        >>> float(WeightedFrames()(targets, frames))
        2.5
    """

    def __init__(self, name: str = "weighted_frames", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The loss of each clip.

        Args:
            y_true: (B, T, S*S*3 + 1): each frame's values, and its weight behind them.
            y_pred: (B, T, S, S, 3).

        Returns:
            (B,).
        """
        num_values = y_true.shape[-1] - 1
        true: Any = ops.cast(y_true, y_pred.dtype)
        flat: Any = ops.reshape(y_pred, (-1, y_true.shape[1], num_values))
        errors: Any = ops.mean(ops.square(flat - true[..., :num_values]), axis=-1)  # (B, T)
        return ops.sum(errors * true[..., num_values], axis=-1)
