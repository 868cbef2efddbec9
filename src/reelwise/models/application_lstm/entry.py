"""Catalogue data of ``application_lstm``: an LSTM over what a network trained on photographs says of every frame."""

from collections.abc import Mapping
from dataclasses import dataclass

from reelwise.catalog.cost import Tally
from reelwise.catalog.entry import Argument, ClipDefaults, Entry, Preset, Value
from reelwise.catalog.frame_encoder import DROPOUT_ARGUMENT
from reelwise.core.errors import UsageError

_TILE = 32
_NUM_FEATURES = 1280


@dataclass(frozen=True)
class _Application:
    """What a Keras application without its classifier weighs, and what one frame costs."""

    parameters: int
    multiply_adds_per_tile: int
    multiply_adds_per_frame: int = 0


# Counted from the layers that Keras builds; the squeeze-and-excitation of a frame costs the same at any size.
_APPLICATIONS = {
    "mobilenet_v2": _Application(2_257_984, 6_112_128),
    "efficientnet_v2_b0": _Application(5_919_312, 14_607_648, 1_031_424),
}


def _count(tally: Tally, shape: tuple[int, ...], arguments: Mapping[str, Value]) -> tuple[int, ...]:
    num_frames, size = shape
    if size < _TILE:
        text = f"application_lstm: frames of {size} pixels are too small, expected {_TILE} or more."
        raise UsageError(text, hint="Use --size 48 or more.")
    application = _APPLICATIONS[str(arguments["application"])]
    num_tiles = (-(-size // _TILE)) ** 2
    per_frame = application.multiply_adds_per_tile * num_tiles + application.multiply_adds_per_frame
    tally.ready_made(application.parameters, per_frame * num_frames)
    return (tally.recurrent("lstm", _NUM_FEATURES, int(arguments["units"]), num_frames),)


ENTRY = Entry(
    name="application_lstm",
    summary="An LSTM over the features that a ready-made image network gives of every frame; only the LSTM learns.",
    purpose="When what is in the picture tells the classes apart, and you have weights of the image network.",
    builder="reelwise.models.application_lstm.backbone:build",
    arguments={
        "application": Argument("the Keras application that looks at every frame", str, choices=(*_APPLICATIONS,)),
        "units": Argument("size of the recurrent state", int, 4, 1024),
        "dropout": DROPOUT_ARGUMENT,
    },
    presets={
        "small": Preset({"application": "mobilenet_v2", "units": 64, "dropout": 0.4}, ClipDefaults(16, 112, 96)),
        "base": Preset({"application": "efficientnet_v2_b0", "units": 192, "dropout": 0.4}, ClipDefaults(16, 144, 128)),
    },
    count=_count,
    licence="of the image network's weights, which you give or let Keras download: none come with Reelwise",
    frozen_extractor=True,
)
