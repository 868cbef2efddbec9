"""Catalogue data of ``audio_lstm``: an LSTM over the spectrogram of a clip's sound."""

from reelwise.catalog.entry import Argument, Entry, Preset
from reelwise.catalog.frame_encoder import DROPOUT_ARGUMENT
from reelwise.catalog.sound_steps import CLIP, FEATURES_ARGUMENT, TRAINING, WIDTH_ARGUMENT

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
    training=TRAINING,
    modality="sound",
    input_kind="log_mel",
)
