"""Numbers of which some may be missing, as a network takes them in."""

from typing import Any

import keras

from reelwise.layers.plain import PlainLayer, ops


@keras.saving.register_keras_serializable("reelwise")
class KnownNumbers(PlainLayer):
    """Each number beside whether it is known, so that a missing one is no average one.

    Args:
        most: A standardised number further out than this counts as this; a slip of the keyboard drowns nothing.
        **kwargs: As for every Keras layer.

    Example:
        >>> import numpy as np
        >>> np.array(KnownNumbers()(np.array([[[0.5, 1.0], [7.0, 0.0], [99.0, 1.0]]], "float32"))).tolist()
        [[0.5, 0.0, 6.0, 1.0, 0.0, 1.0]]
    """

    def __init__(self, most: float = 6.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most = most

    def call(self, inputs: Any) -> Any:
        """Take them in.

        Args:
            inputs: (B, K, 2): the standardised number, and 1 where it is known, else 0.

        Returns:
            (B, 2*K): the numbers, 0 where unknown whatever stood there, then which are known.
        """
        numbers, known = inputs[..., 0], inputs[..., 1]
        bounded = ops.clip(numbers, -self.most, self.most)
        return ops.concatenate([ops.where(known > 0.5, bounded, 0.0), known], axis=-1)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """(B, 2*K)."""
        batch, numbers, _ = input_shape
        return (batch, 2 * numbers)
