"""Strided convolutions over time and bands, then mean and maximum over the time that has sound."""

from typing import Any

from keras import layers

from reelwise.catalog.audio_cnn import BAND_KERNELS
from reelwise.catalog.frame_encoder import squeezed_channels
from reelwise.layers import MeanPresent, MostPresent, SoundPicture
from reelwise.models.hearing import mask_of, normed_conv, sound_conv


def build(sound: Any, present: Any, *, width: int, num_convs: int, features: int) -> tuple[Any]:
    """Features of a clip's sound, whatever its order over seconds.

    Bands are laid flat rather than averaged: which of them sounds says what it is.

    Args:
        sound: (B, M, F) float32 natural-log mel.
        present: (B, M) float32: 1 where there is real sound.
        width: Channels of the first convolution; doubled in each next one.
        num_convs: Strided convolutions.
        features: D, numbers that describe one stretch of time.

    Returns:
        One stream: (B, 2*D), zeros where there is no sound at all.
    """
    x, mask = SoundPicture(dtype="float32", name="sound_picture")([sound, present]), mask_of(present)
    for step in range(num_convs):
        x, mask = sound_conv(x, mask, width << step, step, (BAND_KERNELS[min(step, 1)], 2))
    x = normed_conv(x, squeezed_channels(x.shape[-1]), (1, 1), (1, 1), "sound_squeeze")
    steps, bands, channels = x.shape[1:]
    x = layers.Reshape((steps, bands * channels), name="sound_bands")(x)
    x = layers.Dense(features, activation="relu", name="sound_features")(x)  # (B, M', D)
    there = layers.Reshape((steps,), dtype="float32", name="sound_steps")(mask)
    mean = MeanPresent(name="sound_mean")([x, there])
    most = MostPresent(name="sound_most")([x, there])
    return (layers.Concatenate(name="sound_over_time")([mean, most]),)
