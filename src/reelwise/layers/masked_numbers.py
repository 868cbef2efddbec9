"""Numeric metadata with a mask of missing values, as one vector."""

from typing import Any

import keras

from reelwise.layers.plain_layer import PlainLayer, ops


# Registered under its first name, which files written by Keras hold.
@keras.saving.register_keras_serializable("reelwise", name="KnownNumbers")
class MaskedNumbers(PlainLayer):
    """Each number beside its mask, so that a missing number differs from an average one.

    Args:
        most: Limit on both sides, in standard deviations, so that a typing error does not dominate.
        **kwargs: As for every Keras layer.

    Example:
        >>> import numpy as np
        >>> np.array(MaskedNumbers()(np.array([[[0.5, 1.0], [7.0, 0.0], [99.0, 1.0]]], "float32"))).tolist()
        [[0.5, 0.0, 6.0, 1.0, 0.0, 1.0]]
    """

    def __init__(self, most: float = 6.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most = most

    def call(self, inputs: Any) -> Any:
        """Mask, limit and concatenate.

        Args:
            inputs: (B, K, 2): the standardised number, and 1 where it is known or 0 where it is missing.

        Returns:
            (B, 2*K): the numbers, 0 where missing, then the mask.
        """
        numbers, mask = inputs[..., 0], inputs[..., 1]
        limited_numbers = ops.clip(numbers, -self.most, self.most)
        return ops.concatenate([ops.where(mask > 0.5, limited_numbers, 0.0), mask], axis=-1)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """(B, 2*K)."""
        batch, numbers, _ = input_shape
        return (batch, 2 * numbers)
