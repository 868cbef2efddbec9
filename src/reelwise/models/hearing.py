"""Pieces of the networks that hear: convolutions over steps of sound, of which some may not be there."""

from typing import Any

from keras import layers

from reelwise.catalog.frame_encoder import squeezed_channels
from reelwise.catalog.sound_steps import BAND_KERNELS, time_kernel, time_stride
from reelwise.layers import SoundPicture


def hear_stretches(sound: Any, present: Any, *, width: int, num_convs: int, features: int) -> tuple[Any, Any]:
    """What short stretches of sound are like, in their order: strided convolutions over time and bands, a dense layer.

    Bands are laid flat rather than averaged: which of them sounds says what it is.

    Args:
        sound: (B, M, F) float32 natural-log mel.
        present: (B, M) float32: 1 where there is real sound.
        width: Channels of the first convolution; doubled in each next one.
        num_convs: Strided convolutions.
        features: D, numbers that describe one stretch.

    Returns:
        (B, M', D), and (B, M') float32: 1 where the stretch has sound.
    """
    x, mask = SoundPicture(dtype="float32", name="sound_picture")([sound, present]), mask_of(present)
    for step in range(num_convs):
        x, mask = sound_conv(x, mask, width << step, step, (BAND_KERNELS[min(step, 1)], 2))
    x = normed_conv(x, squeezed_channels(x.shape[-1]), (1, 1), (1, 1), "sound_squeeze")
    steps, bands, channels = x.shape[1:]
    x = layers.Reshape((steps, bands * channels), name="sound_bands")(x)
    x = layers.Dense(features, activation="relu", name="sound_features")(x)  # (B, M', D)
    return x, layers.Reshape((steps,), dtype="float32", name="sound_steps")(mask)


def mask_of(present: Any) -> Any:
    """(B, M) 1 or 0 as (B, M, 1), for :func:`sound_conv`."""
    return layers.Reshape((present.shape[1], 1), dtype="float32", name="sound_mask")(present)


def sound_conv(inputs: Any, mask: Any, filters: int, step: int, bands: tuple[int, int]) -> tuple[Any, Any]:
    """Convolution, layer normalisation, activation, and zeros again where there is no sound.

    The normalisation is over the channels of each place. That of batches would learn its moments from clips without
    sound too, and be wrong for the others where most have none.

    Args:
        inputs: (B, M, F, C).
        mask: (B, M, 1): 1 where there is real sound.
        filters: Channels out.
        step: Which convolution, from 0; later ones have smaller strides.
        bands: Kernel and stride over bands.

    Returns:
        (B, M', F', filters) and its mask (B, M', 1): a step is there if any that its stride covers is.
    """
    name, stride = f"sound_conv_{step + 1}", time_stride(step)
    x = normed_conv(inputs, filters, (time_kernel(step), bands[0]), (stride, bands[1]), name)
    pool = layers.MaxPooling1D(stride, stride, padding="same", dtype="float32", name=f"{name}_mask")
    mask = pool(mask)
    return keep_present(x, mask, name), mask


def normed_conv(inputs: Any, filters: int, kernel: tuple[int, int], strides: tuple[int, int], name: str) -> Any:
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


def keep_present(inputs: Any, mask: Any, name: str) -> Any:
    """Zeros where the mask is 0.

    Args:
        inputs: (B, M, F, C).
        mask: (B, M, 1).
        name: What the layers are named after.
    """
    spread = layers.Reshape((mask.shape[1], 1, 1), dtype="float32", name=f"{name}_mask_places")(mask)
    return layers.Multiply(name=f"{name}_present")([inputs, spread])
