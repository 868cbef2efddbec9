"""Catalogue data of ``motion``: made for small sets of clips, where the camera stands still and people move."""

from collections.abc import Mapping

from reelwise.catalog.cost import Tally
from reelwise.catalog.entry import Argument, ClipDefaults, Entry, Preset, Value
from reelwise.catalog.frame_encoder import DROPOUT_ARGUMENT


def _count(tally: Tally, num_frames: int, size: int, arguments: Mapping[str, Value]) -> int:
    channels, side, width = 2, (size, size), int(arguments["width"])
    for step in range(int(arguments["num_convs"])):
        side = tally.conv(side, (channels, width << step), (3, 3), strides=(2, 2), times=num_frames)
        channels = width << step
    tally.conv((num_frames, side[0] * side[1]), (channels, channels), (int(arguments["temporal_kernel"]), 1))
    return 2 * channels


ENTRY = Entry(
    name="motion",
    summary="Sees only what moves: signed differences of grey frames, a few strided convolutions, one over time.",
    purpose="Few clips (tens per class), and classes that differ in what is done rather than where.",
    builder="reelwise.models.motion.backbone:build",
    arguments={
        "width": Argument("channels of the first convolution; doubled in each next one", int, 4, 128),
        "num_convs": Argument("strided convolutions, each halving the picture", int, 1, 6),
        "temporal_kernel": Argument("frames that the convolution over time spans", int, 1, 15),
        "dropout": DROPOUT_ARGUMENT,
    },
    presets={
        "small": Preset({"width": 16, "num_convs": 4, "temporal_kernel": 5, "dropout": 0.5}, ClipDefaults(24, 80, 72))
    },
    count=_count,
)
