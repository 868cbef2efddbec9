"""Patches of space and time: a clip as a grid of vectors, and back."""

from typing import Any

import keras

from reelwise.layers.plain_layer import PlainLayer, ops


@keras.saving.register_keras_serializable("reelwise")
class VideoPatches(PlainLayer):
    """(B, T, H, W, C) to (B, T/t, H/p * W/p, t*p*p*C): the values of each patch as one vector.

    A dense layer behind it is what others write as a 3-D convolution whose stride is its kernel.

    Args:
        num_frames: t, frames of a patch.
        size: p, pixels along each side of a patch.
        **kwargs: As for every Keras layer.

    Example:
        >>> import numpy as np
        >>> tuple(VideoPatches(num_frames=4, size=8)(np.zeros((2, 8, 32, 32, 3), "float32")).shape)
        (2, 2, 16, 768)
    """

    def __init__(self, num_frames: int, size: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.num_frames = num_frames
        self.size = size

    def call(self, inputs: Any) -> Any:
        """Cut into patches.

        Args:
            inputs: (B, T, H, W, C), all but B known; T a multiple of t, H and W of p.

        Returns:
            (B, T/t, H/p * W/p, t*p*p*C); patches row by row, the values of each frame by frame.
        """
        frames, height, width, channels = inputs.shape[1:]
        times, rows, columns = frames // self.num_frames, height // self.size, width // self.size
        x = ops.reshape(inputs, (-1, times, self.num_frames, rows, self.size, columns, self.size * channels))
        x = ops.transpose(x, (0, 1, 3, 5, 2, 4, 6))  # (B, T/t, H/p, W/p, t, p, p*C)
        return ops.reshape(x, (-1, times, rows * columns, self.num_frames * self.size**2 * channels))

    def compute_output_shape(self, input_shape: tuple[Any, ...]) -> tuple[Any, ...]:
        """(B, T/t, H/p * W/p, t*p*p*C)."""
        batch, frames, height, width, channels = input_shape
        places = (height // self.size) * (width // self.size)
        return (batch, frames // self.num_frames, places, self.num_frames * self.size**2 * channels)


@keras.saving.register_keras_serializable("reelwise")
class PatchesToVideo(PlainLayer):
    """(B, T/t, H/p * W/p, t*p*p*C) back to square frames (B, T, S, S, C).

    Args:
        num_frames: t, frames of a patch.
        size: p, pixels along each side of a patch.
        channels: C; 3 for RGB.
        **kwargs: As for every Keras layer.

    Example:
        >>> import numpy as np
        >>> clip = np.random.default_rng(0).normal(size=(1, 4, 16, 16, 3)).astype("float32")
        >>> again = PatchesToVideo(num_frames=2, size=8)(VideoPatches(num_frames=2, size=8)(clip))
        >>> bool((np.array(again) == clip).all())
        True
    """

    def __init__(self, num_frames: int, size: int, channels: int = 3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.num_frames = num_frames
        self.size = size
        self.channels = channels

    def call(self, inputs: Any) -> Any:
        """Put the patches in their places.

        Args:
            inputs: (B, T/t, H/p * W/p, t*p*p*C), with as many patches down as across.

        Returns:
            (B, T, S, S, C).
        """
        times, places = inputs.shape[1:3]
        rows = round(places**0.5)
        x = ops.reshape(inputs, (-1, times, rows, rows, self.num_frames, self.size, self.size * self.channels))
        x = ops.transpose(x, (0, 1, 4, 2, 5, 3, 6))  # (B, T/t, t, S/p, p, S/p, p*C)
        return ops.reshape(x, (-1, times * self.num_frames, rows * self.size, rows * self.size, self.channels))

    def compute_output_shape(self, input_shape: tuple[Any, ...]) -> tuple[Any, ...]:
        """(B, T, S, S, C)."""
        batch, times, places, _ = input_shape
        side = round(places**0.5) * self.size
        return (batch, times * self.num_frames, side, side, self.channels)
