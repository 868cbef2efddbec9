"""Values limited to a range around zero."""

from typing import Any

import keras

from reelwise.layers.plain_layer import PlainLayer, ops


# Registered under its first name, which files written by Keras hold.
@keras.saving.register_keras_serializable("reelwise", name="Bounded")
class Clamp(PlainLayer):
    """Values limited to ``[-most, most]``; behind a normalisation this changes nearly nothing.

    It matters where a modality is rare: the moments over the few clips of a batch that have it come out too small, and
    values divided by them would dominate all others.

    Args:
        most: The limit on both sides.
        **kwargs: As for every Keras layer.

    Example:
        >>> import numpy as np
        >>> np.array(Clamp(5.0)(np.array([-700.0, 0.5, 6.0], "float32"))).tolist()
        [-5.0, 0.5, 5.0]
    """

    def __init__(self, most: float = 5.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most = most
        self.supports_masking = True

    def compute_mask(self, inputs: Any, previous_mask: Any) -> None:
        """None: the mask of the normalisation before ends here, which keeps Keras from warning of it."""

    def call(self, inputs: Any) -> Any:
        """Limit the values.

        Args:
            inputs: Values of any shape.

        Returns:
            The same shape, from ``-most`` to ``most``.
        """
        return ops.clip(inputs, -self.most, self.most)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The input's shape."""
        return input_shape
