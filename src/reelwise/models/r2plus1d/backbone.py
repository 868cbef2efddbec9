"""Residual blocks of (2+1)D convolution: over space first, then over time, both as 2-D convolutions."""

from typing import Any

from keras import layers

from reelwise.models.base import conv_over_space, conv_over_time, picture_channels


def build(clips: Any, *, picture: str, width: int, num_blocks: int) -> tuple[Any]:
    """Features of a clip, mean over place and time.

    Args:
        clips: (B, T, H, W, 3) uint8 RGB.
        picture: Input of the first convolution; see :func:`reelwise.models.base.picture_channels`.
        width: Channels of the first block; doubled in each next one.
        num_blocks: Residual blocks.

    Returns:
        One stream: (B, C) with C channels of the last block.

    Source: Tran et al. 2018, "A Closer Look at Spatiotemporal Convolutions for Action Recognition", arXiv:1711.11248,
    section 3.5. Otherwise: strides in the space convolution, no pooling, and C channels between space and time instead
    of their formula.
    """
    x = picture_channels(clips, picture)
    x = conv_over_space(x, width, 5, "stem_space", stride=2)
    x = conv_over_time(x, width, 3, "stem_time")
    for step in range(num_blocks):
        x = _residual(x, width << step, f"block_{step + 1}", time_stride=1 if step == 0 else 2)
    frames, height, across, channels = x.shape[1:]
    x = layers.Reshape((frames, height * across, channels), name="places")(x)
    return (layers.GlobalAveragePooling2D(name="mean")(x),)


def _residual(inputs: Any, filters: int, name: str, time_stride: int) -> Any:
    x = conv_over_space(inputs, filters, 3, f"{name}_space", stride=2)
    x = conv_over_time(x, filters, 3, f"{name}_time", stride=time_stride, activation=None)
    shortcut = conv_over_space(inputs, filters, 1, f"{name}_short_space", stride=2, activation=None)
    if time_stride > 1:
        shortcut = conv_over_time(shortcut, filters, 1, f"{name}_short_time", stride=time_stride, activation=None)
    return layers.ReLU(name=f"{name}_relu")(layers.Add(name=f"{name}_add")([x, shortcut]))
