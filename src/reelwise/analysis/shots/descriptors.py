"""Small descriptors of each frame, made so that a product of two frames' descriptors is their likeness."""

from dataclasses import dataclass, fields

import cv2
import numpy as np

THUMBNAIL_HW = (28, 48)
"""Height and width of the pictures that the detector sees, in pixels. Source of the size: Souček and Lokoč 2020,
arXiv:2008.04838 (27 by 48); one row more lets four cells of 7 rows fit."""

GRID_HW = (4, 4)
"""Cells down and across. An object that crosses the picture changes some; a wipe changes each once and for good."""

NUM_CELLS = GRID_HW[0] * GRID_HW[1]
CELL_HW = (THUMBNAIL_HW[0] // GRID_HW[0], THUMBNAIL_HW[1] // GRID_HW[1])
CELL_SIZE = CELL_HW[0] * CELL_HW[1] * 3
"""Numbers in a cell: 7 rows, 12 columns, 3 colours."""

COLOR_LEVELS = 6
"""Levels of each colour in the joint histogram: 216 bins for 1344 pixels."""

CHROMA_LEVELS = 8
"""Levels of red and of green over the sum of the colours: a histogram that exposure leaves alone."""

NUM_ORIENTATIONS = 8
"""Directions of edges, as in Dalal and Triggs 2005 (9 there, over half a turn as here)."""

SHIFTS = tuple((down, right) for down in (-2, 0, 2) for right in (-4, -2, 0, 2, 4))
"""Shifts of the half-size grey picture that are tried when the camera moves, in its pixels (two of the thumbnail)."""

_CELL_AREA = CELL_HW[0] * CELL_HW[1]

_PLACE_OF_PIXEL = (
    np.arange(THUMBNAIL_HW[0])[:, None] // CELL_HW[0] * GRID_HW[1] + np.arange(THUMBNAIL_HW[1]) // CELL_HW[1]
).ravel() * NUM_ORIENTATIONS
"""The first edge bin of each pixel's cell."""

_MARGIN_HW = (2, 4)
"""How far the largest shift reaches."""

_GREY = np.array([0.299, 0.587, 0.114], np.float32)
"""Parts of red, green and blue in grey. Source: ITU-R BT.601."""


@dataclass(frozen=True, eq=False)
class Descriptors:
    """What is kept of T frames.

    Args:
        cells: (T, C, D) float32 whole numbers, -128 to 127: the colours, cell by cell. Sums of products are below
            2**24, so that float32 products are exact in whatever order they are added.
        means: (T, C, 3) float32: the mean colour of each cell.
        colors: (T, 216) float32: square roots of the shares of the joint colour histogram.
        chroma: (T, 64) float32: the same of the colours divided by their sum.
        edges: (T, C * 8) float32: square roots of the shares of edge directions, cell by cell.
        inner: (T, 160) float32: the inside of the half-size grey picture, mean 0 and norm 1.
        at_shifts: (T, S, 160) float32: the same size of picture at each shift.
        levels: (T, L) float32: brightness, contrast, darkest and brightest cell, saturation and sharpness, 0 to 1.
    """

    cells: np.ndarray
    means: np.ndarray
    colors: np.ndarray
    chroma: np.ndarray
    edges: np.ndarray
    inner: np.ndarray
    at_shifts: np.ndarray
    levels: np.ndarray

    def __len__(self) -> int:
        return len(self.cells)

    def part(self, start: int, end: int | None = None) -> "Descriptors":
        """The frames of [start, end)."""
        return Descriptors(*(getattr(self, field.name)[start:end] for field in fields(self)))

    def followed_by(self, other: "Descriptors") -> "Descriptors":
        """These frames and then those."""
        pairs = ((getattr(self, field.name), getattr(other, field.name)) for field in fields(self))
        return Descriptors(*(np.concatenate(pair) for pair in pairs))


def describe(thumbnails: np.ndarray) -> Descriptors:
    """Describe frames.

    Args:
        thumbnails: (T, 28, 48, 3) uint8 RGB.
    """
    planes = np.ascontiguousarray(thumbnails.transpose(3, 0, 1, 2)).astype(np.float32)  # (3, T, 28, 48): sums are fast
    num_frames = len(thumbnails)
    grey = np.tensordot(_GREY, planes, axes=1)  # (T, 28, 48)
    cells = _cut_into_cells(planes)  # (T, C, 3, 84)
    means = cells @ np.full(_CELL_AREA, 1 / _CELL_AREA, np.float32)  # (T, C, 3)
    magnitudes, edges = _edges(grey)
    inner, at_shifts = _at_shifts(grey)
    return Descriptors(
        cells=cells.reshape(num_frames, NUM_CELLS, CELL_SIZE),
        means=means,
        colors=_histogram((planes * (COLOR_LEVELS / 256)).astype(np.uint8), COLOR_LEVELS),
        chroma=_histogram(_chroma(planes), CHROMA_LEVELS),
        edges=edges,
        inner=inner,
        at_shifts=at_shifts,
        levels=_levels(grey, means, magnitudes),
    )


def _cut_into_cells(planes: np.ndarray) -> np.ndarray:
    num_frames = planes.shape[1]
    cells = (planes - 128).reshape(3, num_frames, GRID_HW[0], CELL_HW[0], GRID_HW[1], CELL_HW[1])
    return cells.transpose(1, 2, 4, 0, 3, 5).reshape(num_frames, NUM_CELLS, 3, _CELL_AREA)


def _histogram(levels: np.ndarray, num_levels: int) -> np.ndarray:
    """Square roots of the shares of each joint level, so that a product of two is the Bhattacharyya coefficient.

    Args:
        levels: (K, T, 28, 48) uint8: the level of each of K numbers.
        num_levels: Levels of one number.
    """
    num_frames, num_bins = levels.shape[1], num_levels ** len(levels)
    codes = levels[0].reshape(num_frames, -1).astype(np.int64)
    for level in levels[1:]:
        codes *= num_levels
        codes += level.reshape(num_frames, -1)
    return np.sqrt(_count(codes, num_bins).astype(np.float32) / codes.shape[1])


def _count(codes: np.ndarray, num_bins: int, weights: np.ndarray | None = None) -> np.ndarray:
    """(T, bins): how often, or with which weight, each code of [0, bins) stands in each row."""
    codes += np.arange(len(codes))[:, None] * num_bins
    flat_weights = None if weights is None else weights.ravel()
    return np.bincount(codes.ravel(), flat_weights, minlength=len(codes) * num_bins).reshape(len(codes), num_bins)


def _chroma(planes: np.ndarray) -> np.ndarray:
    """(2, T, 28, 48): the level of red and of green over the sum; 8 is added to each, so that black has no colour."""
    total = planes[0] + planes[1] + planes[2] + 24  # 8 of 255 for each color: noise in the dark is not colour
    # Shares of natural colours lie within 1/3 +- 1/5: the levels cover that span.
    shares = (planes[:2] + 8) / total - 0.133
    return np.clip(shares * (CHROMA_LEVELS / 0.4), 0, CHROMA_LEVELS - 1).astype(np.uint8)


def _edges(grey: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean edge strength (T,) and the edge histograms (T, C * 8)."""
    num_frames = len(grey)
    across = np.zeros_like(grey)
    down = np.zeros_like(grey)
    across[:, :, 1:-1] = grey[:, :, 2:] - grey[:, :, :-2]
    down[:, 1:-1] = grey[:, 2:] - grey[:, :-2]
    magnitude, angle = cv2.cartToPolar(across.reshape(num_frames, -1), down.reshape(num_frames, -1))  # 0 to 2 pi
    direction = (angle * (NUM_ORIENTATIONS / np.pi)).astype(np.uint8) & (NUM_ORIENTATIONS - 1)  # modulo half a turn
    sums = _count(direction + _PLACE_OF_PIXEL, NUM_CELLS * NUM_ORIENTATIONS, magnitude)
    # 0.5 grey levels per pixel and bin: where there are no edges, all directions count alike.
    sums = sums.astype(np.float32) + 0.5 * _CELL_AREA / NUM_ORIENTATIONS
    return magnitude.mean(axis=1), np.sqrt(sums / sums.sum(axis=1, keepdims=True))


def _at_shifts(grey: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    num_frames = len(grey)
    half = grey[:, ::2, ::2] + grey[:, ::2, 1::2] + grey[:, 1::2, ::2] + grey[:, 1::2, 1::2]  # (T, 14, 24), times 4
    height, width = half.shape[1] - 2 * _MARGIN_HW[0], half.shape[2] - 2 * _MARGIN_HW[1]
    at_shifts = np.empty((num_frames, len(SHIFTS), height * width), np.float32)
    for place, (down, right) in enumerate(SHIFTS):
        top, left = _MARGIN_HW[0] + down, _MARGIN_HW[1] + right
        at_shifts[:, place] = half[:, top : top + height, left : left + width].reshape(num_frames, -1)
    at_shifts -= at_shifts.mean(axis=2, keepdims=True)
    # 2 grey levels per pixel (8 times 4 here): two flat pictures are alike, and noise is no pattern.
    at_shifts /= np.sqrt(np.einsum("tsd,tsd->ts", at_shifts, at_shifts) + 64.0 * height * width)[:, :, None]
    return at_shifts[:, SHIFTS.index((0, 0))].copy(), at_shifts


def _levels(grey: np.ndarray, means: np.ndarray, magnitudes: np.ndarray) -> np.ndarray:
    cell_grey = (means + 128) @ _GREY  # (T, C)
    saturation = (means.max(axis=2) - means.min(axis=2)).mean(axis=1)
    flat = grey.reshape(len(grey), -1)
    mean = flat.mean(axis=1)
    contrast = np.sqrt(np.maximum(np.einsum("td,td->t", flat, flat) / flat.shape[1] - mean * mean, 0))
    columns = (mean, contrast, cell_grey.min(axis=1), cell_grey.max(axis=1), saturation)
    return np.stack([*(column / 255 for column in columns), np.log1p(magnitudes) / 5], axis=1).astype(np.float32)
