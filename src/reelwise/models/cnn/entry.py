"""Catalogue data of ``cnn``: every frame looked at alone, then averaged over time."""

from reelwise.catalog.entry import ClipDefaults, Entry, Preset
from reelwise.catalog.frame_encoder import ENCODER_ARGUMENTS

_SMALL = {"picture": "rgb", "width": 16, "num_convs": 4, "features": 128, "dropout": 0.4}

ENTRY = Entry(
    name="cnn",
    summary="A convolutional network looks at every frame; mean and maximum over time decide.",
    purpose="What is seen matters and its order does not: scenes, objects, posture.",
    builder="reelwise.models.cnn.backbone:build",
    arguments=ENCODER_ARGUMENTS,
    presets={
        "small": Preset(_SMALL, ClipDefaults(8, 112, 96)),
        "base": Preset({**_SMALL, "width": 32, "features": 256}, ClipDefaults(8, 128, 112)),
    },
)
