"""Strided convolutions over time and bands, then an LSTM, and the mean of its states."""

from typing import Any

from reelwise.layers import MeanPresent, UnrolledLSTM
from reelwise.models.base import RECURRENT_DTYPE
from reelwise.models.sound_encoder import encode_sound

NUM_CONVS = 2
"""Strided convolutions: steps of 80 ms come out, short enough for the LSTM to read their order."""


def build(sound: Any, present: Any, *, width: int, features: int, units: int) -> tuple[Any]:
    """Features of a clip's sound in its order.

    The convolutions slide over the bands too: one that spans all bands at once learns the spectrum of a microphone and
    generalises worse to other recordings. The LSTM runs through gaps, since time passes there too; its input marks
    them as gaps, and its states there are not averaged.

    Args:
        sound: (B, M, F) float32 natural-log mel.
        present: (B, M) float32: 1 where there is real sound.
        width: Channels of the first convolution; doubled in the next one.
        features: Features of one time step.
        units: Size of the recurrent state.

    Returns:
        One stream: (B, units), the mean of the states over the steps that have sound; zeros where there is none.
    """
    x, mask = encode_sound(sound, present, width=width, num_convs=NUM_CONVS, features=features)
    x = UnrolledLSTM(units, return_sequences=True, dtype=RECURRENT_DTYPE, name="sound_lstm")(x)
    return (MeanPresent(name="sound_mean")([x, mask]),)
