"""Strided convolutions reduce every frame, then a convolutional LSTM, whose states are feature maps."""

from typing import Any

from keras import layers

from reelwise.layers import TimeFold, TimeUnfold
from reelwise.models.base import conv_block, picture_channels


def build(clips: Any, *, picture: str, width: int, num_convs: int, units: int) -> tuple[Any]:
    """Features of the last state.

    Args:
        clips: (B, T, H, W, 3) uint8 RGB.
        picture: Input of the first convolution; see :func:`reelwise.models.base.picture_channels`.
        width: Channels of the first convolution; doubled in each next one.
        num_convs: Strided convolutions before the recurrence.
        units: Channels of the recurrent state.

    Returns:
        One stream: (B, 2*units): mean and maximum over the place.

    Source: Shi et al. 2015, "Convolutional LSTM Network", arXiv:1506.04214, equation 3. Otherwise: without
    peepholes, as in Keras.
    """
    x = TimeFold(name="fold_time")(picture_channels(clips, picture))
    for step in range(num_convs):
        x = conv_block(x, width << step, (3, 3), f"conv_{step + 1}", strides=(2, 2))
    x = TimeUnfold(clips.shape[1], name="unfold_time")(x)  # (B, T, h, w, C)
    x = layers.ConvLSTM2D(units, 3, padding="same", name="convlstm")(x)  # (B, h, w, units)
    mean = layers.GlobalAveragePooling2D(name="mean_over_place")(x)
    maximum = layers.GlobalMaxPooling2D(name="max_over_place")(x)
    return (layers.Concatenate(name="over_place")([mean, maximum]),)
