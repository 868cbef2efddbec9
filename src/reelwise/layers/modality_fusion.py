"""Weighted sums of modalities: missing ones have weight 0, the weights of the others sum to 1."""

from typing import Any

import keras

from reelwise.layers.plain_layer import PlainLayer, ops

_MASKED_LOGIT = -1e9
"""Stands for minus infinity before a softmax: exp of it is 0 in float32, and no NaN comes of it."""


@keras.saving.register_keras_serializable("reelwise")
class GatedSum(PlainLayer):
    """The sum of the modalities' features, weighted element by element by gates that sum to 1 over present modalities.

    Source: Arevalo et al. 2017, "Gated multimodal units for information fusion", arXiv:1702.01992, section 3.1: for two
    modalities the gates are z and 1 - z, as there. For more, the paper leaves their sum free; here it is 1, so that a
    missing modality does not make the sum smaller.

    Example:
        >>> import numpy as np
        >>> features, gates = np.array([[[1.0], [5.0]]], "float32"), np.zeros((1, 2, 1), "float32")
        >>> [np.array(GatedSum()([features, gates, np.array([mask], "float32")])).item() for mask in ([1, 1], [0, 1])]
        [3.0, 5.0]
    """

    def call(self, inputs: Any) -> Any:
        """Weight and sum.

        Args:
            inputs: (B, K, D) features, (B, K, D) gates before the softmax, (B, K) 1 where a modality is present.

        Returns:
            (B, D); zeros where no modality is present.
        """
        features, gates, present = inputs
        mask = ops.expand_dims(ops.cast(present, gates.dtype), -1)
        weights = ops.softmax(ops.where(mask > 0.5, gates, _MASKED_LOGIT), axis=1) * mask
        return ops.sum(weights * features, axis=1)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """(B, D)."""
        batch, _, features = input_shape[0]
        return (batch, features)


@keras.saving.register_keras_serializable("reelwise")
class AttendPresent(PlainLayer):
    """Scaled dot-product attention of modalities to those that are present.

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
            inputs: Queries, keys and values, each (B, K, D), and (B, K) 1 where a modality is present.

        Returns:
            (B, K, D); zeros where no modality is present.
        """
        queries, keys, values, present = inputs
        mask = ops.expand_dims(ops.cast(present, queries.dtype), 1)  # (B, 1, K)
        scores = ops.matmul(queries, ops.transpose(keys, (0, 2, 1))) * (queries.shape[-1] ** -0.5)
        weights = ops.softmax(ops.where(mask > 0.5, scores, _MASKED_LOGIT), axis=-1) * mask
        return ops.matmul(weights, values)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """(B, K, D)."""
        return input_shape[0]

    def multiply_adds(self, input_shape: Any) -> int:
        """Those of the two matrix products."""
        _, num_modalities, features = input_shape[0]
        return 2 * num_modalities * num_modalities * features
