"""Whether a frame shows the same as another one."""

import cv2
import numpy as np

_LEAST_MEAN = 0.25
"""Mean difference in grey levels up to which nothing moves: -60 dB, as in FFmpeg's freezedetect."""

_LEAST_BLOCK = 2.0
"""Of every block: a mouth that moves in a still room is no still picture, which the mean alone would call it."""

_BLOCK = 8
"""Pixels along each side of a block."""


def mean_difference(picture: np.ndarray, other: np.ndarray) -> float:
    """Mean absolute difference in grey levels.

    Args:
        picture: (H, W) uint8.
        other: (H, W) uint8.
    """
    return cv2.norm(picture, other, cv2.NORM_L1) / picture.size


def is_same(picture: np.ndarray, other: np.ndarray) -> bool:
    """Whether two pictures are the same but for what a codec does to them.

    Args:
        picture: (H, W) uint8.
        other: (H, W) uint8.

    Source: freezedetect of FFmpeg 4.2 (mean difference under -60 dB). Otherwise: no block may differ much.
    """
    if mean_difference(picture, other) > _LEAST_MEAN:
        return False
    height, width = picture.shape
    blocks_wh = max(1, width // _BLOCK), max(1, height // _BLOCK)
    blocks = cv2.resize(cv2.absdiff(picture, other), blocks_wh, interpolation=cv2.INTER_AREA)
    return float(blocks.max()) <= _LEAST_BLOCK
