"""What a clip looks like apart from motion: edge directions and coarse colours, computed inside the network."""

import math
from typing import Any

import keras

from reelwise.layers.filters import BLUR, SLOPE, SMOOTH, filter_channels, grey_in_channels
from reelwise.layers.plain_layer import PlainLayer, ops

_MARGIN = 12
"""Pixels along each side that filters take off, as many as those of ``FlowHistograms``: cells of both coincide."""

_COLOUR_PLACES = 5
"""Cells along each side of the coarse colour map."""

_NUM_SAMPLES = 8
"""Frames of a clip that are averaged; neighbours look alike, so more of them add time and no information."""

_MULTIPLY_ADDS_PER_PIXEL = 40
"""About: grey 3, blur 10, slopes 12, doubled angle 7, cells and colours 8."""

# Outlines have length 1; the dense layer behind trains at the pace of the others when they are about 10.
_OUTLINE_SCALE, _COLOUR_SCALE = 10.0, 5.0


# Registered under its first name, which files written by Keras hold.
@keras.saving.register_keras_serializable("reelwise", name="StillHistograms")
class AppearanceHistograms(PlainLayer):
    """Histograms of edge directions in square cells, and 5 x 5 mean colours, averaged over about 8 frames of the clip.

    A direction and its opposite are the same edge, whichever side is brighter. The mean is subtracted from colours, so
    that a brighter day does not change the class. No weights.

    Args:
        cell: Side of a cell in pixels.
        **kwargs: As for every Keras layer.

    Source: Dalal and Triggs 2005, "Histograms of oriented gradients for human detection", CVPR, section 6. Otherwise:
    four bins by the doubled angle, square roots, and one normalisation for the whole frame instead of blocks.

    Example:
        >>> import numpy as np
        >>> tuple(AppearanceHistograms()(np.zeros((2, 9, 84, 84, 3), "uint8")).shape)
        (2, 399)
    """

    def __init__(self, cell: int = 8, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.cell = cell

    def call(self, inputs: Any) -> Any:
        """Measure edges and colours.

        Args:
            inputs: (B, T, H, W, 3) uint8 RGB.

        Returns:
            (B, h*w*4 + colours) float32; outlines of length 10, colours at most of length 5.
        """
        step = max(1, inputs.shape[1] // _NUM_SAMPLES)
        frames = inputs[:, min(2, step // 2) :: step]
        outlines, colours = self._outlines(frames), _colours(frames)
        flat = [ops.reshape(part, (-1, math.prod(part.shape[1:]))) for part in (outlines, colours)]
        return ops.concatenate(flat, axis=-1)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """(B, h*w*4 + colours)."""
        batch, _, height, width, _ = input_shape
        places = math.prod((side - _MARGIN) // self.cell for side in (height, width))
        step = min(height, width) // _COLOUR_PLACES
        return (batch, 4 * places + 3 * (height // step) * (width // step))

    def multiply_adds(self, input_shape: Any) -> int:
        """Those of the edges, counted at every pixel of the frames that are sampled."""
        _, _, height, width, _ = input_shape
        return _MULTIPLY_ADDS_PER_PIXEL * _NUM_SAMPLES * height * width

    def _outlines(self, frames: Any) -> Any:
        """(B, h, w, 4): strength of the edges of each direction in each cell."""
        border = (_MARGIN - 6) // 2  # what the flow loses, so that cells of both coincide
        grey = grey_in_channels(frames)[:, border:-border, border:-border]
        grey = filter_channels(grey, BLUR, BLUR)
        right, down = filter_channels(grey, SMOOTH, SLOPE), filter_channels(grey, SLOPE, SMOOTH)
        strength = ops.sqrt(right * right + down * down + 1e-6)
        cosine, sine = (right * right - down * down) / strength, 2.0 * right * down / strength
        parts = [self._cells(ops.relu(part)) for part in (cosine, sine, -cosine, -sine)]
        return _unit_length(ops.sqrt(ops.stack(parts, axis=-1) + 1e-6), 1e-3) * _OUTLINE_SCALE

    def _cells(self, values: Any) -> Any:
        return ops.mean(ops.average_pool(values, self.cell, strides=self.cell, padding="valid"), axis=-1)


def _colours(frames: Any) -> Any:
    """(B, 5, 5, 3): the mean colour of each cell minus that of the frame."""
    picture = ops.mean(ops.cast(frames, "float32"), axis=1) / 255.0
    step = min(picture.shape[1:3]) // _COLOUR_PLACES
    colours = ops.average_pool(picture, step, strides=step, padding="valid")
    colours = colours - ops.mean(colours, axis=(1, 2, 3), keepdims=True)
    length = ops.sqrt(ops.sum(colours * colours, axis=(1, 2, 3), keepdims=True)) + 0.1
    return colours / length * _COLOUR_SCALE


def _unit_length(values: Any, floor: float) -> Any:
    return values / ops.sqrt(ops.sum(values * values, axis=(1, 2, 3), keepdims=True) + floor)
