"""A spectrogram in units of its usual spread, with a channel that says where there is sound."""

from typing import Any

import keras

from reelwise.layers.plain_layer import PlainLayer, ops


# Registered under its first name, which files written by Keras hold.
@keras.saving.register_keras_serializable("reelwise", name="SoundPicture")
class SpectrogramInput(PlainLayer):
    """A standardised log-mel spectrogram with a second channel that is 1 where there is sound.

    The mean and the scale are constants. A batch normalisation would take them from batches in which some clips, or
    all, have no sound; constants are the same in training and prediction, and the first convolution learns the rest.

    Args:
        mean: Log-mel value that becomes 0. Recordings have -2 to -10, digital silence -13.8.
        scale: Difference in log-mel that becomes 1.
        **kwargs: As for every Keras layer.

    Example:
        >>> import numpy as np
        >>> sound, present = np.full((1, 3, 2), -3.0, "float32"), np.array([[1, 0, 1]], "float32")
        >>> np.array(SpectrogramInput()([sound, present]))[0, :, 0].tolist()
        [[1.0, 1.0], [0.0, 0.0], [1.0, 1.0]]
    """

    def __init__(self, mean: float = -7.0, scale: float = 4.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mean = mean
        self.scale = scale

    def call(self, inputs: Any) -> Any:
        """Standardise and stack.

        Args:
            inputs: (B, M, F) natural logarithms, and (B, M) 1 where there is real sound, else 0.

        Returns:
            (B, M, F, 2); zeros where there is no sound, whatever the values there.
        """
        values, present = inputs
        mask = ops.expand_dims(ops.cast(present, "float32"), -1)  # (B, M, 1)
        standard = (ops.cast(values, "float32") - self.mean) * (1.0 / self.scale)
        standard = ops.where(mask > 0.5, standard, 0.0)
        return ops.stack([standard, ops.ones_like(standard) * mask], axis=-1)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """(B, M, F, 2)."""
        batch, steps, bands = input_shape[0]
        return (batch, steps, bands, 2)
