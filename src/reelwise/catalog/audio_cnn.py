"""Catalogue data of ``audio_cnn``: a convolutional network over the spectrogram of a clip's sound."""

from collections.abc import Mapping

from reelwise.catalog.cost import Tally
from reelwise.catalog.entry import Argument, Entry, Preset, Value
from reelwise.catalog.frame_encoder import DROPOUT_ARGUMENT, squeezed_channels
from reelwise.catalog.sound_steps import CLIP, WIDTH_ARGUMENT, count_sound_conv

BAND_KERNELS = (5, 3)
"""Bands that the first convolution spans, and each next one."""


def _count(tally: Tally, shape: tuple[int, ...], arguments: Mapping[str, Value]) -> tuple[int, ...]:
    side, channels = (shape[0], shape[1]), 2
    for step in range(int(arguments["num_convs"])):
        width = int(arguments["width"]) << step
        side = count_sound_conv(tally, side, (channels, width), step, (BAND_KERNELS[min(step, 1)], 2))
        channels = width
    squeezed = squeezed_channels(channels)
    tally.conv(side, (channels, squeezed), (1, 1), norm_weights=2)
    return (2 * tally.dense(side[1] * squeezed, int(arguments["features"]), times=side[0]),)


_SMALL = {"width": 16, "num_convs": 3, "features": 64, "dropout": 0.4}

ENTRY = Entry(
    name="audio_cnn",
    summary="A convolutional network over the log-mel spectrogram; mean and maximum over the time that has sound.",
    purpose="What is heard matters and its order over seconds does not: voices, machines, places. Needs few clips.",
    builder="reelwise.models.audio_cnn.backbone:build",
    arguments={
        "width": WIDTH_ARGUMENT,
        "num_convs": Argument("strided convolutions, each halving the bands", int, 1, 5),
        "features": Argument("numbers that describe one stretch of time", int, 8, 1024),
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
