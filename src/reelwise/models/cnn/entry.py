"""Catalogue data of ``cnn``: a convolutional network for each frame, averaged over time."""

from reelwise.catalog.entry import ClipDefaults, Entry, Preset
from reelwise.catalog.frame_encoder import ENCODER_ARGUMENTS

_SMALL = {"picture": "rgb", "width": 16, "num_convs": 4, "pooling": "none", "features": 128, "dropout": 0.4}

ENTRY = Entry(
    name="cnn",
    summary="A convolutional network encodes every frame; their mean and maximum over time are classified.",
    purpose="What the frames show matters and their order does not: scenes, objects, posture.",
    builder="reelwise.models.cnn.backbone:build",
    arguments=ENCODER_ARGUMENTS,
    presets={
        "small": Preset(_SMALL, ClipDefaults(8, 112, 96)),
        "base": Preset({**_SMALL, "width": 32, "features": 256}, ClipDefaults(8, 128, 112)),
    },
)
