"""Numbers that go only so far."""

from typing import Any

import keras

from reelwise.layers.plain import PlainLayer, ops


@keras.saving.register_keras_serializable("reelwise")
class Bounded(PlainLayer):
    """What lies further out than a bound counts as the bound; behind a normalisation that changes nearly nothing.

    It matters where a modality is rare: moments over the few clips of a batch that have it come out too small, and
    what is divided by them would drown all else.

    Args:
        most: The bound, either way.
        **kwargs: As for every Keras layer.

    Example:
        >>> import numpy as np
        >>> np.array(Bounded(5.0)(np.array([-700.0, 0.5, 6.0], "float32"))).tolist()
        [-5.0, 0.5, 5.0]
    """

    def __init__(self, most: float = 5.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most = most
        self.supports_masking = True

    def compute_mask(self, inputs: Any, previous_mask: Any) -> None:
        """None: the mask that a normalisation was told ends here, and Keras need not warn of it."""

    def call(self, inputs: Any) -> Any:
        """Bound.

        Args:
            inputs: Numbers of any shape.

        Returns:
            The same shape, from ``-most`` to ``most``.
        """
        return ops.clip(inputs, -self.most, self.most)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """As it came."""
        return input_shape
