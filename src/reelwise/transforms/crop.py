"""From the cached square to the model's square, the same for every frame of a clip."""

from collections.abc import Sequence

import cv2
import numpy as np


def centre_crop(frames: Sequence[np.ndarray] | np.ndarray, size: int, out: np.ndarray | None = None) -> np.ndarray:
    """The middle ``size`` × ``size`` pixels of every frame; a smaller clip is enlarged.

    Training without augmentation, evaluation and prediction all cut with this one function.

    Args:
        frames: T of (S, S, 3) uint8, or (T, S, S, 3).
        size: Pixels along each side that the model sees.
        out: (T, size, size, 3) uint8, contiguous, where the result is written; None for a new array.

    Returns:
        (T, size, size, 3) uint8, contiguous.
    """
    out = np.empty((len(frames), size, size, 3), np.uint8) if out is None else out
    height, width = frames[0].shape[:2]
    top, left = (height - size) // 2, (width - size) // 2
    for frame, target in zip(frames, out, strict=True):
        if min(height, width) < size:
            cv2.resize(frame, (size, size), target, interpolation=cv2.INTER_LINEAR)
        else:
            target[:] = frame[top : top + size, left : left + size]
    return out


def mirror(clip: np.ndarray) -> np.ndarray:
    """The clip with left and right swapped, (T, H, W, 3) uint8, contiguous."""
    return np.ascontiguousarray(clip[:, :, ::-1])
