"""Squares of pixels moved into channels and back: pictures become smaller, and nothing is lost."""

from typing import Any

import keras

from reelwise.layers.plain_layer import PlainLayer, ops


@keras.saving.register_keras_serializable("reelwise")
class SpaceToDepth(PlainLayer):
    """Each square of ``block`` × ``block`` pixels becomes one place with ``block²`` times the channels.

    The pixels of a square follow each other row by row, each with all its channels.

    Args:
        block: Pixels along each side of a square.
        **kwargs: As for every Keras layer.

    Example:
        >>> import numpy as np
        >>> picture = np.arange(16.0).reshape(1, 4, 4, 1)
        >>> np.array(SpaceToDepth(2)(picture))[0, 0].tolist()
        [[0.0, 1.0, 4.0, 5.0], [2.0, 3.0, 6.0, 7.0]]
    """

    def __init__(self, block: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.block = block

    def call(self, inputs: Any) -> Any:
        """Move pixels into channels.

        Args:
            inputs: (B, H, W, C), H and W divisible by ``block``.

        Returns:
            (B, H/block, W/block, block²·C).
        """
        _, height, width, channels = inputs.shape
        block = self.block
        squares = ops.reshape(inputs, (-1, height // block, block, width // block, block, channels))
        rows = ops.transpose(squares, (0, 1, 3, 2, 4, 5))
        return ops.reshape(rows, (-1, height // block, width // block, block * block * channels))

    def compute_output_shape(self, input_shape: tuple[int, ...]) -> tuple[int, ...]:
        """(B, H/block, W/block, block²·C)."""
        batch, height, width, channels = input_shape
        return (batch, height // self.block, width // self.block, channels * self.block**2)


@keras.saving.register_keras_serializable("reelwise")
class DepthToSpace(PlainLayer):
    """What :class:`SpaceToDepth` did, undone: channels become squares of ``block`` × ``block`` pixels.

    Behind a convolution this makes a picture larger at a fraction of what a transposed convolution costs.

    Args:
        block: Pixels along each side of a square.
        **kwargs: As for every Keras layer.

    Source: Shi et al. 2016, "Real-Time Single Image and Video Super-Resolution", arXiv:1609.05158, equation 4.
    Otherwise: the channels of one pixel lie next to each other.

    Example:
        >>> import numpy as np
        >>> np.array(DepthToSpace(2)(np.arange(4.0).reshape(1, 1, 1, 4)))[0, ..., 0].tolist()
        [[0.0, 1.0], [2.0, 3.0]]
    """

    def __init__(self, block: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.block = block

    def call(self, inputs: Any) -> Any:
        """Move channels into pixels.

        Args:
            inputs: (B, H, W, block²·C).

        Returns:
            (B, H·block, W·block, C).
        """
        _, height, width, channels = inputs.shape
        block = self.block
        channels = channels // block**2
        squares = ops.reshape(inputs, (-1, height, width, block, block, channels))
        rows = ops.transpose(squares, (0, 1, 3, 2, 4, 5))
        return ops.reshape(rows, (-1, height * block, width * block, channels))

    def compute_output_shape(self, input_shape: tuple[int, ...]) -> tuple[int, ...]:
        """(B, H·block, W·block, C)."""
        batch, height, width, channels = input_shape
        return (batch, height * self.block, width * self.block, channels // self.block**2)
