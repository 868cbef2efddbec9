"""A clip in units of its own contrast."""

from typing import Any

import keras

from reelwise.layers.plain_layer import PlainLayer, ops


@keras.saving.register_keras_serializable("reelwise")
class StandardiseClip(PlainLayer):
    """The clip minus its mean, over its standard deviation: the same for 0 to 255 and for 0 to 1, day and dusk.

    ``keras.layers.LayerNormalization`` over all axes does the same, but comes back from ``.h5`` with other axes.

    Example:
        >>> import numpy as np
        >>> clip = 10 * np.arange(24.0).reshape(1, 2, 2, 2, 3)
        >>> standard = np.array(StandardiseClip()(clip))
        >>> round(float(standard.std()), 3), bool(np.allclose(standard, StandardiseClip()(clip / 255), atol=1e-2))
        (1.0, True)
    """

    def call(self, inputs: Any) -> Any:
        """Standardise.

        Args:
            inputs: (B, ...), uint8 or float.

        Returns:
            The same shape, float32, mean 0 and standard deviation 1 in each clip.
        """
        clips = ops.cast(inputs, "float32")
        axes = tuple(range(1, len(clips.shape)))
        deviations = clips - ops.mean(clips, axis=axes, keepdims=True)
        return deviations / ops.sqrt(ops.mean(deviations * deviations, axis=axes, keepdims=True) + 1e-5)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The input's shape."""
        return input_shape
