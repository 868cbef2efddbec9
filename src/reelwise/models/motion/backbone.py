"""Signed differences of frames, strided convolutions, one convolution over time, pooling."""

from typing import Any

from keras import layers

from reelwise.layers import FrameDifferences, TimeFold, TimeUnfold
from reelwise.models.base import conv_block


def build(clips: Any, *, width: int, num_convs: int, temporal_kernel: int) -> Any:
    """Features of what moves in a clip.

    Args:
        clips: (B, T, H, W, 3) uint8 RGB.
        width: Channels of the first convolution.
        num_convs: Strided convolutions.
        temporal_kernel: Frames that the convolution over time spans.

    Returns:
        (B, 2*C) with C channels of the last convolution.
    """
    num_frames = clips.shape[1]
    x = TimeFold(name="fold_time")(FrameDifferences(dtype="float32", name="differences")(clips))
    for step in range(num_convs):
        x = conv_block(x, width << step, (3, 3), f"conv_{step + 1}", strides=(2, 2))
    _, height, across, channels = x.shape
    x = TimeUnfold(num_frames, name="unfold_time")(x)
    x = layers.Reshape((num_frames, height * across, channels), name="rows_of_time")(x)  # (B, T, H*W, C)
    x = conv_block(x, channels, (temporal_kernel, 1), "conv_time")
    mean = layers.GlobalAveragePooling2D(name="mean")(x)
    most = layers.GlobalMaxPooling2D(name="max")(x)
    return layers.Concatenate(name="over_time")([mean, most])
