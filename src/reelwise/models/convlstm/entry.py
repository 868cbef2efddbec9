"""Catalogue data of ``convlstm``: a recurrent state that is a picture."""

from reelwise.catalog.entry import Argument, ClipDefaults, Entry, Preset
from reelwise.catalog.frame_encoder import DROPOUT_ARGUMENT, PICTURE_ARGUMENT

_SMALL = {"picture": "rgb_motion", "width": 16, "num_convs": 3, "units": 32, "dropout": 0.4}

ENTRY = Entry(
    name="convlstm",
    summary="Strided convolutions, then an LSTM whose state is a picture: it remembers what was where.",
    purpose="Movement over a few frames in places that matter; slower than cnn_lstm.",
    builder="reelwise.models.convlstm.backbone:build",
    arguments={
        "picture": PICTURE_ARGUMENT,
        "width": Argument("channels of the first convolution; doubled in each next one", int, 4, 128),
        "num_convs": Argument("strided convolutions before the recurrence", int, 1, 6),
        "units": Argument("channels of the recurrent state", int, 4, 256),
        "dropout": DROPOUT_ARGUMENT,
    },
    presets={
        "small": Preset(_SMALL, ClipDefaults(16, 112, 96)),
        "base": Preset({**_SMALL, "width": 24, "units": 64}, ClipDefaults(16, 128, 112)),
    },
)
