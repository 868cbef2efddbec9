"""Mean and maximum over the time steps that are present."""

from typing import Any

import keras

from reelwise.layers.plain_layer import PlainLayer, ops


class _PoolPresent(PlainLayer):
    """From (B, T, D) and a mask (B, T) to (B, D)."""

    def compute_output_shape(self, input_shape: Any) -> Any:
        """(B, D)."""
        batch, _, features = input_shape[0]
        return (batch, features)


@keras.saving.register_keras_serializable("reelwise")
class MeanPresent(_PoolPresent):
    """The mean over the steps that are present; 0 where none is present.

    Example:
        >>> import numpy as np
        >>> steps, present = np.array([[[1.0], [5.0], [3.0]]]), np.array([[1, 0, 1]])
        >>> np.array(MeanPresent()([steps, present])).tolist()
        [[2.0]]
    """

    def call(self, inputs: Any) -> Any:
        """Average.

        Args:
            inputs: (B, T, D), and (B, T) 1 where a step counts, else 0.

        Returns:
            (B, D).
        """
        steps, present = inputs
        weights = ops.cast(present, steps.dtype)
        weights = weights / ops.maximum(ops.sum(weights, axis=1, keepdims=True), 1.0)
        return ops.sum(steps * ops.expand_dims(weights, -1), axis=1)


# Registered under its first name, which files written by Keras hold.
@keras.saving.register_keras_serializable("reelwise", name="MostPresent")
class MaxPresent(_PoolPresent):
    """The maximum over the steps that are present, of values that are not negative; 0 where none is present.

    Example:
        >>> import numpy as np
        >>> steps, present = np.array([[[1.0], [5.0], [3.0]]]), np.array([[1, 0, 1]])
        >>> np.array(MaxPresent()([steps, present])).tolist()
        [[3.0]]
    """

    def call(self, inputs: Any) -> Any:
        """Take the maximum.

        Args:
            inputs: (B, T, D) not negative, and (B, T) 1 where a step counts, else 0.

        Returns:
            (B, D).
        """
        steps, present = inputs
        return ops.max(steps * ops.expand_dims(ops.cast(present, steps.dtype), -1), axis=1)
