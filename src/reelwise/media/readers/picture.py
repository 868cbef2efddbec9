"""A decoder's picture as an upright RGB array of any size."""

from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction
from typing import cast

import numpy as np
from av.filter import Graph
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from reelwise.core.clip import Fit
from reelwise.media.readers.orientation import Orientation
from reelwise.media.readers.reader import SizeHW, part_hw

_ASPECTS = (Fraction(1, 4), Fraction(4))
"""Shapes of pixels that are believed. The widest in use is 2, of anamorphic film; a damaged header says anything."""


def pixel_aspect_of(stream: VideoStream) -> Fraction:
    """Width over height of a stored pixel; 1 where the file says nothing that can be believed."""
    aspect = stream.sample_aspect_ratio
    return aspect if aspect is not None and _ASPECTS[0] <= aspect <= _ASPECTS[1] else Fraction(1)


class PictureMaker:
    """Turns pictures of one file into arrays of some sizes, whatever size each of them has.

    One reformatter per size for the whole file: it keeps FFmpeg's scaler, and making that anew for every frame costs
    four times the scaling itself. Colours are converted plainly by matrix and range; nothing is tone-mapped.

    Args:
        size_hw: Height and width where a picture is asked for without a size; None for those of the first picture,
            upright.
        orientation: How stored pictures become upright.
        pixel_aspect: Width over height of a stored pixel, for pictures that are cropped.
    """

    def __init__(self, size_hw: SizeHW | None, orientation: Orientation, pixel_aspect: Fraction = Fraction(1)) -> None:
        self._size_hw = size_hw
        self._orientation = orientation
        self._pixel_aspect = pixel_aspect
        self._reformatters: defaultdict[tuple[SizeHW, Fit], VideoReformatter] = defaultdict(VideoReformatter)
        self._cutter: _Cutter | None = None

    def maker(self, frame: VideoFrame) -> Callable[[SizeHW | None, Fit], np.ndarray]:
        """A function that makes the (H, W, 3) uint8 array of a size and fit when it is called."""
        if self._size_hw is None:
            self._size_hw = self._orientation.upright_hw((frame.height, frame.width))
        usual = self._size_hw
        return lambda size_hw, fit: self._make(frame, size_hw or usual, fit)

    def _make(self, frame: VideoFrame, size_hw: SizeHW, fit: Fit) -> np.ndarray:
        height, width = self._orientation.upright_hw(size_hw)
        if fit == "crop":
            frame = self._cut(frame, (height, width))
        reformatter = self._reformatters[size_hw, fit]
        picture = reformatter.reformat(frame, width, height, "rgb24", interpolation="AREA", threads=1)
        return self._orientation.upright(picture.to_ndarray())

    def _cut(self, frame: VideoFrame, lying_hw: SizeHW) -> VideoFrame:
        """The middle of a frame with the shape of a picture, both as they are stored."""
        frame_hw = (frame.height, frame.width)
        cut_hw = part_hw(frame_hw, lying_hw, self._pixel_aspect)
        if cut_hw == frame_hw:
            return frame
        if self._cutter is None or not self._cutter.fits(frame, cut_hw):
            self._cutter = _Cutter(frame, cut_hw)
        return self._cutter.cut(frame)


class _Cutter:
    """Cuts the middle out of frames of one size and format. FFmpeg moves the pointers, and copies no pixel.

    A part begins and ends on whole pixels of the colour planes, so it may be a pixel smaller and off the middle.
    """

    def __init__(self, frame: VideoFrame, cut_hw: SizeHW) -> None:
        self._key = (frame.width, frame.height, frame.format.name, cut_hw)
        self._graph = Graph()  # holds the filters
        time_base = frame.time_base or Fraction(1, 25)
        self._source = self._graph.add_buffer(
            width=frame.width, height=frame.height, format=frame.format, time_base=time_base
        )
        height, width = cut_hw
        left, top = (frame.width - width) // 2, (frame.height - height) // 2
        crop = self._graph.add("crop", f"{width}:{height}:{left}:{top}")
        self._sink = self._graph.add("buffersink")
        self._source.link_to(crop)
        crop.link_to(self._sink)
        self._graph.configure()

    def fits(self, frame: VideoFrame, cut_hw: SizeHW) -> bool:
        """Whether it was made for such frames and such a part."""
        return self._key == (frame.width, frame.height, frame.format.name, cut_hw)

    def cut(self, frame: VideoFrame) -> VideoFrame:
        """The middle of the frame."""
        self._source.push(frame)
        return cast(VideoFrame, self._sink.pull())
