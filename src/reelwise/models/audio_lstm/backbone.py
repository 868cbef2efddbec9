"""Two strided convolutions over time, then an LSTM."""

from typing import Any

from keras import layers

from reelwise.catalog.audio_lstm import NUM_CONVS
from reelwise.layers import MeanPresent, SoundPicture
from reelwise.models.hearing import mask_of, sound_conv


def build(sound: Any, present: Any, *, width: int, units: int) -> tuple[Any]:
    """Features of a clip's sound in its order.

    The LSTM runs through gaps, since time passes there too; what goes in says that they are gaps, and its state there
    does not count.

    Args:
        sound: (B, M, F) float32 natural-log mel.
        present: (B, M) float32: 1 where there is real sound.
        width: Numbers that the convolutions give of each stretch of time.
        units: Size of the recurrent state.

    Returns:
        One stream: (B, units), the mean of the states over the time that has sound; zeros where there is none.
    """
    x, mask = SoundPicture(flat=True, dtype="float32", name="sound_picture")([sound, present]), mask_of(present)
    for step in range(NUM_CONVS):
        x, mask = sound_conv(x, mask, width, step, (1, 1))
    steps = x.shape[1]
    x = layers.Reshape((steps, width), name="sound_in_order")(x)
    x = layers.LSTM(units, return_sequences=True, name="sound_lstm")(x)
    there = layers.Reshape((steps,), dtype="float32", name="sound_steps")(mask)
    return (MeanPresent(name="sound_mean")([x, there]),)
