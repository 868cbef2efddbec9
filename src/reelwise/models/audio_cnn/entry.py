"""Catalogue data of ``audio_cnn``: a convolutional network over the spectrogram of a clip's sound."""

from reelwise.catalog.entry import Argument, Entry, Preset
from reelwise.catalog.frame_encoder import DROPOUT_ARGUMENT
from reelwise.catalog.sound_steps import CLIP, FEATURES_ARGUMENT, TRAINING, WIDTH_ARGUMENT

_SMALL = {"width": 16, "num_convs": 3, "features": 64, "dropout": 0.4}

ENTRY = Entry(
    name="audio_cnn",
    summary="A convolutional network over the log-mel spectrogram; mean and maximum over the time that has sound.",
    purpose="What sounds matters and its order over seconds does not: voices, machines, places. Needs few clips.",
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
    training=TRAINING,
    modality="sound",
    input_kind="log_mel",
)
