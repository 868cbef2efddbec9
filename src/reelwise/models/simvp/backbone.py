"""A picture network reads every frame, a mixer over all frames at once moves them on, a picture network draws them."""

from typing import Any

from keras import layers

from reelwise.layers import (
    AddLastFrame,
    DepthToSpace,
    FastGroupNormalization,
    FrameForEachTarget,
    FusedBatchNormalization,
    SpaceToDepth,
    TimeFold,
    TimeUnfold,
)
from reelwise.models.base import NORM_MOMENTUM
from reelwise.models.simvp.mixers import Mixer, mix

_EPSILON = 1e-5
"""Of the normalisations, as PyTorch has it: with Keras' 1e-3 the network would not be that of OpenSTL."""

_GROUPS = 2
"""Groups of channels that are normalised together, as in OpenSTL."""


def build(
    context: Any,
    *,
    num_targets: int,
    patch: int,
    width: int,
    num_halvings: int,
    norm: str,
    mixer: str,
    mixer_width: int,
    num_blocks: int,
    kernel_size: int,
    expansion: int,
    activation: str,
    skip: str,
    adds_to_last_frame: bool,
) -> Any:
    """The frames that follow those of the context.

    Args:
        context: (B, T_in, S, S, 3) uint8 RGB.
        num_targets: T_out.
        patch: Side of the squares of pixels that become channels before the first convolution, and pixels again behind
            the last one: 2 takes a quarter of the time of 1.
        width: C, channels of the picture networks.
        num_halvings: How often the picture is halved before the mixer, each time behind two convolutions.
        norm: Of the picture networks: ``batch``, or ``group`` as in the paper, which takes longer.
        mixer: ``convmixer`` or ``gsta``.
        mixer_width: Channels between the blocks of the mixer.
        num_blocks: Of the mixer, 2 or more.
        kernel_size: Pixels of the small picture along each side that one block of the mixer sees.
        expansion: How much wider the inner layer of a ``gsta`` block is.
        activation: Of the mixer: ``gelu`` as in the paper, or ``silu``, which TensorFlow computes faster.
        skip: Whose features of the first convolution reach the last one directly: those of the ``last`` frame for every
            predicted frame, or of ``each`` frame for one, as in the paper.
        adds_to_last_frame: Whether the network gives changes of the last frame, which are 0 before training; else it
            draws whole pictures.

    Returns:
        (B, T_out, S, S, 3) float32: 0 is black, 1 is white, and values beyond are not clipped.

    Source: Gao et al. 2022, "SimVP: Simpler yet Better Video Prediction", arXiv:2206.05099, and Tan et al. 2022,
    "SimVP: Towards Simple yet Powerful Spatiotemporal Predictive Learning", arXiv:2211.12509 (gSTA). Otherwise: with
    ``patch`` 1, ``group``, ``gelu``, ``each`` and without ``adds_to_last_frame`` it is the network of OpenSTL
    (arXiv:2306.11249); more or fewer frames than those given come out of the mixer's last convolution, where OpenSTL
    rolls on or cuts off.
    """
    num_frames = context.shape[1]
    frames = layers.Rescaling(1 / 255, dtype="float32", name="pixels")(context)
    x = TimeFold(name="fold_context")(frames)  # (B*T_in, S, S, 3)
    if patch > 1:
        x = SpaceToDepth(patch, name="patches")(x)
    first = x = _conv(x, width, norm, "encoder_1")
    for step in range(num_halvings):
        if step > 0:
            x = _conv(x, width, norm, f"encoder_{2 * step + 1}")
        x = _conv(x, width, norm, f"encoder_{2 * step + 2}", stride=2)
    x = TimeUnfold(num_frames, name="unfold_context")(x)  # (B, T_in, h, w, C)
    x = _mix_frames(x, num_targets, Mixer(mixer, mixer_width, num_blocks, kernel_size, expansion, activation))
    x = TimeFold(name="fold_targets")(x)  # (B*T_out, h, w, C)
    for step in range(num_halvings):
        x = _conv_up(x, width, norm, f"decoder_{2 * step + 1}")
        if step < num_halvings - 1:
            x = _conv(x, width, norm, f"decoder_{2 * step + 2}")
    x = _add_skip(x, first, num_frames, num_targets, skip)
    x = _conv(x, width, norm, f"decoder_{2 * num_halvings}")
    start = "zeros" if adds_to_last_frame else "glorot_uniform"
    x = layers.Conv2D(3 * patch**2, 1, kernel_initializer=start, name="colours")(x)
    if patch > 1:
        x = DepthToSpace(patch, name="pixels_of_patches")(x)
    x = TimeUnfold(num_targets, dtype="float32", name="unfold_targets")(x)  # (B, T_out, S, S, 3)
    return AddLastFrame(dtype="float32", name="add_last_frame")([frames, x]) if adds_to_last_frame else x


def _mix_frames(x: Any, num_targets: int, mixer: Mixer) -> Any:
    """(B, T_in, h, w, C) to (B, T_out, h, w, C): frame and channel are one axis for the mixer."""
    num_frames, height, width, channels = x.shape[1:]
    x = layers.Permute((2, 3, 1, 4), name="frames_into_channels")(x)
    x = layers.Reshape((height, width, num_frames * channels), name="channels_of_context")(x)
    x = mix(x, num_targets * channels, mixer)
    x = layers.Reshape((height, width, num_targets, channels), name="channels_of_targets")(x)
    return layers.Permute((3, 1, 2, 4), name="channels_into_frames")(x)


def _add_skip(x: Any, first: Any, num_frames: int, num_targets: int, skip: str) -> Any:
    """(B*T_out, H, W, C) plus features of the first convolution, (B*T_in, H, W, C)."""
    if skip == "each" and num_frames == num_targets:
        return layers.Add(name="skip")([x, first])
    first = TimeUnfold(num_frames, name="unfold_first")(first)
    if skip == "each":
        first = FrameForEachTarget(num_targets, name="first_of_targets")(first)
        return layers.Add(name="skip")([x, TimeFold(name="fold_first")(first)])
    x = TimeUnfold(num_targets, name="unfold_drawn")(x)
    return TimeFold(name="fold_drawn")(AddLastFrame(name="skip")([first, x]))


def _conv(x: Any, width: int, norm: str, name: str, *, stride: int = 1) -> Any:
    """Convolution over 3×3 pixels, normalisation, SiLU."""
    if stride == 1:
        x = layers.Conv2D(width, 3, padding="same", use_bias=_has_bias(norm), name=name)(x)
    else:  # PyTorch's padding: Keras' own would lie on two sides alone
        x = layers.ZeroPadding2D(1, name=f"{name}_border")(x)
        x = layers.Conv2D(width, 3, strides=stride, use_bias=_has_bias(norm), name=name)(x)
    return _normalise(x, norm, name)


def _conv_up(x: Any, width: int, norm: str, name: str) -> Any:
    """The same at twice the size."""
    x = layers.Conv2D(4 * width, 3, padding="same", use_bias=_has_bias(norm), name=name)(x)
    return _normalise(DepthToSpace(2, name=f"{name}_up")(x), norm, name)


def _has_bias(norm: str) -> bool:
    """The mean over the batch takes a bias off again; that over a group of channels does not."""
    return norm == "group"


def _normalise(x: Any, norm: str, name: str) -> Any:
    if norm == "group":
        x = FastGroupNormalization(_GROUPS, epsilon=_EPSILON, name=f"{name}_norm")(x)
    else:
        x = FusedBatchNormalization(momentum=NORM_MOMENTUM, epsilon=_EPSILON, name=f"{name}_norm")(x)
    return layers.Activation("silu", name=f"{name}_silu")(x)
