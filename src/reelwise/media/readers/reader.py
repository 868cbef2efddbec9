"""The interface of video readers: frames in display order with exact times, then the facts."""

from abc import abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

import numpy as np

from reelwise.core.clip import Fit
from reelwise.core.closing import ClosesOnExit
from reelwise.core.video import VideoFacts

SizeHW = tuple[int, int]
"""Height and width in pixels."""

_SMALLEST_PART = 4
"""Pixels along each side of a part that is cut out: one pixel of the coarsest colour planes that codecs have."""

_LUMA = np.array([77, 150, 29], np.uint16)
"""Parts of 256 of red, green and blue in grey. Source: ITU-R BT.601, 0.299, 0.587 and 0.114, rounded."""


class PictureKind(StrEnum):
    """Which colours a picture has."""

    RGB = "rgb"
    GREY = "grey"


@dataclass(frozen=True, eq=False)
class Frame:
    """One decoded frame with its time. Pictures of it are rendered when they are first asked for, each once.

    Args:
        index: 0-based position among the decoded frames, in display order.
        pts: Presentation time in the reader's ``time_base``; rises strictly from frame to frame.
        is_damaged: Whether the decoder said that it had to conceal damage in the picture.
        render: Makes an upright (H, W, 3) uint8 RGB picture of a size, None for the reader's own, with a fit; use
            ``picture``.
    """

    index: int
    pts: int
    is_damaged: bool
    render: Callable[[SizeHW | None, Fit], np.ndarray]
    _pictures: dict[tuple[SizeHW | None, PictureKind, Fit], np.ndarray] = field(default_factory=dict, init=False)

    @property
    def image(self) -> np.ndarray:
        """(H, W, 3) uint8 RGB of the reader's own size, rotated upright; read-only."""
        return self.picture()

    def picture(
        self, size_hw: SizeHW | None = None, kind: PictureKind = PictureKind.RGB, fit: Fit = "squash"
    ) -> np.ndarray:
        """The frame in one size and colour, so that all who look at a video share one decoding of it.

        Args:
            size_hw: Height and width of the upright picture; None for the size that the reader was opened with.
            kind: RGB or grey.
            fit: How the frame fits the picture.

        Returns:
            (H, W, 3) uint8 RGB or (H, W) uint8 grey, the same array at every call: shared, and therefore read-only.
        """
        picture = self._pictures.get((size_hw, kind, fit))
        if picture is None:
            rgb = self.render(size_hw, fit) if kind is PictureKind.RGB else self.picture(size_hw, fit=fit)
            picture = self._pictures[size_hw, kind, fit] = rgb if kind is PictureKind.RGB else grey(rgb)
            picture.flags.writeable = False
        return picture


def grey(rgb: np.ndarray) -> np.ndarray:
    """The brightness of a picture.

    Args:
        rgb: (H, W, 3) uint8.

    Returns:
        (H, W) uint8.

    Example:
        >>> grey(np.array([[[255, 255, 255], [0, 255, 0], [0, 0, 0]]], np.uint8)).tolist()
        [[255, 149, 0]]
    """
    return ((rgb @ _LUMA + 128) >> 8).astype(np.uint8)  # (H, W, 3) @ (3,) -> (H, W), at most 65 408 in uint16


def part_hw(frame_hw: SizeHW, picture_hw: SizeHW, pixel_aspect: Fraction = Fraction(1)) -> SizeHW:
    """Height and width of the largest part of a frame that has the shape of a picture.

    A part of less than 4 pixels along a side is not cut out: the whole frame is used.

    Args:
        frame_hw: Pixels of the frame, as it is stored.
        picture_hw: Height and width of the picture, whose pixels are square.
        pixel_aspect: Width of a pixel of the frame over its height.

    Example:
        >>> part_hw((360, 640), (64, 64)), part_hw((576, 720), (64, 64), Fraction(16, 15))
        ((360, 360), (576, 540))
    """
    height, width = frame_hw
    aspect = Fraction(picture_hw[1], picture_hw[0]) / pixel_aspect  # columns over rows of the part
    part = min(height, round(width / aspect)), min(width, round(height * aspect))
    return part if min(part) >= _SMALLEST_PART else frame_hw


class VideoReader(ClosesOnExit):
    """Frames of one file, once, from the first to the last: a context manager and an iterable.

    There is no random access: seeking is inexact on files of variable rate, reading in order is exact. ``facts`` are
    complete after the last frame, because counts and times come from decoding and never from a header.

    Example:
        >>> from pathlib import Path
        >>> from reelwise.media.readers.pyav_reader import PyAVReader
        >>> def count_frames(path: Path) -> int:
        ...     with PyAVReader(path) as reader:
        ...         return sum(1 for _ in reader)
    """

    @property
    @abstractmethod
    def time_base(self) -> Fraction:
        """Seconds per unit of ``Frame.pts``."""

    @abstractmethod
    def __iter__(self) -> Iterator[Frame]:
        """The frames in display order.

        Raises:
            VideoError: No frame could be decoded.
        """

    @abstractmethod
    def facts(self) -> VideoFacts:
        """The facts of the file; call it after the last frame."""

    @abstractmethod
    def close(self) -> None:
        """Close the file."""
