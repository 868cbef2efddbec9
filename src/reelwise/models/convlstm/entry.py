"""Catalogue data of ``convlstm``: a recurrent state that is a picture, for labels and for frames."""

from collections.abc import Mapping
from typing import cast

from reelwise.catalog.entry import Argument, ClipDefaults, Entry, Preset, Shape, Value
from reelwise.catalog.frame_encoder import DROPOUT_ARGUMENT, PICTURE_ARGUMENT
from reelwise.catalog.training import TrainingDefaults
from reelwise.core.errors import UsageError

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


def _check_shape(shape: Shape, arguments: Mapping[str, Value]) -> None:
    side, patch = shape[1], cast(int, arguments["patch"])
    if side % patch:
        sizes = f"--size {side - side % patch} or {side - side % patch + patch}" if side > patch else f"--size {patch}"
        text = f"convlstm_prediction: frames of {side} pixels cannot be divided into squares of {patch}."
        raise UsageError(text, hint=f"Use {sizes}.")


_NANO: dict[str, Value] = {
    "patch": 4,
    "units": 32,
    "num_layers": 2,
    "kernel_size": 3,
    "adds_to_last_frame": True,
}

PREDICTION = Entry(
    name="convlstm_prediction",
    summary="LSTMs whose states are pictures read frame after frame, and then what they predicted themselves.",
    purpose="To predict the frames that follow; slower to train than simvp, and sees no frame before its time.",
    builder="reelwise.models.convlstm.predictor:build",
    arguments={
        "patch": Argument("side of the squares of pixels that become channels; 1 for none", int, 1, 8),
        "units": Argument("channels of each recurrent state", int, 4, 256),
        "num_layers": Argument("LSTMs, one on top of the other", int, 1, 6),
        "kernel_size": Argument("side of the convolutions, in patches", int, 1, 11),
        "adds_to_last_frame": Argument("whether the change from frame to frame is predicted, not whole frames", bool),
    },
    presets={
        "small": Preset({**_NANO, "units": 48, "num_layers": 3}, ClipDefaults(8, 64, 64)),
        "nano": Preset(_NANO, ClipDefaults(8, 32, 32)),
        "base": Preset({**_NANO, "units": 128, "num_layers": 4, "kernel_size": 5}, ClipDefaults(8, 64, 64)),
    },
    training=TrainingDefaults(clip_rounds=30_000, max_epochs=300, batch_size=16, learning_rate=2e-3, augment="none"),
    check_shape=_check_shape,
    gives="frames",
    short_name="convlstm",
)
