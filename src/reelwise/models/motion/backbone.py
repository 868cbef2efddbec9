"""Flow histograms, then blocks of convolution over space and over time, then mean and maximum over time."""

from typing import Any

from keras import layers

from reelwise.layers import AppearanceHistograms, FlowHistograms
from reelwise.models.base import conv_over_space, conv_over_time


def build(clips: Any, *, cell: int, width: int, num_blocks: int, still: bool) -> tuple[Any, ...]:
    """Features of the motion in a clip: they keep the coarse place and lose the order over the whole clip.

    Args:
        clips: (B, T, H, W, 3) uint8 RGB.
        cell: Side of a flow cell in pixels.
        width: Channels of the first block; doubled in each next one.
        num_blocks: Blocks, each halving space and time.
        still: Whether a second stream describes the appearance, whatever moves.

    Returns:
        One or two streams, each (B, D).

    Source: the (2+1)D blocks of Tran et al. 2018, arXiv:1711.11248, over flow instead of colours: with tens of clips
    per class a network on colours learned the places (LOG.md).
    """
    x = FlowHistograms(cell, dtype="float32", name="flow")(clips)  # (B, T-1, h, w, 8)
    for step in range(num_blocks):
        x = conv_over_space(x, width << step, 3, f"space_{step + 1}", stride=2)
        x = conv_over_time(x, width << step, 3, f"time_{step + 1}", stride=2)
    frames, *place = x.shape[1:]  # (B, T', h', w', C)
    size = place[0] * place[1] * place[2]
    x = layers.Reshape((frames, size), name="place_by_place")(x)
    mean = layers.GlobalAveragePooling1D(name="mean_over_time")(x)
    maximum = layers.GlobalMaxPooling1D(name="max_over_time")(x)
    motion = layers.Concatenate(name="over_time")([mean, maximum])
    if not still:
        return (motion,)
    return (motion, AppearanceHistograms(cell, dtype="float32", name="still")(clips))
