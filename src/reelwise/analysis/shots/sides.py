"""What the pictures on both sides of a gradual transition are: how different, and whether blank."""

from collections import deque

import numpy as np

from reelwise.analysis.shots.descriptors import CELL_HW, GRID_HW

LARGEST_CHANGE = 64.0
"""Grey levels: two scenes that are more than a quarter of the scale apart are simply different."""


BLANK_LEVEL, BLANK_RANGE = 32, 24
"""Grey levels from black or white to the mean of a blank thumbnail, and between its darkest and its brightest value:
room for noise and for black that is not quite black, and no room for a title."""


def is_blank(thumbnail: np.ndarray) -> bool:
    """Whether a picture is black or white all over.

    Args:
        thumbnail: (28, 48, 3) uint8.
    """
    mean, low, high = float(thumbnail.mean()), int(thumbnail.min()), int(thumbnail.max())
    return high - low <= BLANK_RANGE and (mean <= BLANK_LEVEL or mean >= 255 - BLANK_LEVEL)


def change_between(old: np.ndarray, new: np.ndarray) -> float:
    """The median over the cells of the mean difference, in grey levels up to ``LARGEST_CHANGE``.

    A transition replaces every part of the picture; where things move within a scene, some cells stay.

    Args:
        old: (28, 48, 3) uint8.
        new: The same of a later frame.
    """
    difference = np.abs(old.astype(np.float32) - new).mean(axis=2)
    cells = difference.reshape(GRID_HW[0], CELL_HW[0], GRID_HW[1], CELL_HW[1]).mean(axis=(1, 3))
    return min(float(np.median(cells)), LARGEST_CHANGE)


class RecentThumbnails:
    """The last thumbnails of a video, by the number of their frame.

    Args:
        max_frames: How many are kept, 4 kB each.
    """

    def __init__(self, max_frames: int) -> None:
        self._thumbnails: deque[np.ndarray] = deque(maxlen=max_frames)
        self._num_frames = 0

    def add(self, thumbnail: np.ndarray) -> None:
        """The next frame's."""
        self._thumbnails.append(thumbnail)
        self._num_frames += 1

    def change(self, before: int, after: int) -> float:
        """``change_between`` two frames.

        Raises:
            IndexError: One of them is no longer, or not yet, there.
        """
        return change_between(self._thumbnail(before), self._thumbnail(after))

    def is_blank(self, frame: int) -> bool:
        """``is_blank`` of a frame.

        Raises:
            IndexError: It is no longer, or not yet, there.
        """
        return is_blank(self._thumbnail(frame))

    def _thumbnail(self, frame: int) -> np.ndarray:
        place = frame - (self._num_frames - len(self._thumbnails))
        if place < 0:  # which a deque would count from its end
            raise IndexError(f"the thumbnail of frame {frame} is no longer kept")
        return self._thumbnails[place]
