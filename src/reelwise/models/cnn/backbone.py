"""Mean and maximum over time of the features of every frame."""

from typing import Any

from keras import layers

from reelwise.models.base import encode_frames


def build(clips: Any, *, picture: str, width: int, num_convs: int, pooling: str, features: int) -> tuple[Any]:
    """Features of a clip that do not depend on the order of its frames.

    Args:
        clips: (B, T, H, W, 3) uint8 RGB.
        picture: Input of the first convolution; see :func:`reelwise.models.base.picture_channels`.
        width: Channels of the first convolution.
        num_convs: Strided convolutions.
        pooling: Of the last feature map; see :func:`reelwise.models.base.encode_frames`.
        features: F, features per frame.

    Returns:
        One stream: (B, 2*F).
    """
    x = encode_frames(clips, picture, width, num_convs, pooling, features)  # (B, T, F)
    mean = layers.GlobalAveragePooling1D(name="mean_over_time")(x)
    maximum = layers.GlobalMaxPooling1D(name="max_over_time")(x)
    return (layers.Concatenate(name="over_time")([mean, maximum]),)
