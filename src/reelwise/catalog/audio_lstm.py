"""Catalogue data of ``audio_lstm``: an LSTM over the spectrogram of a clip's sound."""

from collections.abc import Mapping

from reelwise.catalog.cost import Tally
from reelwise.catalog.entry import Argument, Entry, Preset, Value
from reelwise.catalog.frame_encoder import DROPOUT_ARGUMENT
from reelwise.catalog.sound_steps import CLIP, count_sound_conv

NUM_CONVS = 2


def _count(tally: Tally, shape: tuple[int, ...], arguments: Mapping[str, Value]) -> tuple[int, ...]:
    side, channels, width = (shape[0], 1), shape[1] + 1, int(arguments["width"])
    for step in range(NUM_CONVS):
        side = count_sound_conv(tally, side, (channels, width), step, (1, 1))
        channels = width
    return (tally.recurrent("lstm", width, int(arguments["units"]), side[0]),)


_SMALL = {"width": 64, "units": 64, "dropout": 0.4}

ENTRY = Entry(
    name="audio_lstm",
    summary="An LSTM reads the log-mel spectrogram in order, 80 ms at a time.",
    purpose="The order of sounds over seconds tells the classes apart: rising or falling, first this and then that.",
    builder="reelwise.models.audio_lstm.backbone:build",
    arguments={
        "width": Argument("numbers that the convolutions give of each stretch of time", int, 4, 512),
        "units": Argument("size of the recurrent state", int, 4, 1024),
        "dropout": DROPOUT_ARGUMENT,
    },
    presets={
        "small": Preset(_SMALL, CLIP),
        "base": Preset({**_SMALL, "width": 128, "units": 192}, CLIP),
    },
    count=_count,
    modality="sound",
    input_kind="log_mel",
)
