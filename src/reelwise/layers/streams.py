"""Two streams that each must be able to answer alone, and answer together in use."""

from typing import Any

import keras

from reelwise.layers.plain import PlainLayer, ops


@keras.saving.register_keras_serializable("reelwise")
class OnePerExample(PlainLayer):
    """(B, 1) ones for a batch of anything: what a Dropout layer turns into a choice per example."""

    def call(self, inputs: Any) -> Any:
        """Ones.

        Args:
            inputs: (B, D).

        Returns:
            (B, 1).
        """
        return ops.ones_like(inputs[:, :1])

    def compute_output_shape(self, input_shape: Any) -> Any:
        """(B, 1)."""
        return (input_shape[0], 1)


@keras.saving.register_keras_serializable("reelwise")
class StreamMean(PlainLayer):
    """(s * a + (2 - s) * b) / 2: the mean of two streams for s = 1, one of them for s = 0 or 2."""

    def call(self, inputs: Any) -> Any:
        """Average.

        Args:
            inputs: s (B, 1), a (B, C), b (B, C).

        Returns:
            (B, C).
        """
        share, first, second = inputs
        return (share * first + (2.0 - share) * second) * 0.5

    def compute_output_shape(self, input_shape: Any) -> Any:
        """(B, C)."""
        return input_shape[1]
