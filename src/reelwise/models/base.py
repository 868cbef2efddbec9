"""Building blocks of several families: convolution blocks over space and time, and the encoder of frames."""

from typing import Any

from keras import layers

from reelwise.catalog.frame_encoder import squeeze_channels
from reelwise.layers import FrameDifferences, FusedBatchNormalization, PointConv2D, TimeFold, TimeUnfold

NORM_MOMENTUM = 0.9
"""Share of the old moments that a batch normalisation keeps at each step, instead of Keras' 0.99: a small data set has
few steps, so moments must settle within tens."""

FRAME_FEATURES = "unfold_time"
"""The layer of :func:`encode_frames` that gives a feature vector for every frame."""

RECURRENT_DTYPE = "float32"
"""What recurrent layers compute in, inside a bfloat16 network too: JAX's LSTM on a GPU takes no bfloat16 (cuDNN knows
none), and sums over many steps lose digits in it."""


def conv_block(
    inputs: Any,
    filters: int,
    kernel: tuple[int, int],
    name: str,
    *,
    strides: tuple[int, int] = (1, 1),
    activation: str | None = "relu",
) -> Any:
    """Convolution, batch normalisation, activation.

    Args:
        inputs: (N, H, W, C).
        filters: Channels out.
        kernel: Height and width.
        name: Of the convolution; the others are named after it.
        strides: Step down and across; a stride costs less than a pooling layer behind the convolution.
        activation: ``relu``, or None for none.

    Returns:
        (N, H/strides, W/strides, filters).
    """
    convolution = PointConv2D if kernel == (1, 1) and strides != (1, 1) else layers.Conv2D
    x = convolution(filters, kernel, strides=strides, padding="same", use_bias=False, name=name)(inputs)
    x = FusedBatchNormalization(momentum=NORM_MOMENTUM, name=f"{name}_norm")(x)
    return x if activation is None else layers.Activation(activation, name=f"{name}_{activation}")(x)


def conv_over_space(
    inputs: Any, filters: int, size: int, name: str, *, stride: int = 1, activation: str | None = "relu"
) -> Any:
    """The same convolution over every frame: the frames of all clips are one batch.

    Args:
        inputs: (B, T, H, W, C).
        filters: Channels out.
        size: Side of the kernel.
        name: Of the convolution.
        stride: Step down and across.
        activation: ``relu``, or None for none.

    Returns:
        (B, T, H/stride, W/stride, filters).
    """
    x = TimeFold(name=f"{name}_fold")(inputs)  # (B*T, H, W, C)
    x = conv_block(x, filters, (size, size), name, strides=(stride, stride), activation=activation)
    return TimeUnfold(inputs.shape[1], name=f"{name}_unfold")(x)


def conv_over_time(
    inputs: Any, filters: int, size: int, name: str, *, stride: int = 1, activation: str | None = "relu"
) -> Any:
    """A convolution over time at every pixel: a 2-D convolution over an image of time by pixels.

    Args:
        inputs: (B, T, H, W, C).
        filters: Channels out.
        size: Frames that the kernel spans.
        name: Of the convolution.
        stride: Step in time.
        activation: ``relu``, or None for none.

    Returns:
        (B, T/stride, H, W, filters).
    """
    frames, height, width, channels = inputs.shape[1:]
    x = layers.Reshape((frames, height * width, channels), name=f"{name}_places")(inputs)  # (B, T, H*W, C)
    x = conv_block(x, filters, (size, 1), name, strides=(stride, 1), activation=activation)
    return layers.Reshape((x.shape[1], height, width, filters), name=f"{name}_picture")(x)


def picture_channels(clips: Any, picture: str) -> Any:
    """The input of the first convolution, from a uint8 clip.

    Args:
        clips: (B, T, H, W, 3) uint8 RGB.
        picture: ``rgb``, ``motion`` (signed grey differences) or ``rgb_motion`` (both).

    Returns:
        (B, T, H, W, 3 or 2 or 5), about -1 to 1.
    """
    if picture == "rgb":
        return layers.Rescaling(1 / 127.5, -1.0, dtype="float32", name="colours")(clips)
    return FrameDifferences(with_colours=picture == "rgb_motion", name="differences")(clips)


def encode_frames(clips: Any, picture: str, width: int, num_convs: int, pooling: str, features: int) -> Any:
    """A feature vector for every frame, by strided convolutions over all frames at once.

    The last feature map is flattened unless ``pooling`` says otherwise: the place of a thing in each frame shows which
    way it moves.

    Args:
        clips: (B, T, H, W, 3) uint8 RGB.
        picture: As in :func:`picture_channels`.
        width: Channels of the first convolution; doubled in each next one.
        num_convs: Strided convolutions.
        pooling: ``max`` takes the largest value of each channel, wherever it is: a thing is known at every place from
            few examples. ``none`` flattens.
        features: F, features per frame.

    Returns:
        (B, T, F).
    """
    num_frames = clips.shape[1]
    x = TimeFold(name="fold_time")(picture_channels(clips, picture))  # (B*T, H, W, C)
    for step in range(num_convs):
        kernel = (5, 5) if step == 0 else (3, 3)  # a wider view of the raw picture
        x = conv_block(x, width << step, kernel, f"conv_{step + 1}", strides=(2, 2))
    if pooling == "max":
        x = layers.GlobalMaxPooling2D(name="max_over_places")(x)
    else:
        x = conv_block(x, squeeze_channels(x.shape[-1]), (1, 1), "squeeze")  # so that the dense layer stays small
        x = layers.Flatten(name="lay_flat")(x)
    x = layers.Dense(features, activation="relu", name="features")(x)  # (B*T, F)
    return TimeUnfold(num_frames, name=FRAME_FEATURES)(x)
