"""A spectrogram as a network takes it in, and what stays of it over the time that has real sound."""

from typing import Any

import keras

from reelwise.layers.plain import PlainLayer, ops


@keras.saving.register_keras_serializable("reelwise")
class SoundPicture(PlainLayer):
    """A log-mel spectrogram in units of its usual spread, with one more channel that says where there is sound.

    The mean and the scale are constants. A batch normalisation would take them from batches in which some clips have
    no sound, or none has; constants are the same in training and prediction, and what a set of videos needs beyond
    them the first convolution learns.

    Args:
        mean: What becomes 0. Of real recordings -2 to -10, digital silence is -13.8.
        scale: What becomes 1.
        **kwargs: As for every Keras layer.

    Example:
        >>> import numpy as np
        >>> sound, present = np.full((1, 3, 2), -3.0, "float32"), np.array([[1, 0, 1]], "float32")
        >>> np.array(SoundPicture()([sound, present]))[0, :, 0].tolist()
        [[1.0, 1.0], [0.0, 0.0], [1.0, 1.0]]
    """

    def __init__(self, mean: float = -7.0, scale: float = 4.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mean = mean
        self.scale = scale

    def call(self, inputs: Any) -> Any:
        """Take it in.

        Args:
            inputs: (B, M, F) natural logarithms, and (B, M) 1 where there is real sound, else 0.

        Returns:
            (B, M, F, 2); zeros where there is no sound, whatever stood there.
        """
        values, present = inputs
        there = ops.expand_dims(ops.cast(present, "float32"), -1)  # (B, M, 1)
        standard = (ops.cast(values, "float32") - self.mean) * (1.0 / self.scale)
        standard = ops.where(there > 0.5, standard, 0.0)
        return ops.stack([standard, ops.ones_like(standard) * there], axis=-1)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """(B, M, F, 2)."""
        batch, steps, bands = input_shape[0]
        return (batch, steps, bands, 2)


@keras.saving.register_keras_serializable("reelwise")
class MeanPresent(PlainLayer):
    """The mean over the steps that are present; 0 where none is.

    Example:
        >>> import numpy as np
        >>> steps, present = np.array([[[1.0], [5.0], [3.0]]]), np.array([[1, 0, 1]])
        >>> np.array(MeanPresent()([steps, present])).tolist()
        [[2.0]]
    """

    def call(self, inputs: Any) -> Any:
        """Average.

        Args:
            inputs: (B, T, D), and (B, T) 1 where a step counts, else 0.

        Returns:
            (B, D).
        """
        steps, present = inputs
        shares = ops.cast(present, steps.dtype)
        shares = shares / ops.maximum(ops.sum(shares, axis=1, keepdims=True), 1.0)
        return ops.sum(steps * ops.expand_dims(shares, -1), axis=1)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """(B, D)."""
        batch, _, features = input_shape[0]
        return (batch, features)


@keras.saving.register_keras_serializable("reelwise")
class MostPresent(PlainLayer):
    """The maximum over the steps that are present, of what is not negative; 0 where none is.

    Example:
        >>> import numpy as np
        >>> steps, present = np.array([[[1.0], [5.0], [3.0]]]), np.array([[1, 0, 1]])
        >>> np.array(MostPresent()([steps, present])).tolist()
        [[3.0]]
    """

    def call(self, inputs: Any) -> Any:
        """Take the maximum.

        Args:
            inputs: (B, T, D) not negative, and (B, T) 1 where a step counts, else 0.

        Returns:
            (B, D).
        """
        steps, present = inputs
        return ops.max(steps * ops.expand_dims(ops.cast(present, steps.dtype), -1), axis=1)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """(B, D)."""
        batch, _, features = input_shape[0]
        return (batch, features)
