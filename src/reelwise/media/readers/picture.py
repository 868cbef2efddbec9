"""A decoder's picture as an upright RGB array of any size."""

from collections import defaultdict
from collections.abc import Callable

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

from reelwise.media.readers.reader import SizeHW


class PictureMaker:
    """Turns pictures of one file into arrays of some sizes, whatever size each of them has.

    One reformatter per size for the whole file: it keeps FFmpeg's scaler, and making that anew for every frame costs
    four times the scaling itself. Colours are converted plainly by matrix and range; nothing is tone-mapped.

    Args:
        size_hw: Height and width where a picture is asked for without a size; None for those of the first picture,
            upright.
        rotation: Clockwise degrees to turn by: 0, 90, 180 or 270.
    """

    def __init__(self, size_hw: SizeHW | None, rotation: int) -> None:
        self._size_hw = size_hw
        self._quarters = rotation // 90
        self._reformatters: defaultdict[SizeHW, VideoReformatter] = defaultdict(VideoReformatter)

    def maker(self, frame: VideoFrame) -> Callable[[SizeHW | None], np.ndarray]:
        """A function that makes the (H, W, 3) uint8 array of a size when it is called."""
        if self._size_hw is None:
            height, width = frame.height, frame.width
            self._size_hw = (width, height) if self._quarters % 2 else (height, width)
        usual = self._size_hw
        return lambda size_hw: self._make(frame, size_hw or usual)

    def _make(self, frame: VideoFrame, size_hw: SizeHW) -> np.ndarray:
        height, width = size_hw[::-1] if self._quarters % 2 else size_hw
        picture = self._reformatters[size_hw].reformat(frame, width, height, "rgb24", interpolation="AREA", threads=1)
        array = picture.to_ndarray()
        return np.ascontiguousarray(np.rot90(array, -self._quarters)) if self._quarters else array
