"""How much moved near each place of a clip, and what is left of predicted changes where nothing did."""

import cv2
import numpy as np

_CELLS = 16
"""Cells along each side: 4 x 4 pixels of a frame of 64, so that noise averages out."""

_REACH = 5
"""Cells along each side of what counts as near: what moves gets about a tenth of the picture far in a second."""


def local_motion(frames: np.ndarray) -> np.ndarray:
    """The largest mean squared difference of a cell to the same cell of the last frame, over time and nearby cells.

    Args:
        frames: (T, S, S, 3) uint8 RGB.

    Returns:
        (S, S) float32, in squares of grey levels; 0 where all frames equal the last one, as in a clip of one frame.

    Example:
        >>> frames = np.zeros((2, 32, 32, 3), np.uint8)
        >>> frames[0, :, :2] = 255                                  # something left from the left edge
        >>> local_motion(frames)[0, [0, 5, 6, 31]].tolist()
        [65025.0, 65025.0, 0.0, 0.0]
    """
    side = frames.shape[1]
    last = frames[-1].astype(np.float32)
    energy = np.zeros((_CELLS, _CELLS), np.float32)
    for frame in frames[:-1]:
        squares = np.square(frame.astype(np.float32) - last).mean(axis=-1)
        energy = np.maximum(energy, cv2.resize(squares, (_CELLS, _CELLS), interpolation=cv2.INTER_AREA))
    nearby = cv2.dilate(energy, np.ones((_REACH, _REACH), np.uint8))
    return cv2.resize(nearby, (side, side), interpolation=cv2.INTER_NEAREST)


def keep_still_places(last: np.ndarray, frames: np.ndarray, motion: np.ndarray, threshold: float) -> np.ndarray:
    """Predicted frames, drawn towards the last one that was given where nothing moved.

    A network that learned in some rooms draws faint errors over the still walls of others. Changes are multiplied by
    E / (E + ``threshold``²), E the motion nearby, as a Wiener filter weighs a signal by its share of signal and noise.

    Args:
        last: (S, S, 3) float32, the last frame given; 0 is black and 1 is white.
        frames: (T, S, S, 3) float32, the frames predicted.
        motion: (S, S) float32 of :func:`local_motion`.
        threshold: In grey levels; 0 leaves the frames as they are. A place that differs by it keeps half its changes.

    Returns:
        (T, S, S, 3) float32.
    """
    if not threshold:
        return frames
    share = (motion / (motion + np.float32(threshold) ** 2))[..., None]
    return last + share * (frames - last)
