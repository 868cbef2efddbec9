"""Catalogue data of ``r2plus1d``: convolution over space, then over time, in residual blocks."""

from reelwise.catalog.entry import Argument, ClipDefaults, Entry, Preset
from reelwise.catalog.frame_encoder import DROPOUT_ARGUMENT, PICTURE_ARGUMENT

_SMALL = {"picture": "rgb_motion", "width": 16, "num_blocks": 4, "dropout": 0.4}

ENTRY = Entry(
    name="r2plus1d",
    summary="Residual blocks of convolution over space, then over time; the early blocks react to short movements.",
    purpose="Hundreds of clips per class where movement and appearance both matter; the strongest of the larger ones.",
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
)
