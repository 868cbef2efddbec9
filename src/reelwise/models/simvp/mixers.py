"""The middle of SimVP: blocks that mix places by depthwise convolutions, and frames by products over the channels."""

from dataclasses import dataclass
from typing import Any

from keras import initializers, layers

from reelwise.layers import FusedBatchNormalization
from reelwise.models.base import NORM_MOMENTUM

_EPSILON = 1e-5
"""As in the picture networks."""

_FIRST_SCALE = 0.01
"""What each half of a gSTA block is multiplied by at first: blocks begin as nearly nothing, as in OpenSTL."""

_DILATION = 3
"""Pixels from one tap to the next in the wide convolution of gSTA."""


@dataclass(frozen=True)
class Mixer:
    """The arguments of the middle; see :func:`reelwise.models.simvp.backbone.build`."""

    kind: str
    width: int
    num_blocks: int
    kernel_size: int
    expansion: int
    activation: str


def mix(x: Any, channels: int, mixer: Mixer) -> Any:
    """All blocks.

    Args:
        x: (B, h, w, T_in*C).
        channels: T_out*C.
        mixer: Kind and size.

    Returns:
        (B, h, w, T_out*C).
    """
    block = _BLOCKS[mixer.kind]
    for step in range(mixer.num_blocks):
        name = f"block_{step + 1}"
        x = block(x, mixer, name)
        num_channels = channels if step == mixer.num_blocks - 1 else mixer.width
        if x.shape[-1] != num_channels:
            x = _dense(x, num_channels, f"{name}_width")
    return x


def _convmixer(x: Any, mixer: Mixer, name: str) -> Any:
    """Source: Trockman and Kolter 2022, "Patches Are All You Need?", arXiv:2201.09792, equations 2 and 3."""
    places = _activate(_depthwise(x, mixer.kernel_size, f"{name}_places"), mixer, f"{name}_places")
    x = layers.Add(name=f"{name}_add")([x, _norm(places, f"{name}_places_norm")])
    channels = _activate(_dense(x, x.shape[-1], f"{name}_channels"), mixer, f"{name}_channels")
    return _norm(channels, f"{name}_channels_norm")


def _gsta(x: Any, mixer: Mixer, name: str) -> Any:
    """Gated spatiotemporal attention, then a convolutional feed-forward network.

    Source: Tan et al. 2022, arXiv:2211.12509, section 3.3; the attention of Guo et al. 2022, "Visual Attention
    Network", arXiv:2202.09741, equations 1 and 2, with a gate.
    """
    attention = _attend(_norm(x, f"{name}_norm_1"), mixer, name)
    x = layers.Add(name=f"{name}_add_1")([x, _scale(attention, f"{name}_scale_1")])
    features = _feed_forward(_norm(x, f"{name}_norm_2"), mixer, name)
    return layers.Add(name=f"{name}_add_2")([x, _scale(features, f"{name}_scale_2")])


def _attend(x: Any, mixer: Mixer, name: str) -> Any:
    channels = x.shape[-1]
    y = _activate(_dense(x, channels, f"{name}_into"), mixer, f"{name}_into")
    y = _depthwise(y, 2 * _DILATION - 1, f"{name}_near")
    y = _depthwise(y, wide_taps(mixer.kernel_size), f"{name}_wide", _DILATION)
    gate = layers.Activation("sigmoid", name=f"{name}_sigmoid")(_dense(y, channels, f"{name}_gate"))
    y = layers.Multiply(name=f"{name}_gated")([gate, _dense(y, channels, f"{name}_value")])
    return layers.Add(name=f"{name}_shortcut")([x, _dense(y, channels, f"{name}_out")])


def _feed_forward(x: Any, mixer: Mixer, name: str) -> Any:
    y = _dense(x, mixer.expansion * x.shape[-1], f"{name}_widen")
    y = _activate(_depthwise(y, 3, f"{name}_neighbours"), mixer, f"{name}_neighbours")
    return _dense(y, x.shape[-1], f"{name}_narrow")


def wide_taps(kernel_size: int) -> int:
    """Taps along each side of the dilated convolution, an odd number, so that both together see ``kernel_size`` pixels.

    Example:
        >>> wide_taps(21), wide_taps(11)
        (7, 3)
    """
    taps = kernel_size // _DILATION
    return taps if taps % 2 else taps - 1


def _dense(x: Any, channels: int, name: str) -> Any:
    return layers.Conv2D(channels, 1, kernel_initializer=_initial(), name=name)(x)


def _depthwise(x: Any, size: int, name: str, dilation: int = 1) -> Any:
    return layers.DepthwiseConv2D(
        size, padding="same", dilation_rate=dilation, depthwise_initializer=_initial(), name=name
    )(x)


def _scale(x: Any, name: str) -> Any:
    """Each channel times a number of its own; a depthwise convolution over one pixel is that, in every back end."""
    first: Any = initializers.Constant(_FIRST_SCALE)
    return layers.DepthwiseConv2D(1, use_bias=False, depthwise_initializer=first, name=name)(x)


def _norm(x: Any, name: str) -> Any:
    return FusedBatchNormalization(momentum=NORM_MOMENTUM, epsilon=_EPSILON, name=name)(x)


def _activate(x: Any, mixer: Mixer, name: str) -> Any:
    return layers.Activation(mixer.activation, name=f"{name}_{mixer.activation}")(x)


def _initial() -> Any:
    """Source: He et al. 2015, arXiv:1502.01852, equation 14, by the number of outputs, as in OpenSTL.

    A new one for each layer: one object gives the same numbers each time.
    """
    return initializers.VarianceScaling(2.0, "fan_out", "untruncated_normal")


_BLOCKS = {"convmixer": _convmixer, "gsta": _gsta}
