"""Fixed filters over many channels at once; time lies in the channels, so one pass serves all frames of a clip."""

from typing import Any

import numpy as np

from reelwise.layers.plain_layer import ops

LUMA = (0.299, 0.587, 0.114)
"""Shares of red, green and blue in brightness: ITU-R BT.601."""

_GAUSS = np.exp(-(np.arange(-2, 3) ** 2) / 2.0)
BLUR = _GAUSS / _GAUSS.sum()
"""A Gaussian of standard deviation 1 pixel: sensor noise would otherwise count as motion."""

SMOOTH = np.array([0.25, 0.5, 0.25])
SLOPE = np.array([-0.5, 0.0, 0.5])
"""Central difference; with ``SMOOTH`` across it makes a Sobel operator."""


def grey_in_channels(clips: Any) -> Any:
    """Grey frames with time as their channels.

    Args:
        clips: (B, T, H, W, 3) uint8 RGB.

    Returns:
        (B, H, W, T) float32, 0 to 255.
    """
    rgb = ops.cast(clips, "float32")
    red, green, blue = (rgb[..., i] * weight for i, weight in enumerate(LUMA))
    return ops.transpose(red + green + blue, (0, 2, 3, 1))


def filter_channels(values: Any, vertical: np.ndarray, horizontal: np.ndarray) -> Any:
    """A fixed separable filter over every channel, without padding.

    Args:
        values: (B, H, W, C) float32.
        vertical: (m,) weights down.
        horizontal: (n,) weights across.

    Returns:
        (B, H-m+1, W-n+1, C).
    """
    channels = values.shape[-1]
    down = np.repeat(vertical.astype("float32").reshape(-1, 1, 1, 1), channels, axis=2)
    across = np.repeat(horizontal.astype("float32").reshape(1, -1, 1, 1), channels, axis=2)
    return ops.depthwise_conv(ops.depthwise_conv(values, down, padding="valid"), across, padding="valid")
