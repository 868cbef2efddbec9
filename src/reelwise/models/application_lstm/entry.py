"""Catalogue data of ``application_lstm``: an LSTM over the features of a network trained on photographs."""

from collections.abc import Mapping

from reelwise.catalog.entry import Argument, ClipDefaults, Entry, Preset, Shape, Value
from reelwise.catalog.frame_encoder import DROPOUT_ARGUMENT
from reelwise.core.errors import UsageError

_APPLICATIONS = ("mobilenet_v2", "efficientnet_v2_b0")

_SMALLEST_FRAME = 32
"""Pixels along each side: both applications halve the frame five times, and Keras refuses less."""


def _check_shape(shape: Shape, _: Mapping[str, Value]) -> None:
    if shape[1] < _SMALLEST_FRAME:
        text = f"application_lstm: frames of {shape[1]} pixels are too small, expected {_SMALLEST_FRAME} or more."
        raise UsageError(text, hint="Use --size 48 or more.")


ENTRY = Entry(
    name="application_lstm",
    summary="An LSTM over the features of every frame from a pretrained image network; only the LSTM is trained.",
    purpose="When the content of the picture tells the classes apart, and you have weights of the image network.",
    builder="reelwise.models.application_lstm.backbone:build",
    arguments={
        "application": Argument("the Keras application that encodes every frame", str, choices=_APPLICATIONS),
        "units": Argument("size of the recurrent state", int, 4, 1024),
        "dropout": DROPOUT_ARGUMENT,
    },
    presets={
        "small": Preset({"application": "mobilenet_v2", "units": 64, "dropout": 0.4}, ClipDefaults(16, 112, 96)),
        "base": Preset({"application": "efficientnet_v2_b0", "units": 192, "dropout": 0.4}, ClipDefaults(16, 144, 128)),
    },
    licence="of the image network's weights, which you give or let Keras download: none come with Reelwise",
    frozen_extractor=True,
    check_shape=_check_shape,
)
