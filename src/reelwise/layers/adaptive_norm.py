"""Normalisation and residual branches that a condition steers: adaptive layer normalisation that starts at zero."""

from typing import Any

import keras

from reelwise.layers.plain_layer import PlainLayer, ops

_EPSILON = 1e-6
"""Keeps the root of a row of zeros from a division by 0."""


@keras.saving.register_keras_serializable("reelwise")
class ModulatedNorm(PlainLayer):
    """Each vector divided by the root of its mean square, then scaled and shifted as a condition says.

    It has no gain of its own: the scale is one.

    Source: Zhang and Sennrich 2019, "Root Mean Square Layer Normalization", arXiv:1910.07467, equation 4; Peebles and
    Xie 2022, "Scalable Diffusion Models with Transformers", arXiv:2212.09748, section 3.2. Otherwise: the condition may
    differ from one time to the next.

    Example:
        >>> import numpy as np
        >>> x, zeros = np.array([[[[3.0, -3.0]]]], "float32"), np.zeros((1, 1, 4), "float32")
        >>> np.array(ModulatedNorm()([x, zeros])).round(3).tolist()
        [[[[1.0, -1.0]]]]
    """

    def call(self, inputs: Any) -> Any:
        """Normalise, scale by 1 + the first D numbers of the condition, shift by the next D.

        Args:
            inputs: (B, T', P, D) and (B, T', 2D or more).

        Returns:
            (B, T', P, D).
        """
        x, condition = inputs
        width = x.shape[-1]
        condition = ops.expand_dims(condition, 2)  # (B, T', 1, 2D or more)
        mean_square = ops.mean(ops.square(x), axis=-1, keepdims=True)
        scale, shift = condition[..., :width], condition[..., width : 2 * width]
        return x * ops.rsqrt(mean_square + _EPSILON) * (1.0 + scale) + shift

    def compute_output_shape(self, input_shape: Any) -> Any:
        """(B, T', P, D)."""
        return input_shape[0]


@keras.saving.register_keras_serializable("reelwise")
class GatedResidual(PlainLayer):
    """A branch added to its input, each feature times a gate that a condition gives.

    With gates of 0 the block hands on its input, so that a deep network begins as none.

    Source: Peebles and Xie 2022, arXiv:2212.09748, section 3.2, "adaLN-Zero".

    Example:
        >>> import numpy as np
        >>> ones, condition = np.ones((1, 1, 1, 2), "float32"), np.array([[[0, 0, 0, 0, 0.0, 0.5]]], "float32")
        >>> np.array(GatedResidual()([ones, ones, condition])).tolist()
        [[[[1.0, 1.5]]]]
    """

    def call(self, inputs: Any) -> Any:
        """Add.

        Args:
            inputs: (B, T', P, D), the branch of the same shape, and (B, T', 3D), of which the last D are the gates.

        Returns:
            (B, T', P, D).
        """
        x, branch, condition = inputs
        gates = ops.expand_dims(condition[..., 2 * x.shape[-1] :], 2)
        return x + branch * gates

    def compute_output_shape(self, input_shape: Any) -> Any:
        """(B, T', P, D)."""
        return input_shape[0]
