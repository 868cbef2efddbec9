"""Catalogue data of ``audio_cnn``: a convolutional network over the spectrogram of a clip's sound."""

from collections.abc import Mapping

from reelwise.catalog.cost import Tally
from reelwise.catalog.entry import Argument, Entry, Preset, Value
from reelwise.catalog.frame_encoder import DROPOUT_ARGUMENT
from reelwise.catalog.sound_steps import CLIP, FEATURES_ARGUMENT, WIDTH_ARGUMENT, count_stretches


def _count(tally: Tally, shape: tuple[int, ...], arguments: Mapping[str, Value]) -> tuple[int, ...]:
    features = int(arguments["features"])
    count_stretches(tally, shape, int(arguments["width"]), int(arguments["num_convs"]), features)
    return (2 * features,)


_SMALL = {"width": 16, "num_convs": 3, "features": 64, "dropout": 0.4}

ENTRY = Entry(
    name="audio_cnn",
    summary="A convolutional network over the log-mel spectrogram; mean and maximum over the time that has sound.",
    purpose="What is heard matters and its order over seconds does not: voices, machines, places. Needs few clips.",
    builder="reelwise.models.audio_cnn.backbone:build",
    arguments={
        "width": WIDTH_ARGUMENT,
        "num_convs": Argument("strided convolutions, each halving the bands", int, 1, 5),
        "features": FEATURES_ARGUMENT,
        "dropout": DROPOUT_ARGUMENT,
    },
    presets={
        "small": Preset(_SMALL, CLIP),
        "base": Preset({**_SMALL, "width": 32, "features": 192}, CLIP),
    },
    count=_count,
    modality="sound",
    input_kind="log_mel",
)
