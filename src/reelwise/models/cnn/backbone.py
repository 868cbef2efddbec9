"""Mean and maximum over time of what a convolutional network says of every frame."""

from typing import Any

from keras import layers

from reelwise.models.base import encode_frames


def build(clips: Any, *, picture: str, width: int, num_convs: int, features: int) -> tuple[Any]:
    """Features of a clip, whatever the order of its frames.

    Args:
        clips: (B, T, H, W, 3) uint8 RGB.
        picture: What the first convolution sees.
        width: Channels of the first convolution.
        num_convs: Strided convolutions.
        features: F, numbers per frame.

    Returns:
        One stream: (B, 2*F).
    """
    x = encode_frames(clips, picture, width, num_convs, features)  # (B, T, F)
    mean = layers.GlobalAveragePooling1D(name="mean_over_time")(x)
    most = layers.GlobalMaxPooling1D(name="max_over_time")(x)
    return (layers.Concatenate(name="over_time")([mean, most]),)
