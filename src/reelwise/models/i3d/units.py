"""The convolutions of I3D by the names that their weights have in PyTorch's files."""

from collections.abc import Iterator
from dataclasses import dataclass

FEATURES = 1024
"""Channels before the logits."""

LOGITS = "logits"
"""The last unit: one convolution with a bias and no normalisation."""


@dataclass(frozen=True)
class Unit:
    """A convolution over time and space, its normalisation and a ReLU.

    Args:
        name: In PyTorch's files.
        channels: In.
        filters: Channels out.
        size: Frames, rows and columns of the kernel.
        stride: Step along all three.
    """

    name: str
    channels: int
    filters: int
    size: int = 1
    stride: int = 1

    @property
    def kernel_shape(self) -> tuple[int, ...]:
        """As PyTorch lays it out: out, in, frames, rows, columns."""
        return (self.filters, self.channels, self.size, self.size, self.size)


@dataclass(frozen=True)
class InceptionBlock:
    """Four branches beside each other, whose channels are joined.

    Args:
        name: In PyTorch's files.
        channels: In.
        single: Channels of the first branch, a convolution of size 1.
        second: Of the second: size 1, then size 3.
        third: The same of the third.
        fourth: Of the fourth: a maximum over 3 x 3 x 3, then size 1.
    """

    name: str
    channels: int
    single: int
    second: tuple[int, int]
    third: tuple[int, int]
    fourth: int

    @property
    def branches(self) -> tuple[tuple[Unit, ...], ...]:
        """The units of each branch; before that of the last is the maximum."""
        return (
            (self._unit("b0", self.channels, self.single),),
            (self._unit("b1a", self.channels, self.second[0]), self._unit("b1b", *self.second, size=3)),
            (self._unit("b2a", self.channels, self.third[0]), self._unit("b2b", *self.third, size=3)),
            (self._unit("b3b", self.channels, self.fourth),),
        )

    def _unit(self, branch: str, channels: int, filters: int, size: int = 1) -> Unit:
        return Unit(f"{self.name}.{branch}", channels, filters, size)


@dataclass(frozen=True)
class MaxPool:
    """The maximum over some frames and a square, with as many steps.

    Args:
        frames: Frames.
        side: Rows and columns.
        stride: Step along rows and columns.
        frame_stride: Step along frames.
    """

    frames: int
    side: int
    stride: int = 2
    frame_stride: int = 2


STAGES: tuple[Unit | MaxPool | InceptionBlock, ...] = (
    Unit("Conv3d_1a_7x7", 3, 64, size=7, stride=2),
    MaxPool(1, 3, frame_stride=1),
    Unit("Conv3d_2b_1x1", 64, 64),
    Unit("Conv3d_2c_3x3", 64, 192, size=3),
    MaxPool(1, 3, frame_stride=1),
    InceptionBlock("Mixed_3b", 192, 64, (96, 128), (16, 32), 32),
    InceptionBlock("Mixed_3c", 256, 128, (128, 192), (32, 96), 64),
    MaxPool(3, 3),
    InceptionBlock("Mixed_4b", 480, 192, (96, 208), (16, 48), 64),
    InceptionBlock("Mixed_4c", 512, 160, (112, 224), (24, 64), 64),
    InceptionBlock("Mixed_4d", 512, 128, (128, 256), (24, 64), 64),
    InceptionBlock("Mixed_4e", 512, 112, (144, 288), (32, 64), 64),
    InceptionBlock("Mixed_4f", 528, 256, (160, 320), (32, 128), 128),
    MaxPool(2, 2),
    InceptionBlock("Mixed_5b", 832, 256, (160, 320), (32, 128), 128),
    InceptionBlock("Mixed_5c", 832, 384, (192, 384), (48, 128), 128),
)
"""All of the network before the logits, in order.

Source: Carreira and Zisserman 2017, "Quo Vadis, Action Recognition? A New Model and the Kinetics Dataset",
arXiv:1705.07750, figure 3; the channels are those of Szegedy et al. 2015, "Going Deeper with Convolutions",
arXiv:1409.4842, table 1. As in all published weights, the third branch has 3 x 3 x 3 where that table has 5 x 5.
"""


def normalised_units() -> Iterator[Unit]:
    """All units but the logits, in order."""
    for stage in STAGES:
        if isinstance(stage, Unit):
            yield stage
        elif isinstance(stage, InceptionBlock):
            for branch in stage.branches:
                yield from branch
