"""What the models that hear have in common: strided convolutions that keep time, and what they cost."""

from reelwise.catalog.cost import Tally
from reelwise.catalog.entry import Argument, ClipDefaults
from reelwise.catalog.frame_encoder import squeeze_channels

TIME_STRIDES = (4, 2)
"""Of the first convolution and of each next one."""

BAND_KERNELS = (5, 3)
"""Bands that the first convolution spans, and each next one."""

CLIP = ClipDefaults(33, 96, 84)
"""The clips of ``motion``, so that both share the kept frames and the baselines that look at them."""

WIDTH_ARGUMENT = Argument("channels of the first convolution; doubled in each next one", int, 4, 128)
FEATURES_ARGUMENT = Argument("numbers that describe one stretch of time", int, 8, 1024)


def time_stride(step: int) -> int:
    """Stride over time of a convolution, counted from 0."""
    return TIME_STRIDES[min(step, 1)]


def time_kernel(step: int) -> int:
    """Steps that a convolution spans, counted from 0: nearly two strides, so that neighbours overlap."""
    return 2 * time_stride(step) - 1


def count_stretches(tally: Tally, shape: tuple[int, ...], width: int, num_convs: int, features: int) -> int:
    """Adds :func:`reelwise.models.hearing.hear_stretches` to a tally.

    Args:
        tally: What to add to.
        shape: Steps and bands that go in.
        width: Channels of the first convolution.
        num_convs: Strided convolutions.
        features: Numbers that describe one stretch.

    Returns:
        How many stretches there are.
    """
    side, channels = (shape[0], shape[1]), 2
    for step in range(num_convs):
        kernel, strides = (time_kernel(step), BAND_KERNELS[min(step, 1)]), (time_stride(step), 2)
        side = tally.conv(side, (channels, width << step), kernel, strides=strides, norm_weights=2)
        channels = width << step
    num_channels = squeeze_channels(channels)
    tally.conv(side, (channels, num_channels), (1, 1), norm_weights=2)
    tally.dense(side[1] * num_channels, features, times=side[0])
    return side[0]
