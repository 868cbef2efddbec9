"""How stored pictures become upright: mirrored or not, and turned by quarters."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import numpy as np
from av.filter import Graph
from av.sidedata.sidedata import Type
from av.video.frame import VideoFrame

_NUM_MATRIX_BYTES = 9 * 4
"""Of a display matrix: nine int32 in the order of the processor."""


_NUM_KINDS = 64
"""Kinds of side data that FFmpeg may have: 8.1 has 36."""


@dataclass(frozen=True)
class Orientation:
    """What is done to stored pictures: first mirrored from left to right where ``is_mirrored``, then turned clockwise.

    Mirrored from top to bottom is the same as mirrored from left to right and turned by 180 degrees, so these two say
    all eight ways in which a camera can be held and looked into.

    Args:
        rotation: Clockwise degrees that are applied: 0, 90, 180 or 270.
        is_mirrored: Whether stored pictures are mirrored.
        angle: Clockwise degrees that the file asks for, in [0, 360).
    """

    rotation: int = 0
    is_mirrored: bool = False
    angle: int = 0

    @property
    def swaps_sides(self) -> bool:
        """Whether the width of a stored picture is the height of the upright one."""
        return self.rotation % 180 != 0

    def upright_hw(self, stored_hw: tuple[int, int]) -> tuple[int, int]:
        """Height and width of an upright picture, or the other way round, from those of the other."""
        height, width = stored_hw
        return (width, height) if self.swaps_sides else stored_hw

    def upright(self, picture: np.ndarray) -> np.ndarray:
        """An upright picture.

        Args:
            picture: (H, W, …) as it is stored.

        Returns:
            (H, W, …) or (W, H, …), contiguous; the same array where there is nothing to do.

        Example:
            >>> Orientation(90, is_mirrored=True).upright(np.array([[1, 2], [3, 4]])).tolist()
            [[4, 2], [3, 1]]
        """
        if not self.rotation and not self.is_mirrored:
            return picture
        turnable = picture[:, ::-1] if self.is_mirrored else picture
        return np.ascontiguousarray(np.rot90(turnable, -(self.rotation // 90)))


UPRIGHT = Orientation()
"""Of pictures that are stored as they are shown."""


def orientation_of(frame: VideoFrame) -> Orientation:
    """What the display matrix of a decoded frame asks for, by its container, its stream or its Exif data."""
    matrix = _display_matrix(frame)
    return orientation_from_matrix(matrix) if matrix is not None else UPRIGHT


def orientation_from_matrix(matrix: Sequence[int]) -> Orientation:
    """What a display matrix asks for; nothing where it has no inverse.

    A point (p, q) of the stored picture, q downwards, is shown at (a*p + c*q, b*p + d*q), apart from its place. Where
    a*d - b*c is negative, the picture is seen in a mirror.
    Source: ISO/IEC 14496-12, 6.2.2, where the matrix is [a b u; c d v; x y w].

    Args:
        matrix: Nine numbers, row by row.

    Example:
        >>> orientation_from_matrix([-1, 0, 0, 0, 1, 0, 0, 0, 1])
        Orientation(rotation=0, is_mirrored=True, angle=0)
    """
    a, b, _, c, d = matrix[:5]
    across, down = math.hypot(a, c), math.hypot(b, d)
    determinant = a * d - b * c
    if not determinant:
        return UPRIGHT
    is_mirrored = determinant < 0
    sign = -1 if is_mirrored else 1
    angle = round(math.degrees(math.atan2(sign * b / down, sign * a / across))) % 360
    return Orientation(round(angle / 90) * 90 % 360, is_mirrored, angle)


def _display_matrix(frame: VideoFrame) -> tuple[int, ...] | None:
    try:
        item = frame.side_data.get("DISPLAYMATRIX")
    except ValueError:  # PyAV fails on all of it where FFmpeg gives one kind that PyAV does not know, such as Exif
        item = _with_known_side_data(frame).side_data.get("DISPLAYMATRIX")
    if item is None or item.buffer_size < _NUM_MATRIX_BYTES:
        return None
    return tuple(np.frombuffer(bytes(item), np.int32, 9).tolist())


def _with_known_side_data(frame: VideoFrame) -> VideoFrame:
    """The frame without side data of kinds that PyAV does not know; no pixel is copied."""
    graph = Graph()
    last = source = graph.add_buffer(
        width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base or Fraction(1, 25)
    )
    numbers_of_pyav = {kind.value for kind in Type}
    for number in range(_NUM_KINDS):
        if number not in numbers_of_pyav:
            deletion = graph.add("sidedata", f"mode=delete:type={number}")
            last.link_to(deletion)
            last = deletion
    sink = graph.add("buffersink")
    last.link_to(sink)
    graph.configure()
    source.push(frame)
    return cast(VideoFrame, sink.pull())
