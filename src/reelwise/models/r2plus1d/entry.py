"""Catalogue data of ``r2plus1d``: convolution over space, then over time, in residual blocks."""

from collections.abc import Mapping

from reelwise.catalog.cost import Tally
from reelwise.catalog.entry import Argument, ClipDefaults, Entry, Preset, Value
from reelwise.catalog.frame_encoder import DROPOUT_ARGUMENT, NUM_CHANNELS, PICTURE_ARGUMENT


def _count(tally: Tally, shape: tuple[int, ...], arguments: Mapping[str, Value]) -> tuple[int, ...]:
    num_frames, size = shape
    width, frames = int(arguments["width"]), num_frames
    side = tally.conv(
        (size, size), (NUM_CHANNELS[str(arguments["picture"])], width), (5, 5), strides=(2, 2), times=frames
    )
    tally.conv((frames, side[0] * side[1]), (width, width), (3, 1))
    channels = width
    for step in range(int(arguments["num_blocks"])):
        filters, stride = width << step, 1 if step == 0 else 2
        tally.conv(side, (channels, filters), (1, 1), strides=(2, 2), times=frames)
        side = tally.conv(side, (channels, filters), (3, 3), strides=(2, 2), times=frames)
        places = side[0] * side[1]
        if stride > 1:
            tally.conv((frames, places), (filters, filters), (1, 1), strides=(stride, 1))
        frames, _ = tally.conv((frames, places), (filters, filters), (3, 1), strides=(stride, 1))
        channels = filters
    return (channels,)


_SMALL = {"picture": "rgb_motion", "width": 16, "num_blocks": 4, "dropout": 0.4}

ENTRY = Entry(
    name="r2plus1d",
    summary="Residual blocks of convolution over space, then over time; sees short movements early.",
    purpose="Hundreds of clips per class where movement and looks both matter; the strongest of the larger ones.",
    builder="reelwise.models.r2plus1d.backbone:build",
    arguments={
        "picture": PICTURE_ARGUMENT,
        "width": Argument("channels of the first block; doubled in each next one", int, 4, 128),
        "num_blocks": Argument("residual blocks, each halving the picture", int, 1, 5),
        "dropout": DROPOUT_ARGUMENT,
    },
    presets={
        "small": Preset(_SMALL, ClipDefaults(16, 112, 96)),
        "base": Preset({**_SMALL, "width": 32}, ClipDefaults(16, 128, 112)),
    },
    count=_count,
)
