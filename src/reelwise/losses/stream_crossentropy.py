"""The sum of the cross-entropies of two streams, from the mean of their log-probabilities."""

from typing import Any

import keras
from keras import ops

from reelwise.core.config import SignatureConfig


@keras.saving.register_keras_serializable("reelwise")
class StreamCrossentropy(SignatureConfig, keras.losses.Loss):
    """The sum of both streams' cross-entropies, from the mean of their log-probabilities.

    The cross-entropy of a stream is linear in its log-probabilities: -sum(y log p). The sum of both is therefore
    -2 sum(y m), with m the mean of their log-probabilities, which must not be normalised again. With a softmax over m,
    a stream that overfits (such as to the background) would leave the other without a gradient.

    Args:
        label_smoothing: Share of each target that is spread over all classes, in [0, 1).
        name: Name of the loss.
        **kwargs: As for every Keras loss.

    Example:
        >>> import numpy as np
        >>> first, second = np.log([[0.5, 0.5]]), np.log([[0.25, 0.75]])
        >>> loss = StreamCrossentropy()(np.array([[0.0, 1.0]]), (first + second) / 2)
        >>> bool(np.isclose(float(loss), -np.log(0.5) - np.log(0.75)))
        True
    """

    def __init__(self, label_smoothing: float = 0.0, name: str = "stream_crossentropy", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.label_smoothing = label_smoothing

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The loss of each clip.

        Args:
            y_true: (B, C) targets that sum to 1.
            y_pred: (B, C) means of log-probabilities.

        Returns:
            (B,).
        """
        smooth = self.label_smoothing
        true: Any = ops.cast(y_true, y_pred.dtype)
        targets = true * (1.0 - smooth) + smooth / y_pred.shape[-1]
        # Twice the mean is the sum over both streams.
        total: Any = ops.sum(targets * y_pred, axis=-1)
        return -2.0 * total
