"""The convolutional encoder of sound: strided convolutions over a spectrogram in which some steps may be missing."""

from typing import Any

from keras import layers

from reelwise.catalog.frame_encoder import squeeze_channels
from reelwise.catalog.sound_steps import BAND_KERNELS, time_kernel, time_stride
from reelwise.layers import SpectrogramInput


def encode_sound(sound: Any, present: Any, *, width: int, num_convs: int, features: int) -> tuple[Any, Any]:
    """A feature vector for every time step, in order: strided convolutions over time and bands, then a dense layer.

    Bands are flattened rather than averaged: which of them has energy identifies the sound.

    Args:
        sound: (B, M, F) float32 natural-log mel.
        present: (B, M) float32: 1 where there is real sound.
        width: Channels of the first convolution; doubled in each next one.
        num_convs: Strided convolutions.
        features: D, features of one time step.

    Returns:
        (B, M', D), and (B, M') float32: 1 where the step has sound.
    """
    x = SpectrogramInput(dtype="float32", name="sound_picture")([sound, present])  # (B, M, F, 2)
    mask = layers.Reshape((present.shape[1], 1), dtype="float32", name="sound_mask")(present)  # (B, M, 1)
    for step in range(num_convs):
        x, mask = _masked_conv(x, mask, width << step, step)
    x = _conv_norm_relu(x, squeeze_channels(x.shape[-1]), (1, 1), (1, 1), "sound_squeeze")
    steps, bands, channels = x.shape[1:]
    x = layers.Reshape((steps, bands * channels), name="sound_bands")(x)
    x = layers.Dense(features, activation="relu", name="sound_features")(x)  # (B, M', D)
    return x, layers.Reshape((steps,), dtype="float32", name="sound_steps")(mask)


def _masked_conv(inputs: Any, mask: Any, filters: int, step: int) -> tuple[Any, Any]:
    """Convolution, layer normalisation, activation, and zeros again where there is no sound.

    The normalisation is over the channels of each place. A batch normalisation would take its moments from clips
    without sound too, and be wrong for the others where most have none.

    Args:
        inputs: (B, M, F, C).
        mask: (B, M, 1): 1 where there is real sound.
        filters: Channels out.
        step: Index of the convolution; later ones have smaller strides.

    Returns:
        (B, M', F', filters) and its mask (B, M', 1): a step is present if any that its stride covers is.
    """
    name, stride = f"sound_conv_{step + 1}", time_stride(step)
    x = _conv_norm_relu(inputs, filters, (time_kernel(step), BAND_KERNELS[min(step, 1)]), (stride, 2), name)
    mask = layers.MaxPooling1D(stride, stride, padding="same", dtype="float32", name=f"{name}_mask")(mask)
    spread_mask = layers.Reshape((mask.shape[1], 1, 1), dtype="float32", name=f"{name}_mask_places")(mask)
    return layers.Multiply(name=f"{name}_present")([x, spread_mask]), mask


def _conv_norm_relu(inputs: Any, filters: int, kernel: tuple[int, int], strides: tuple[int, int], name: str) -> Any:
    """Convolution, layer normalisation over the channels of each place, ReLU.

    Args:
        inputs: (B, M, F, C).
        filters: Channels out.
        kernel: Steps and bands that it spans.
        strides: Over steps and bands.
        name: Of the convolution.

    Returns:
        (B, M/strides, F/strides, filters).
    """
    x = layers.Conv2D(filters, kernel, strides=strides, padding="same", use_bias=False, name=name)(inputs)
    x = layers.LayerNormalization(name=f"{name}_norm")(x)
    return layers.Activation("relu", name=f"{name}_relu")(x)
