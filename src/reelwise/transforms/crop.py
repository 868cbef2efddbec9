"""From the cached square to the model's square, the same for every frame of a clip."""

import cv2
import numpy as np


def centre_crop(clip: np.ndarray, size: int) -> np.ndarray:
    """The middle ``size`` × ``size`` pixels of every frame; a smaller clip is enlarged.

    Training without augmentation, evaluation and prediction all cut with this one function.

    Args:
        clip: (T, S, S, 3) uint8.
        size: Pixels along each side that the model sees.

    Returns:
        (T, size, size, 3) uint8, contiguous.
    """
    height, width = clip.shape[1:3]
    if (height, width) == (size, size):
        return np.ascontiguousarray(clip)
    if min(height, width) < size:
        return np.stack([cv2.resize(frame, (size, size), interpolation=cv2.INTER_LINEAR) for frame in clip])
    top, left = (height - size) // 2, (width - size) // 2
    return np.ascontiguousarray(clip[:, top : top + size, left : left + size])


def mirror(clip: np.ndarray) -> np.ndarray:
    """The clip with left and right swapped, (T, H, W, 3) uint8, contiguous."""
    return np.ascontiguousarray(clip[:, :, ::-1])
