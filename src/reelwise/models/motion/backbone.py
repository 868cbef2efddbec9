"""Flow histograms, then blocks of convolution over space and over time, then what stays over time."""

from typing import Any

from keras import layers

from reelwise.layers import FlowHistograms, StillHistograms
from reelwise.models.base import conv_over_space, conv_over_time


def build(clips: Any, *, cell: int, width: int, num_blocks: int, still: bool) -> tuple[Any, ...]:
    """Features of what moves in a clip: the coarse place is kept, the order over the whole clip is not.

    Args:
        clips: (B, T, H, W, 3) uint8 RGB.
        cell: Side of a flow cell in pixels.
        width: Channels of the first block; doubled in each next one.
        num_blocks: Blocks, each halving space and time.
        still: Whether a second stream looks at the still picture.

    Returns:
        One or two streams, each (B, D).
    """
    x = FlowHistograms(cell, dtype="float32", name="flow")(clips)  # (B, T-1, h, w, 8)
    for step in range(num_blocks):
        x = conv_over_space(x, width << step, 3, f"space_{step + 1}", stride=2)
        x = conv_over_time(x, width << step, 3, f"time_{step + 1}", stride=2)
    frames, *place = x.shape[1:]  # (B, T', h', w', C)
    size = place[0] * place[1] * place[2]
    x = layers.Reshape((frames, size), name="place_by_place")(x)
    mean = layers.GlobalAveragePooling1D(name="mean_over_time")(x)
    most = layers.GlobalMaxPooling1D(name="max_over_time")(x)
    moving = layers.Concatenate(name="over_time")([mean, most])
    return (moving, StillHistograms(cell, dtype="float32", name="still")(clips)) if still else (moving,)
