"""I3D as 2-D convolutions and maxima over frames, so that it runs on every back end at full speed."""

from typing import Any

import keras
from keras import layers

from reelwise.layers.plain_layer import ops
from reelwise.layers.time_fold import TimeFold, TimeUnfold
from reelwise.models.i3d.units import LOGITS, STAGES, InceptionBlock, MaxPool, Unit

SIDE = 224
"""Rows and columns that pictures are resized to; the weights were trained at them."""

FEWEST_FRAMES = 9
"""Of a clip: three strides of 2 must leave the two frames that the last mean is taken over."""


def build(num_frames: int, size: int, num_classes: int) -> keras.Model:
    """The network with weights of 0, one 2-D convolution for each unit; the norms are folded into them.

    Args:
        num_frames: T of clips, 9 or more.
        size: S, rows and columns of clips.
        num_classes: K.

    Returns:
        From (B, T, S, S, 3) uint8 RGB to (B, K) logits, their mean over time.

    Source: as for :data:`reelwise.models.i3d.units.STAGES`. A convolution over time and space is a 2-D convolution over
    the channels of as many frames at once, and a maximum over time and space one over space, then over time.
    """
    clips = keras.Input((num_frames, size, size, 3), dtype="uint8")
    x = _resize(layers.Rescaling(1 / 127.5, -1.0, dtype="float32")(clips))
    for stage in STAGES:
        x = _stage(x, stage)
    x = ops.mean(x, axis=(2, 3))  # (B, T', C): over the 7 x 7 places that are left
    x = ops.mean((x[:, :-1] + x[:, 1:]) / 2, axis=1)  # of two frames each, then of these
    return keras.Model(clips, layers.Dense(num_classes, kernel_initializer="zeros", name=LOGITS)(x), name="i3d")


def layer_name(unit: str) -> str:
    """The name of a unit's layer."""
    return unit.replace(".", "_")


def _resize(clips: Any) -> Any:
    """(B, T, 224, 224, 3): bilinear, with half-pixel centres and no smoothing, as FVD's features are taken."""
    num_frames, size = clips.shape[1], clips.shape[2]
    if size == SIDE:
        return clips
    frames = ops.image.resize(TimeFold()(clips), (SIDE, SIDE), interpolation="bilinear", antialias=False)
    return TimeUnfold(num_frames)(frames)


def _stage(x: Any, stage: Unit | MaxPool | InceptionBlock) -> Any:
    if isinstance(stage, Unit):
        return _convolve(x, stage)
    if isinstance(stage, MaxPool):
        return _pool(x, stage)
    *branches, (last_unit,) = stage.branches
    outputs = []
    for branch in branches:
        values = x
        for unit in branch:
            values = _convolve(values, unit)
        outputs.append(values)
    outputs.append(_convolve(_pool(x, MaxPool(3, 3, stride=1, frame_stride=1)), last_unit))
    return ops.concatenate(outputs, axis=-1)


def _convolve(x: Any, unit: Unit) -> Any:
    """(B, T, H, W, C) to (B, T/stride, H/stride, W/stride, filters)."""
    x = _frames_side_by_side(x, unit.size, unit.stride)
    num_frames = x.shape[1]
    convolution = layers.Conv2D(
        unit.filters,
        unit.size,
        strides=unit.stride,
        padding="same",
        activation="relu",
        kernel_initializer="zeros",  # to draw random ones takes JAX half a minute, and a file gives others
        name=layer_name(unit.name),
    )
    return TimeUnfold(num_frames)(convolution(TimeFold()(x)))


def _frames_side_by_side(x: Any, size: int, stride: int) -> Any:
    """(B, T/stride, H, W, size*C): around each step so many frames; beyond the ends are zeros, one more behind."""
    if size == 1:
        return x
    num_frames = x.shape[1]
    num_steps = -(-num_frames // stride)
    num_missing = max(0, (num_steps - 1) * stride + size - num_frames)
    before = num_missing // 2
    x = ops.pad(x, [[0, 0], [before, num_missing - before], [0, 0], [0, 0], [0, 0]])
    span = (num_steps - 1) * stride + 1
    return ops.concatenate([x[:, first : first + span : stride] for first in range(size)], axis=-1)


def _pool(x: Any, pool: MaxPool) -> Any:
    """(B, T, H, W, C), all at least 0, to maxima over frames and squares."""
    num_frames = x.shape[1]
    x = layers.MaxPooling2D(pool.side, strides=pool.stride, padding="same")(TimeFold()(x))
    height, width, channels = x.shape[1:]
    if pool.frames == 1:
        return TimeUnfold(num_frames)(x)
    x = ops.reshape(x, (-1, num_frames, height * width, channels))
    x = layers.MaxPooling2D((pool.frames, 1), strides=(pool.frame_stride, 1), padding="same")(x)
    return ops.reshape(x, (-1, x.shape[1], height, width, channels))
