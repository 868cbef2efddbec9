"""The convolutions of EfficientNet-Lite0 in their order, with the names of their arrays in the published weights."""

from collections.abc import Iterator
from dataclasses import dataclass

FEATURES = 1280
"""Numbers that describe a picture."""

CLASSES = 1000
"""Of ImageNet-1k."""

CLASSIFIER = "_fc"
"""Name of the dense layer that turns features into classes."""

_STEM, _HEAD = 32, 320
"""Channels after the first convolution, and before the last one."""

_EXPANSION = 6
"""Times as many channels inside a block as between blocks, but in the first block."""

_STAGES = ((1, 3, 1, 16), (2, 3, 2, 24), (2, 5, 2, 40), (3, 3, 2, 80), (3, 5, 1, 112), (4, 5, 2, 192), (1, 3, 1, _HEAD))
"""Of every stage: its blocks, the side of the kernel, the stride of its first block, channels."""


@dataclass(frozen=True)
class Convolution:
    """A convolution with its normalisation.

    Args:
        name: Of its kernel in the published weights.
        norm: Of its normalisation there.
        channels: In, and out.
        kernel: Side in pixels.
        stride: Step down and across.
        is_depthwise: Whether every channel has a kernel of its own.
        is_linear: Whether nothing follows: else the values are clipped to 0 and 6.
    """

    name: str
    norm: str
    channels: tuple[int, int]
    kernel: int = 1
    stride: int = 1
    is_depthwise: bool = False
    is_linear: bool = False

    @property
    def kernel_shape(self) -> tuple[int, int, int, int]:
        """In the published weights: (out, in, rows, columns)."""
        inputs, outputs = self.channels
        return (outputs, 1 if self.is_depthwise else inputs, self.kernel, self.kernel)


@dataclass(frozen=True)
class Block:
    """An inverted residual block, or the convolution before and after them.

    Args:
        convolutions: One after the other.
        adds: Whether the input is added to the output.
    """

    convolutions: tuple[Convolution, ...]
    adds: bool = False


def blocks() -> Iterator[Block]:
    """The first convolution, 16 blocks, the last convolution.

    Source: the table of EfficientNet-B0 in Tan and Le 2019, arXiv:1905.11946; Lite leaves out squeeze and excitation,
    and clips at 6 in the place of swish.
    """
    yield Block((Convolution("_conv_stem", "_bn0", (3, _STEM), 3, 2),))
    inputs, number = _STEM, 0
    for repeats, kernel, first_stride, outputs in _STAGES:
        for repeat in range(repeats):
            yield _block(f"_blocks.{number}.", inputs, outputs, kernel, first_stride if repeat == 0 else 1)
            inputs, number = outputs, number + 1
    yield Block((Convolution("_conv_head", "_bn1", (_HEAD, FEATURES)),))


def convolutions() -> Iterator[Convolution]:
    """All of them, in their order."""
    for block in blocks():
        yield from block.convolutions


def _block(prefix: str, inputs: int, outputs: int, kernel: int, stride: int) -> Block:
    expands = prefix != "_blocks.0."
    inside = inputs * _EXPANSION if expands else inputs
    wider = (Convolution(f"{prefix}_expand_conv", f"{prefix}_bn0", (inputs, inside)),) if expands else ()
    depthwise = f"{prefix}_depthwise_conv", f"{prefix}_bn1"
    return Block(
        (
            *wider,
            Convolution(*depthwise, (inside, inside), kernel, stride, is_depthwise=True),
            Convolution(f"{prefix}_project_conv", f"{prefix}_bn2", (inside, outputs), is_linear=True),
        ),
        adds=stride == 1 and inputs == outputs,
    )
