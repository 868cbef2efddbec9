"""What is measured of one frame."""

from dataclasses import dataclass

import cv2
import numpy as np

DARK, BRIGHT = 26, 230
"""Grey levels up to which a pixel is black and from which on it is white: 10 % of the range, as in blackdetect."""

CLIPPED_LOW, CLIPPED_HIGH = 2, 253
"""Grey levels at which nothing more can be told; two beside the ends, for the rounding of a codec."""

_BLOCKS_HW = (6, 8)
"""Parts of the picture in which edges are looked for: a picture is blurred where no part is sharp."""

_LEVELS = np.arange(256)


@dataclass(frozen=True)
class Measures:
    """Of one frame.

    Args:
        brightness: Mean grey level, 0 to 255.
        contrast: Standard deviation in grey levels.
        sharpness: Variance of the Laplacian, in squared grey levels.
        clipped_low: Part of the pixels that are black to the end, in [0, 1].
        clipped_high: Part that is white to the end.
        dark: Part of the pixels that are black.
        bright: Part that is white.
        near_white: Part that is nearly clipped, 225 to 252: where light runs into white there is some.
        highlight: Grey level that 1 % of the pixels surpass.
        edge: Root mean square of the Laplacian in the sharpest parts of the picture, over the contrast there.
    """

    brightness: float
    contrast: float
    sharpness: float
    clipped_low: float
    clipped_high: float
    dark: float
    bright: float
    near_white: float
    highlight: float
    edge: float


def measure(grey: np.ndarray, laplacian: np.ndarray, sharpness: float) -> Measures:
    """Measure a frame.

    Args:
        grey: (H, W) uint8.
        laplacian: (H, W) int16, of the same picture.
        sharpness: Its variance.
    """
    counts = cv2.calcHist([grey], [0], None, [256], [0, 256]).reshape(-1).astype(np.int64)
    histogram = counts / grey.size
    brightness = float(histogram @ _LEVELS)
    contrast = float(np.sqrt(max(0.0, histogram @ (_LEVELS - brightness) ** 2)))
    # Of the counts, which are whole numbers: parts that hold no pixel are 0, and not 1e-16.
    counts_up_to, size = np.cumsum(counts), grey.size
    return Measures(
        brightness=brightness,
        contrast=contrast,
        sharpness=sharpness,
        clipped_low=float(counts_up_to[CLIPPED_LOW] / size),
        clipped_high=float((size - counts_up_to[CLIPPED_HIGH - 1]) / size),
        dark=float(counts_up_to[DARK] / size),
        bright=float((size - counts_up_to[BRIGHT - 1]) / size),
        near_white=float((counts_up_to[252] - counts_up_to[224]) / size),
        highlight=float(np.searchsorted(counts_up_to, 0.99 * size)),
        edge=_edge(grey, laplacian),
    )


def _edge(grey: np.ndarray, laplacian: np.ndarray) -> float:
    """Of the parts of the picture, what the sharpest fifth has at least."""
    height, width = grey.shape
    blocks_wh = min(width, _BLOCKS_HW[1]), min(height, _BLOCKS_HW[0])
    picture = grey.astype(np.float32)
    mean = cv2.resize(picture, blocks_wh, interpolation=cv2.INTER_AREA)
    variance = cv2.resize(cv2.multiply(picture, picture), blocks_wh, interpolation=cv2.INTER_AREA) - mean * mean
    energy = cv2.resize(cv2.multiply(laplacian, laplacian, dtype=cv2.CV_32F), blocks_wh, interpolation=cv2.INTER_AREA)
    # Without contrast there is nothing to be sharp, and whole grey levels alone give a Laplacian of 20 times 1/12.
    ratios = np.sqrt(np.maximum(energy - 20 / 12, 0.0) / np.maximum(variance, 16.0)).reshape(-1)
    return float(np.sort(ratios)[int(0.8 * (len(ratios) - 1))])
