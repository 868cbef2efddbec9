"""Strided convolutions over time and bands, then mean and maximum over the time that has sound."""

from typing import Any

from keras import layers

from reelwise.layers import MeanPresent, MostPresent
from reelwise.models.hearing import hear_stretches


def build(sound: Any, present: Any, *, width: int, num_convs: int, features: int) -> tuple[Any]:
    """Features of a clip's sound, whatever its order over seconds.

    Args:
        sound: (B, M, F) float32 natural-log mel.
        present: (B, M) float32: 1 where there is real sound.
        width: Channels of the first convolution; doubled in each next one.
        num_convs: Strided convolutions.
        features: D, numbers that describe one stretch of time.

    Returns:
        One stream: (B, 2*D), zeros where there is no sound at all.
    """
    x, there = hear_stretches(sound, present, width=width, num_convs=num_convs, features=features)
    mean = MeanPresent(name="sound_mean")([x, there])
    most = MostPresent(name="sound_most")([x, there])
    return (layers.Concatenate(name="sound_over_time")([mean, most]),)
