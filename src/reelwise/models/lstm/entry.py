"""Catalogue data of ``lstm``: a recurrent network over descriptors of the frames."""

from collections.abc import Mapping

from reelwise.catalog.cost import Tally
from reelwise.catalog.entry import Argument, ClipDefaults, Entry, Preset, Value
from reelwise.catalog.frame_encoder import DROPOUT_ARGUMENT


def _count(tally: Tally, shape: tuple[int, ...], arguments: Mapping[str, Value]) -> tuple[int, ...]:
    num_frames, _ = shape
    features = int(arguments["num_descriptors"])
    tally.norm(features)
    return (tally.recurrent("lstm", features, int(arguments["units"]), num_frames),)


ENTRY = Entry(
    name="lstm",
    summary="An LSTM over hand-made descriptors of every frame; nothing convolutional is learned.",
    purpose="The fastest to train, and a measure of what learned features are worth.",
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
    count=_count,
    input_kind="frame_descriptors",
)
