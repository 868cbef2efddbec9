"""What the network sees of each frame: how alike the frames before it and after it are, as a whole and cell by cell."""

import functools
from dataclasses import dataclass

import numpy as np

from reelwise.analysis.shots.descriptors import CELL_SIZE, NUM_CELLS, Descriptors, describe

LAGS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48)
"""Frames from one frame of a pair to the other: single frames for shots of a few, 48 for dissolves of two seconds."""

SHIFT_LAGS = (1, 2, 4, 8, 16)
"""Lags at which shifts are tried: further apart the camera has gone too far."""

MIX_SPANS = (2, 4, 8, 12, 16, 24)
"""Frames before and after of which a frame may be a mixture; twice each is a lag."""

CELL_LAGS = (1, 2, 4, 8, 16, 32)
CELL_MIX_SPANS = (2, 4, 8, 16)

BLOCK = 64
"""Frames that are computed at a time: the products of all with all, 112 by 112, stay in the processor's cache."""

REACH = max(LAGS) // 2
"""Frames before and after the one that the features describe."""

NUM_LEVELS = 6
NUM_GLOBAL = 5 * len(LAGS) + len(SHIFT_LAGS) + 2 * len(MIX_SPANS) + NUM_LEVELS
NUM_CELL = 2 * len(CELL_LAGS) + 2 * len(CELL_MIX_SPANS) + 2

_NOISE = 4.0
"""Variance in grey levels squared that counts as noise."""


@dataclass(frozen=True, eq=False)
class Features:
    """Features of T frames.

    Args:
        whole: (T, NUM_GLOBAL) float32.
        cells: (T, NUM_CELLS, NUM_CELL) float32.
    """

    whole: np.ndarray
    cells: np.ndarray


def pair_offsets(lag: int) -> tuple[int, int]:
    """Where the two frames of a lag lie around frame t: half before, half after.

    Example:
        >>> pair_offsets(1), pair_offsets(2), pair_offsets(3)
        ((-1, 0), (-1, 1), (-2, 1))
    """
    return -((lag + 1) // 2), lag // 2


def compute_features(window: Descriptors, num_frames: int) -> Features:
    """Features of the frames [REACH, REACH + num_frames) of a window.

    Args:
        window: num_frames + 2 * REACH frames.
        num_frames: How many to describe.
    """
    gram = np.matmul(window.cells.transpose(1, 0, 2), window.cells.transpose(1, 2, 0))  # (C, W, W)
    means = np.matmul(window.means.transpose(1, 0, 2), window.means.transpose(1, 2, 0)) * (CELL_SIZE / 3)
    pixels = _Pairs(gram, CELL_SIZE, num_frames)
    patterns = _Pairs(gram - means, CELL_SIZE, num_frames)
    total = gram.sum(axis=0, dtype=np.float64)[None]
    overall_mean = window.means.mean(axis=1).astype(np.float64)
    covariance = total - (overall_mean @ overall_mean.T) * (CELL_SIZE / 3 * NUM_CELLS)
    whole_pixels = _Pairs(total, CELL_SIZE * NUM_CELLS, num_frames)
    whole_pattern = _Pairs(covariance, CELL_SIZE * NUM_CELLS, num_frames)
    columns = [_log_distance(whole_pixels.square_distance(lag))[0] for lag in LAGS]
    columns += [whole_pattern.correlation(lag)[0] for lag in LAGS]
    for vectors in (window.colors, window.chroma, window.edges):
        columns += [_products(vectors, lag, num_frames) for lag in LAGS]
    columns += [_best_shift(window, lag, num_frames) for lag in SHIFT_LAGS]
    for span in MIX_SPANS:
        columns += [column[0] for column in whole_pixels.mixture(span)]
    levels = window.levels[REACH : REACH + num_frames]
    whole = np.concatenate([np.stack(columns, axis=1), levels], axis=1).astype(np.float32)
    return Features(whole, _cell_features(window, pixels, patterns))


def _cell_features(window: Descriptors, pixels: "_Pairs", patterns: "_Pairs") -> np.ndarray:
    columns = [_log_distance(pixels.square_distance(lag)) for lag in CELL_LAGS]
    columns += [patterns.correlation(lag) for lag in CELL_LAGS]
    for span in CELL_MIX_SPANS:
        columns += pixels.mixture(span)
    here = slice(REACH, REACH + pixels.num_frames)
    columns.append(window.means[here].mean(axis=2).T / 256)
    columns.append(np.log1p(np.sqrt(patterns.own[:, here] / CELL_SIZE)) / 5)
    return np.stack(columns, axis=2).transpose(1, 0, 2).astype(np.float32)  # (C, T, F) -> (T, C, F)


class _Pairs:
    """Distances and correlations of pairs of frames, from the products of all with all.

    Args:
        gram: (C, W, W) products.
        size: Numbers in each product.
        num_frames: Frames to describe, from REACH on.
    """

    def __init__(self, gram: np.ndarray, size: int, num_frames: int) -> None:
        self._gram = gram
        self._size = size
        self.num_frames = num_frames
        self.own = np.maximum(np.diagonal(gram, axis1=1, axis2=2), 0)  # (C, W)

    def _between(self, before: int, after: int) -> tuple[slice, slice, np.ndarray]:
        first = slice(REACH + before, REACH + before + self.num_frames)
        second = slice(REACH + after, REACH + after + self.num_frames)
        diagonal = np.diagonal(self._gram, offset=after - before, axis1=1, axis2=2)
        return first, second, diagonal[:, first]

    def square_distance(self, lag: int) -> np.ndarray:
        """(C, T) mean squared difference of the two frames of a lag."""
        return self._square_distance(*pair_offsets(lag))

    def _square_distance(self, before: int, after: int) -> np.ndarray:
        first, second, product = self._between(before, after)
        return np.maximum(self.own[:, first] + self.own[:, second] - 2 * product, 0) / self._size

    def correlation(self, lag: int) -> np.ndarray:
        """(C, T) correlation of the two frames of a lag; two flat pictures are alike."""
        first, second, product = self._between(*pair_offsets(lag))
        noise = _NOISE * self._size
        return (product + noise) / np.sqrt((self.own[:, first] + noise) * (self.own[:, second] + noise))

    def mixture(self, span: int) -> list[np.ndarray]:
        """How much of the frame ``span`` later is in this one, and what the frames ``span`` away leave over.

        In a dissolve each frame is a mixture of two: x = (1 - a) p + a q. The least-squares a and the squared rest over
        the squared distance of p and q follow from three distances.
        """
        whole = self._square_distance(-span, span) + _NOISE
        first = self._square_distance(-span, 0)
        second = self._square_distance(0, span)
        part = (whole + first - second) / (2 * whole)
        rest = np.maximum(first / whole - part * part, 0)
        return [np.clip(part, -1, 2), np.log1p(np.minimum(rest, 100.0))]


def _log_distance(square_distance: np.ndarray) -> np.ndarray:
    return np.log1p(np.sqrt(square_distance)) / 5.5  # 255 levels apart is 1


def _products(vectors: np.ndarray, lag: int, num_frames: int) -> np.ndarray:
    before, after = (REACH + offset for offset in pair_offsets(lag))
    return np.einsum("td,td->t", vectors[before : before + num_frames], vectors[after : after + num_frames])


def _best_shift(window: Descriptors, lag: int, num_frames: int) -> np.ndarray:
    before, after = (REACH + offset for offset in pair_offsets(lag))
    inner = window.inner[before : before + num_frames, :, None]
    at_shifts = window.at_shifts[after : after + num_frames]
    return np.matmul(at_shifts, inner)[:, :, 0].max(axis=1)  # (T, S, D) @ (T, D, 1) -> (T, S)


def features_of(thumbnails: np.ndarray) -> Features:
    """Features of all frames of a video in memory; the first and the last frame are repeated beyond the ends.

    Args:
        thumbnails: (T, 28, 48, 3) uint8 RGB.
    """
    places = np.clip(np.arange(-REACH, len(thumbnails) + REACH), 0, len(thumbnails) - 1)
    descriptors = [describe(thumbnails[places[start : start + BLOCK]]) for start in range(0, len(places), BLOCK)]
    window = functools.reduce(Descriptors.followed_by, descriptors)
    parts = []
    for start in range(0, len(thumbnails), BLOCK):
        num_frames = min(BLOCK, len(thumbnails) - start)
        parts.append(compute_features(window.part(start, start + num_frames + 2 * REACH), num_frames))
    return Features(np.concatenate([part.whole for part in parts]), np.concatenate([part.cells for part in parts]))
