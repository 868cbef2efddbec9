"""Catalogue data of ``lstm``: a recurrent network over descriptors of the frames."""

from reelwise.catalog.entry import Argument, ClipDefaults, Entry, Preset
from reelwise.catalog.frame_encoder import DROPOUT_ARGUMENT

ENTRY = Entry(
    name="lstm",
    summary="An LSTM over hand-made descriptors of every frame; no convolution is trained.",
    purpose="The fastest to train, and the baseline that shows what learned features add.",
    builder="reelwise.models.lstm.backbone:build",
    arguments={
        "units": Argument("size of the recurrent state", int, 4, 1024),
        "num_descriptors": Argument("numbers per frame; fixed by reelwise.features.frame_descriptors", int, 1, 4096),
        "dropout": DROPOUT_ARGUMENT,
    },
    presets={
        "small": Preset({"units": 64, "num_descriptors": 258, "dropout": 0.4}, ClipDefaults(24, 96, 96)),
        "base": Preset({"units": 192, "num_descriptors": 258, "dropout": 0.4}, ClipDefaults(32, 96, 96)),
    },
    input_kind="frame_descriptors",
)
