"""Noise levels as sines and cosines, so that a network can tell small differences of them apart."""

from typing import Any

import keras
import numpy as np

from reelwise.layers.plain_layer import PlainLayer, ops

_FASTEST = 64.0
"""Radians from level 0 to 1 of the fastest sine. Levels of 50 steps are 0.02 apart, which it turns by 1.3 radians."""


@keras.saving.register_keras_serializable("reelwise")
class LevelFeatures(PlainLayer):
    """(B, T) noise levels to (B, T/t, t*F): sines and cosines of the levels of the t frames of each patch.

    Args:
        num_frames: t, frames of a patch.
        num_features: F of each frame, even.
        **kwargs: As for every Keras layer.

    Source: Vaswani et al. 2017, arXiv:1706.03762, section 3.5. Otherwise: levels lie between 0 and 1, so the
    frequencies rise evenly in their logarithm from 1 to 64.

    Example:
        >>> import numpy as np
        >>> np.array(LevelFeatures(num_frames=1, num_features=4)(np.zeros((1, 2), "float32"))).tolist()
        [[[0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0]]]
    """

    def __init__(self, num_frames: int, num_features: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.num_frames = num_frames
        self.num_features = num_features

    def call(self, inputs: Any) -> Any:
        """Sines, then cosines, of each frame.

        Args:
            inputs: (B, T) in [0, 1], T a multiple of t.

        Returns:
            (B, T/t, t*F).
        """
        frequencies = _FASTEST ** np.linspace(0.0, 1.0, self.num_features // 2)
        angles = ops.expand_dims(inputs, -1) * ops.convert_to_tensor(frequencies, dtype=inputs.dtype)  # (B, T, F/2)
        features = ops.concatenate([ops.sin(angles), ops.cos(angles)], axis=-1)
        times = inputs.shape[1] // self.num_frames
        return ops.reshape(features, (-1, times, self.num_frames * self.num_features))

    def compute_output_shape(self, input_shape: tuple[Any, ...]) -> tuple[Any, ...]:
        """(B, T/t, t*F)."""
        batch, frames = input_shape
        return (batch, frames // self.num_frames, self.num_frames * self.num_features)
