"""Time folded into the batch and out again, so that plain 2-D layers work on video at full speed."""

from typing import Any

import keras

from reelwise.layers.plain_layer import PlainLayer, ops


@keras.saving.register_keras_serializable("reelwise")
class TimeFold(PlainLayer):
    """(B, T, ...) to (B*T, ...): every frame becomes an example of its own.

    ``keras.layers.TimeDistributed`` does the same one frame after the other; this is one reshape.

    Example:
        >>> import numpy as np
        >>> TimeFold()(np.zeros((2, 8, 32, 32, 3), "float32")).shape[0]
        16
    """

    def call(self, inputs: Any) -> Any:
        """Fold.

        Args:
            inputs: (B, T, ...), all but B known.

        Returns:
            (B*T, ...).
        """
        return ops.reshape(inputs, (-1, *inputs.shape[2:]))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """(None, ...) for a free batch."""
        batch, frames = input_shape[:2]
        return (None if batch is None or frames is None else batch * frames, *input_shape[2:])


@keras.saving.register_keras_serializable("reelwise")
class TimeUnfold(PlainLayer):
    """(B*T, ...) back to (B, T, ...).

    Args:
        num_frames: T.
        **kwargs: As for every Keras layer.

    Example:
        >>> import numpy as np
        >>> tuple(TimeUnfold(8)(np.zeros((16, 5), "float32")).shape)
        (2, 8, 5)
    """

    def __init__(self, num_frames: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.num_frames = num_frames

    def call(self, inputs: Any) -> Any:
        """Unfold.

        Args:
            inputs: (B*T, ...), all but the first known.

        Returns:
            (B, T, ...).
        """
        return ops.reshape(inputs, (-1, self.num_frames, *inputs.shape[1:]))

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """(None, T, ...) for a free batch."""
        rows = input_shape[0]
        return (None if rows is None else rows // self.num_frames, self.num_frames, *input_shape[1:])
