"""Catalogue data of ``audio_lstm``: an LSTM over the spectrogram of a clip's sound."""

from collections.abc import Mapping

from reelwise.catalog.cost import Tally
from reelwise.catalog.entry import Argument, Entry, Preset, Value
from reelwise.catalog.frame_encoder import DROPOUT_ARGUMENT
from reelwise.catalog.sound_steps import CLIP, FEATURES_ARGUMENT, WIDTH_ARGUMENT, count_stretches

NUM_CONVS = 2


def _count(tally: Tally, shape: tuple[int, ...], arguments: Mapping[str, Value]) -> tuple[int, ...]:
    features = int(arguments["features"])
    steps = count_stretches(tally, shape, int(arguments["width"]), NUM_CONVS, features)
    return (tally.recurrent("lstm", features, int(arguments["units"]), steps),)


_SMALL = {"width": 16, "features": 64, "units": 64, "dropout": 0.4}

ENTRY = Entry(
    name="audio_lstm",
    summary="Convolutions over the log-mel spectrogram, then an LSTM that reads it in order, 80 ms at a time.",
    purpose="The order of sounds over seconds tells the classes apart: rising or falling, first this and then that.",
    builder="reelwise.models.audio_lstm.backbone:build",
    arguments={
        "width": WIDTH_ARGUMENT,
        "features": FEATURES_ARGUMENT,
        "units": Argument("size of the recurrent state", int, 4, 1024),
        "dropout": DROPOUT_ARGUMENT,
    },
    presets={
        "small": Preset(_SMALL, CLIP),
        "base": Preset({**_SMALL, "width": 32, "features": 128, "units": 192}, CLIP),
    },
    count=_count,
    modality="sound",
    input_kind="log_mel",
)
