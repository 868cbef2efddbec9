"""Strided convolutions over time and bands, then an LSTM, and the mean of its states."""

from typing import Any

from keras import layers

from reelwise.layers import MeanPresent
from reelwise.models.audio_lstm.entry import NUM_CONVS
from reelwise.models.hearing import hear_stretches


def build(sound: Any, present: Any, *, width: int, features: int, units: int) -> tuple[Any]:
    """Features of a clip's sound in its order.

    The convolutions slide over the bands too: one that looks at all bands at once learns the spectrum of a microphone
    by heart, and says less of recordings from elsewhere. The LSTM runs through gaps, since time passes there too; what
    goes in says that they are gaps, and its state there does not count.

    Args:
        sound: (B, M, F) float32 natural-log mel.
        present: (B, M) float32: 1 where there is real sound.
        width: Channels of the first convolution; doubled in the next one.
        features: Numbers that describe one stretch of time.
        units: Size of the recurrent state.

    Returns:
        One stream: (B, units), the mean of the states over the time that has sound; zeros where there is none.
    """
    x, there = hear_stretches(sound, present, width=width, num_convs=NUM_CONVS, features=features)
    x = layers.LSTM(units, return_sequences=True, name="sound_lstm")(x)
    return (MeanPresent(name="sound_mean")([x, there]),)
