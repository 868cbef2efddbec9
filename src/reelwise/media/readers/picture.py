"""A decoder's picture as an upright RGB array of the wished size."""

from collections.abc import Callable

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

SizeHW = tuple[int, int]


class PictureMaker:
    """Turns pictures of one file into arrays of one size, whatever size each of them has.

    One reformatter for the whole file: it keeps FFmpeg's scaler, and making that anew for every frame costs four times
    the scaling itself. Colours are converted plainly by matrix and range; nothing is tone-mapped.

    Args:
        size_hw: Height and width of the arrays; None for the size of the first picture, upright.
        rotation: Clockwise degrees to turn by: 0, 90, 180 or 270.
    """

    def __init__(self, size_hw: SizeHW | None, rotation: int) -> None:
        self._size_hw = size_hw
        self._quarters = rotation // 90
        self._reformatter = VideoReformatter()

    def maker(self, frame: VideoFrame) -> Callable[[], np.ndarray]:
        """A function that makes the (H, W, 3) uint8 array when it is called."""
        if self._size_hw is None:
            height, width = frame.height, frame.width
            self._size_hw = (width, height) if self._quarters % 2 else (height, width)
        return lambda: self._make(frame, self._size_hw or (0, 0))

    def _make(self, frame: VideoFrame, size_hw: SizeHW) -> np.ndarray:
        height, width = size_hw[::-1] if self._quarters % 2 else size_hw
        picture = self._reformatter.reformat(frame, width, height, "rgb24", interpolation="AREA", threads=1)
        array = picture.to_ndarray()
        return np.ascontiguousarray(np.rot90(array, -self._quarters)) if self._quarters else array
