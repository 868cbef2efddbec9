"""Shares among the modalities that are there: those that are missing get none, the others sum to 1."""

from typing import Any

import keras

from reelwise.layers.plain import PlainLayer, ops

_NEVER = -1e9


@keras.saving.register_keras_serializable("reelwise")
class GatedSum(PlainLayer):
    """The sum of what modalities say, each number weighted by a gate; gates of those that are there sum to 1.

    Source: Arevalo et al. 2017, "Gated multimodal units for information fusion", arXiv:1702.01992, section 3.1: for two
    modalities the gates are z and 1 - z, as there. For more, the paper leaves their sum free; here it is 1, so that a
    missing modality does not make the sum smaller.

    Example:
        >>> import numpy as np
        >>> said, gates = np.array([[[1.0], [5.0]]], "float32"), np.zeros((1, 2, 1), "float32")
        >>> [np.array(GatedSum()([said, gates, np.array([there], "float32")])).item() for there in ([1, 1], [0, 1])]
        [3.0, 5.0]
    """

    def call(self, inputs: Any) -> Any:
        """Weigh and sum.

        Args:
            inputs: (B, K, D) what modalities say, (B, K, D) gates before normalisation, (B, K) 1 where one is there.

        Returns:
            (B, D); zeros where none is there.
        """
        said, gates, present = inputs
        there = ops.expand_dims(ops.cast(present, gates.dtype), -1)
        shares = ops.softmax(ops.where(there > 0.5, gates, _NEVER), axis=1) * there
        return ops.sum(shares * said, axis=1)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """(B, D)."""
        batch, _, features = input_shape[0]
        return (batch, features)


@keras.saving.register_keras_serializable("reelwise")
class AttendPresent(PlainLayer):
    """Scaled dot-product attention of modalities to those that are there.

    Source: Vaswani et al. 2017, arXiv:1706.03762, equation 1; one head, since there are three tokens at most.

    Example:
        >>> import numpy as np
        >>> token = np.array([[[1.0], [5.0]]], "float32")
        >>> same = np.zeros_like(token)
        >>> np.array(AttendPresent()([same, same, token, np.array([[1, 0]], "float32")])).ravel().tolist()
        [1.0, 1.0]
    """

    def call(self, inputs: Any) -> Any:
        """Attend.

        Args:
            inputs: Queries, keys and values, each (B, K, D), and (B, K) 1 where a modality is there.

        Returns:
            (B, K, D); zeros where none is there.
        """
        queries, keys, values, present = inputs
        there = ops.expand_dims(ops.cast(present, queries.dtype), 1)  # (B, 1, K)
        likeness = ops.matmul(queries, ops.transpose(keys, (0, 2, 1))) * (queries.shape[-1] ** -0.5)
        shares = ops.softmax(ops.where(there > 0.5, likeness, _NEVER), axis=-1) * there
        return ops.matmul(shares, values)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """(B, K, D)."""
        return input_shape[0]
