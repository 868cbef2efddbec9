"""What predicted frames take over from the frames that are given: the last one, or one each."""

from typing import Any

import keras

from reelwise.layers.plain_layer import PlainLayer, ops


@keras.saving.register_keras_serializable("reelwise")
class AddLastFrame(PlainLayer):
    """The last frame of the context, or features of it, plus a change for each predicted frame.

    Example:
        >>> import numpy as np
        >>> context, changes = np.array([[[1.0], [5.0]]]), np.array([[[0.0], [2.0], [4.0]]])
        >>> np.array(AddLastFrame()([context, changes]))[0, :, 0].tolist()
        [5.0, 7.0, 9.0]
    """

    def call(self, inputs: Any) -> Any:
        """Add.

        Args:
            inputs: The context (B, T_in, ...) and the changes (B, T_out, ...).

        Returns:
            (B, T_out, ...).
        """
        context, changes = inputs
        return context[:, -1:] + changes

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of the changes."""
        return input_shape[1]


@keras.saving.register_keras_serializable("reelwise")
class FrameForEachTarget(PlainLayer):
    """A frame of the context for each predicted frame: the first for the first, and so on; then the last again.

    Args:
        num_targets: T_out.
        **kwargs: As for every Keras layer.

    Example:
        >>> import numpy as np
        >>> context = np.array([[[1.0], [5.0]]])
        >>> np.array(FrameForEachTarget(4)(context))[0, :, 0].tolist()
        [1.0, 5.0, 5.0, 5.0]
    """

    def __init__(self, num_targets: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.num_targets = num_targets

    def call(self, inputs: Any) -> Any:
        """Choose frames.

        Args:
            inputs: (B, T_in, ...).

        Returns:
            (B, T_out, ...).
        """
        missing = self.num_targets - inputs.shape[1]
        if missing <= 0:
            return inputs[:, : self.num_targets]
        return ops.concatenate([inputs, ops.repeat(inputs[:, -1:], missing, axis=1)], axis=1)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """(B, T_out, ...)."""
        return (input_shape[0], self.num_targets, *input_shape[2:])
