"""All frames of a clip through one affine map, with the bits of ``cv2.warpAffine``."""

from collections.abc import Sequence

import cv2
import numpy as np

_FRACTION_BITS = 5
"""OpenCV's bilinear interpolation takes places in 1/32 of a pixel."""

_SUM_BITS = 10
"""``cv2.warpAffine`` adds up what its row and its column contribute to a place in 1/1024 of a pixel."""

_MIN_FRAMES = 20
"""From so many frames on it pays to compute the places here, measured with 84 and 96 pixels a side."""


def warp_frames(frames: Sequence[np.ndarray] | np.ndarray, matrix: np.ndarray, result: np.ndarray) -> None:
    """Every frame warped, with bilinear interpolation and a border that mirrors.

    ``cv2.warpAffine`` computes all places anew for each frame, and is slow at those beyond the frame's edge. For a long
    clip the places are computed once, and each frame is given the border that they need.

    Args:
        frames: T of (H, W, 3) uint8, all of one shape; they may lie in a memory map, nothing copies them as a whole.
        matrix: 2 × 3 map from places of the result to places of a frame.
        result: (T, H', W', 3) uint8, where the warped frames are written.
    """
    if len(frames) < _MIN_FRAMES:
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        for frame, target in zip(frames, result, strict=True):
            cv2.warpAffine(frame, matrix, target.shape[1::-1], target, flags, cv2.BORDER_REFLECT_101)
        return
    of_rows, of_columns = _contributions(matrix, *result.shape[1:3])
    left, right, top, bottom = _border(of_rows, of_columns, frames[0].shape[:2])
    has_border = max(left, right, top, bottom) > 0
    height, width, depth = frames[0].shape
    canvas = np.empty((top + height + bottom, left + width + right, depth), np.uint8)
    shift = np.array([[left], [top]], np.int32) << _SUM_BITS
    places, fractions = _places(of_rows + shift, of_columns)
    for frame, target in zip(frames, result, strict=True):
        if has_border:
            cv2.copyMakeBorder(frame, top, bottom, left, right, cv2.BORDER_REFLECT_101, canvas)
        cv2.remap(canvas if has_border else frame, places, fractions, cv2.INTER_LINEAR, dst=target)


def _contributions(matrix: np.ndarray, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """What the rows and the columns of the result contribute to places of the source.

    Returns:
        (2, height) and (2, width) int32, horizontal and vertical, in 1/1024 of a pixel, rounded as ``cv2.warpAffine``
        does; half of 1/32 is added, since the sums are cut to 1/32.
    """
    half = 1 << (_SUM_BITS - _FRACTION_BITS - 1)
    of_rows = np.rint((matrix[:, 1:2] * np.arange(height) + matrix[:, 2:]) * (1 << _SUM_BITS)) + half
    of_columns = np.rint(matrix[:, :1] * np.arange(width) * (1 << _SUM_BITS))
    return of_rows.astype(np.int32), of_columns.astype(np.int32)


def _border(of_rows: np.ndarray, of_columns: np.ndarray, size_hw: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Pixels that are missing at the left, right, top and bottom of a frame."""
    low = (of_rows.min(axis=1) + of_columns.min(axis=1)) >> _SUM_BITS
    high = (of_rows.max(axis=1) + of_columns.max(axis=1)) >> _SUM_BITS
    height, width = size_hw
    # Interpolation also reads the pixel behind the one that a place lies in.
    behind = high + 2 - (width, height)
    return max(0, -int(low[0])), max(0, int(behind[0])), max(0, -int(low[1])), max(0, int(behind[1]))


def _places(of_rows: np.ndarray, of_columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The places of all pixels of the result, as ``cv2.remap`` takes them.

    Returns:
        (H, W, 2) int16, column and row of a pixel of the source; (H, W) uint16, how far the place lies behind it: 32
        times the fraction of the row and the fraction of the column, both in 1/32.
    """
    sums = of_rows[:, :, None] + of_columns[:, None, :]  # (2, H, W)
    places = np.empty((*sums.shape[1:], 2), np.int16)
    places[..., 0], places[..., 1] = sums[0] >> _SUM_BITS, sums[1] >> _SUM_BITS
    mask = (1 << _FRACTION_BITS) - 1
    of_column = (sums[0] >> (_SUM_BITS - _FRACTION_BITS)) & mask
    of_row = sums[1] & (mask << _FRACTION_BITS)  # these bits lie where they belong
    return places, (of_row | of_column).astype(np.uint16)
