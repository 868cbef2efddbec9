"""Histograms of optical flow in cells: flow in closed form, computed inside the network."""

import math
from typing import Any

import keras
import numpy as np

from reelwise.layers.filters import BLUR, SLOPE, SMOOTH, filter_channels, grey_in_channels
from reelwise.layers.plain_layer import PlainLayer, ops

NUM_DIRECTIONS = 8
"""Directions of a histogram, 45 degrees apart."""

_EPSILON = 1e-6
"""Added before the square root, whose gradient at 0 is infinite."""

_MULTIPLY_ADDS_PER_PIXEL = 129
"""Blur 10, slopes 12, five windowed products 75, solution 12, directions and cells 20."""

_FLOOR = 0.05
"""Added to the root mean square of a direction, so that a clip without motion is not blown up to noise."""


@keras.saving.register_keras_serializable("reelwise")
class FlowHistograms(PlainLayer):
    """Histograms of optical flow over 8 directions in square cells, for every pair of neighbouring frames.

    Flow is solved by least squares in a small window around every pixel; a ridge makes it 0 where there is no texture.
    It is split by direction, averaged over the cell, square-rooted (so that a fast hand does not hide a leaning body)
    and divided by its root mean square over the clip, direction by direction. No weights, so no backward pass.

    Time lies in the channels while it computes: the same filter for all frames is then one vectorised pass.

    Args:
        cell: Side of a cell in pixels.
        window: Side of the least-squares window in pixels.
        ridge: Added to the window's mean squared slopes; a larger one ignores weak texture.
        **kwargs: As for every Keras layer.

    Source: Lucas and Kanade 1981, "An iterative image registration technique with an application to stereo vision",
    IJCAI, here one step without iteration; histograms of flow as in Laptev et al. 2008, "Learning realistic human
    actions from movies", CVPR, here by projection on each direction instead of bins of the angle.

    Example:
        >>> clip = np.zeros((1, 3, 28, 28, 3), "uint8")
        >>> for t in range(3):
        ...     clip[0, t, 8:20, 8 + t : 20 + t] = 255  # a square that goes to the right
        >>> histograms = np.array(FlowHistograms(cell=8)(clip))
        >>> histograms.shape, int(histograms.sum(axis=(0, 1, 2, 3)).argmax())
        ((1, 2, 2, 2, 8), 0)
    """

    def __init__(self, cell: int = 8, window: int = 7, ridge: float = 4.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.cell = cell
        self.window = window
        self.ridge = ridge

    def call(self, inputs: Any) -> Any:
        """Measure the flow.

        Args:
            inputs: (B, T, H, W, 3) uint8 RGB.

        Returns:
            (B, T-1, h, w, 8) float32, not negative, about 1; direction i points to i * 45 degrees, 0 to the right,
            90 downwards.
        """
        across, down = self._flow(filter_channels(grey_in_channels(inputs), BLUR, BLUR))
        histograms = ops.stack(self._by_direction(across, down), axis=-1)  # (B, h, w, T-1, 8)
        return _normalise(ops.transpose(histograms, (0, 3, 1, 2, 4)))

    def compute_output_shape(self, input_shape: Any) -> Any:
        """(B, T-1, h, w, 8); cells that do not fit whole are left out."""
        batch, frames, height, width, _ = input_shape
        margin = self.window + 5  # blur 4, slopes 2, window - 1
        cells = ((side - margin) // self.cell for side in (height, width))
        return (batch, frames - 1, *cells, NUM_DIRECTIONS)

    def multiply_adds(self, input_shape: Any) -> int:
        """Those of the flow, counted at every pixel of every pair of frames."""
        _, frames, height, width, _ = input_shape
        return _MULTIPLY_ADDS_PER_PIXEL * (frames - 1) * height * width

    def _flow(self, grey: Any) -> tuple[Any, Any]:
        """Pixels per frame to the right and downwards, each (B, H', W', T-1)."""
        before, after = grey[..., :-1], grey[..., 1:]
        middle = (before + after) * 0.5
        change = (after - before)[:, 1:-1, 1:-1]
        right, down = filter_channels(middle, SMOOTH, SLOPE), filter_channels(middle, SLOPE, SMOOTH)
        a, b, c = self._mean(right * right) + self.ridge, self._mean(right * down), self._mean(down * down) + self.ridge
        p, q = self._mean(right * change), self._mean(down * change)
        scale = 1.0 / (a * c - b * b)
        return (b * q - c * p) * scale, (b * p - a * q) * scale

    def _mean(self, values: Any) -> Any:
        box = np.full(self.window, 1.0 / self.window)
        return filter_channels(values, box, box)

    def _by_direction(self, across: Any, down: Any) -> list[Any]:
        """The flow along each direction, mean over cells; opposite ones from relu(-p) = relu(p) - p."""
        mean_across, mean_down = self._cells(across), self._cells(down)
        forth, back = [], []
        for step in range(NUM_DIRECTIONS // 2):
            x, y = (float(f(2 * math.pi * step / NUM_DIRECTIONS)) for f in (math.cos, math.sin))
            ahead = self._cells(ops.relu(across * x + down * y))
            forth.append(ahead)
            back.append(ops.relu(ahead - (mean_across * x + mean_down * y)))  # relu against rounding below 0
        return forth + back

    def _cells(self, values: Any) -> Any:
        return ops.average_pool(values, self.cell, strides=self.cell, padding="valid")


def _normalise(histograms: Any) -> Any:
    """Square root, divided by the root mean square of each direction over the clip, (B, T-1, h, w, 8)."""
    roots = ops.sqrt(histograms + _EPSILON)
    return roots / (ops.sqrt(ops.mean(roots * roots, axis=(1, 2, 3), keepdims=True)) + _FLOOR)
