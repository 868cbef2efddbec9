"""Strided convolutions over time and bands, then mean and maximum over the steps that have sound."""

from typing import Any

from keras import layers

from reelwise.layers import MaxPresent, MeanPresent
from reelwise.models.sound_encoder import encode_sound


def build(sound: Any, present: Any, *, width: int, num_convs: int, features: int) -> tuple[Any]:
    """Features of a clip's sound that do not depend on its order over seconds.

    Args:
        sound: (B, M, F) float32 natural-log mel.
        present: (B, M) float32: 1 where there is real sound.
        width: Channels of the first convolution; doubled in each next one.
        num_convs: Strided convolutions.
        features: D, features of one time step.

    Returns:
        One stream: (B, 2*D), zeros where there is no sound at all.
    """
    x, mask = encode_sound(sound, present, width=width, num_convs=num_convs, features=features)
    mean = MeanPresent(name="sound_mean")([x, mask])
    maximum = MaxPresent(name="sound_most")([x, mask])
    return (layers.Concatenate(name="sound_over_time")([mean, maximum]),)
