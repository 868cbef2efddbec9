"""A descriptor of 258 numbers per frame, without any weights: outlines, motion, colour."""

import cv2
import numpy as np

SIZE = 48
"""Side in pixels of the square that a frame is reduced to: postures survive, faces and textures do not."""

_MAP_SIZE = (12, 9)
"""Columns and rows of the motion map, four pixels wide and a little more than five high."""

NUM_OUTLINE = 144
"""2 x 2 blocks of 2 x 2 cells of 9 directions."""

NUM_MOTION = _MAP_SIZE[0] * _MAP_SIZE[1]
NUM_COLOUR = 6
NUM_FEATURES = NUM_OUTLINE + NUM_MOTION + NUM_COLOUR


def describe_frames(clip: np.ndarray) -> np.ndarray:
    """The input of the ``lstm`` model: a descriptor of each frame.

    Outlines are histograms of oriented gradients in 4 x 4 cells; motion is the grey difference to the frame before
    (for the first frame, to the one after) on a 12 x 9 grid, divided by the clip's contrast; colour is the mean and
    spread of red, green and blue. Nothing is trained, so nothing is downloaded and nothing can be out of date.

    Args:
        clip: (T, H, W, 3) uint8 RGB, T > 0.

    Returns:
        (T, 258) float32, mostly in [0, 1]: 144 outline, 108 motion, 6 colour. The same clip gives the same bits.

    Example:
        >>> import numpy as np
        >>> describe_frames(np.zeros((16, 96, 96, 3), np.uint8)).shape
        (16, 258)

    Source: outlines, Dalal and Triggs 2005, "Histograms of oriented gradients for human detection", CVPR, here with
    blocks that do not overlap; motion, Bobick and Davis 2001, "The recognition of human movement using temporal
    templates", IEEE PAMI 23(3), here graded instead of binary, and per frame.
    """
    small = _reduce(clip)
    grey = cv2.cvtColor(small.reshape(-1, SIZE, 3), cv2.COLOR_RGB2GRAY).reshape(-1, SIZE, SIZE)
    return np.concatenate([_outline(grey), _motion(grey), _colour(small)], axis=1)


def _reduce(clip: np.ndarray) -> np.ndarray:
    """(T, 48, 48, 3) uint8."""
    num_frames, height, width = clip.shape[:3]
    if height % SIZE == 0:  # then no pixel of the result mixes two frames that lie one below the other
        below = cv2.resize(clip.reshape(-1, width, 3), (SIZE, num_frames * SIZE), interpolation=cv2.INTER_AREA)
        return below.reshape(num_frames, SIZE, SIZE, 3)
    return np.stack([cv2.resize(frame, (SIZE, SIZE), interpolation=cv2.INTER_AREA) for frame in clip])


def _outline(grey: np.ndarray) -> np.ndarray:
    """(T, 144) float32: histograms of oriented gradients.

    All frames are one picture for OpenCV, one below the other. A gradient at the edge of a frame mirrors the frame
    there: so does OpenCV at the edge of a picture.
    """
    num_frames = len(grey)
    canvas = np.empty((num_frames, SIZE + 2, SIZE), np.uint8)
    canvas[:, 0], canvas[:, 1:-1], canvas[:, -1] = grey[:, 1], grey, grey[:, -2]
    windows = [(0, number * (SIZE + 2) + 1) for number in range(num_frames)]
    values = _outline_descriptor().compute(canvas.reshape(-1, SIZE), locations=windows)
    return np.asarray(values, np.float32).reshape(num_frames, NUM_OUTLINE)


def _motion(grey: np.ndarray) -> np.ndarray:
    """(T, 108) float32: square roots of grey differences over the clip's contrast."""
    num_frames = len(grey)
    if num_frames == 1:
        return np.zeros((1, NUM_MOTION), np.float32)
    differences = cv2.absdiff(grey[1:].reshape(-1, SIZE), grey[:-1].reshape(-1, SIZE)).astype(np.float32)
    steps = [
        cv2.resize(difference, _MAP_SIZE, interpolation=cv2.INTER_AREA)
        for difference in differences.reshape(-1, SIZE, SIZE)
    ]
    contrast = float(grey.std(dtype=np.float64)) + 1.0
    maps = np.sqrt(np.stack([steps[0], *steps]) / np.float32(contrast))
    return maps.reshape(num_frames, NUM_MOTION)


def _colour(frames: np.ndarray) -> np.ndarray:
    """(T, 6) float32: mean and spread of the three channels, in [0, 1]."""
    pixels = np.array([cv2.meanStdDev(frame) for frame in frames])  # (T, 2, 3, 1) float64
    return (pixels / 255).astype(np.float32).reshape(len(frames), NUM_COLOUR)


def _outline_descriptor() -> cv2.HOGDescriptor:
    cell = SIZE // 4
    return cv2.HOGDescriptor((SIZE, SIZE), (2 * cell, 2 * cell), (2 * cell, 2 * cell), (cell, cell), 9)
