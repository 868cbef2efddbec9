"""What the models that hear have in common: strided convolutions that keep time, and what they cost."""

from reelwise.catalog.cost import Tally
from reelwise.catalog.entry import Argument, ClipDefaults

TIME_STRIDES = (4, 2)
"""Of the first convolution and of each next one."""

CLIP = ClipDefaults(33, 96, 84)
"""The clips of ``motion``, so that both share the kept frames and the baselines that look at them."""

WIDTH_ARGUMENT = Argument("channels of the first convolution; doubled in each next one", int, 4, 128)


def time_stride(step: int) -> int:
    """Stride over time of a convolution, counted from 0."""
    return TIME_STRIDES[min(step, 1)]


def time_kernel(step: int) -> int:
    """Steps that a convolution spans, counted from 0: nearly two strides, so that neighbours overlap."""
    return 2 * time_stride(step) - 1


def count_sound_conv(
    tally: Tally, side: tuple[int, int], channels: tuple[int, int], step: int, bands: tuple[int, int]
) -> tuple[int, int]:
    """Adds one convolution over sound to a tally.

    Args:
        tally: What to add to.
        side: Steps and bands that go in.
        channels: In and out.
        step: Which convolution, from 0.
        bands: Kernel and stride over bands.

    Returns:
        Steps and bands that come out.
    """
    kernel, strides = (time_kernel(step), bands[0]), (time_stride(step), bands[1])
    return tally.conv(side, channels, kernel, strides=strides, norm_weights=2)
