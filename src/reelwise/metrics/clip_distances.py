"""Distances between clips, as features or pixels, in blocks so that memory stays bounded."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from reelwise.core.errors import DataError

_MAX_BLOCK_VALUES = 4_000_000
"""Values of one block of clips or of distances: 32 MB of float64. Chosen by reasoning, to bound memory."""
_MAX_BLOCK_CLIPS = 2000
"""Clips of one block: 2000 by 2000 distances are 4 million values."""


@dataclass(frozen=True, eq=False)
class NearestClips:
    """The nearest reference clip of each of N clips.

    Args:
        indices: (N,) int64, the number of the reference clip.
        distances: (N,) float64, the root of the mean squared difference of values; exactly 0 for a copy.
    """

    indices: np.ndarray
    distances: np.ndarray


def nearest_clips(clips: np.ndarray, references: np.ndarray) -> NearestClips:
    """The nearest reference clip of each clip.

    Args:
        clips: (N, …) features or frames: float, or uint8, which counts as values / 255. N > 0.
        references: (M, …) of the same shape apart from M, and of the same kind. M > 0; may lie on disk (memmap).

    Raises:
        DataError: Shapes or kinds that do not match, no clips, or values that are not finite.

    Example:
        >>> nearest = nearest_clips(np.array([[0.0], [4.0]]), np.array([[3.0], [1.0], [0.0]]))
        >>> nearest.indices.tolist(), nearest.distances.tolist()
        ([2, 0], [0.0, 1.0])
    """
    _check_clips(clips, references)
    centre = _mean_clip(references)
    indices, distances = [], []
    for block in _blocks(clips):
        block_indices = _nearest_indices(_rows(block, centre), references, centre)
        indices.append(block_indices)
        # Taken anew, without the rounding of squares that cancel: a copy has distance 0.
        differences = _rows(block) - _rows(references[block_indices])
        distances.append(np.sqrt((differences**2).mean(axis=1)))
    return NearestClips(np.concatenate(indices), np.concatenate(distances))


def mean_pairwise_distance(clips: np.ndarray) -> float:
    """The mean distance of two different clips of a set: how diverse the set is.

    A distance is the root of the mean squared difference of values.

    Args:
        clips: (N, …) features or frames: float, or uint8, which counts as values / 255. N > 1.

    Raises:
        DataError: Fewer than two clips, or values that are not finite.

    Example:
        >>> round(mean_pairwise_distance(np.array([[0.0], [1.0], [3.0]])), 9)     # (1 + 3 + 2) / 3
        2.0
    """
    _check_clips(clips, clips)
    if len(clips) < 2:
        raise DataError("One clip has no distance to others.", hint="Give at least two clips.")
    centre = _mean_clip(clips)
    total = 0.0
    for i, first in enumerate(_blocks(clips)):
        first_rows = _rows(first, centre)
        for j, second in enumerate(_blocks(clips)):
            if j < i:
                continue
            distances = np.sqrt(_squared_distances(first_rows, _rows(second, centre)))
            # Of a block with itself each pair occurs twice, beside the zeros of each clip with itself.
            total += float(distances.sum() if j > i else np.triu(distances, 1).sum())
    return total / (len(clips) * (len(clips) - 1) / 2)


def _nearest_indices(rows: np.ndarray, references: np.ndarray, centre: np.ndarray) -> np.ndarray:
    best = np.full(len(rows), np.inf)
    indices = np.zeros(len(rows), np.int64)
    start = 0
    for block in _blocks(references):
        squared_distances = _squared_distances(rows, _rows(block, centre))
        nearest = squared_distances.argmin(axis=1)
        nearest_distances = squared_distances[np.arange(len(rows)), nearest]
        is_nearer = nearest_distances < best
        best = np.where(is_nearer, nearest_distances, best)
        indices = np.where(is_nearer, start + nearest, indices)
        start += len(block)
    return indices


def _squared_distances(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(N, M) mean squared differences of (N, D) and (M, D) rows."""
    squares = (x**2).sum(axis=1)[:, None] + (y**2).sum(axis=1)[None] - 2 * x @ y.T
    return np.maximum(squares, 0.0) / x.shape[1]


def _blocks(clips: np.ndarray) -> Iterator[np.ndarray]:
    num_values = int(np.prod(clips.shape[1:]))
    num_clips = min(_MAX_BLOCK_CLIPS, max(1, _MAX_BLOCK_VALUES // num_values))
    for start in range(0, len(clips), num_clips):
        yield clips[start : start + num_clips]


def _mean_clip(clips: np.ndarray) -> np.ndarray:
    """(D,) what is taken off before squares are summed, so that a large common value costs no digits."""
    return np.asarray(sum(_rows(block).sum(axis=0) for block in _blocks(clips))) / len(clips)


def _rows(block: np.ndarray, centre: np.ndarray | float = 0.0) -> np.ndarray:
    """(N, D) float64 values of a block of clips, minus the centre."""
    rows = np.asarray(block).reshape(len(block), -1).astype(np.float64)
    if not np.isfinite(rows).all():
        raise DataError("A clip has values that are not finite.", hint="Leave it out, or look for what made it.")
    return (rows / 255.0 if block.dtype == np.uint8 else rows) - centre


def _check_clips(clips: np.ndarray, references: np.ndarray) -> None:
    shapes = f"clips {clips.shape} {clips.dtype} and references {references.shape} {references.dtype}"
    if clips.ndim < 2 or 0 in clips.shape or 0 in references.shape or clips.shape[1:] != references.shape[1:]:
        raise DataError(f"Got {shapes}.", hint="Give (N, …) and (M, …), with the same shape behind N and M.")
    is_uint8 = [array.dtype == np.uint8 for array in (clips, references)]
    is_float = [np.issubdtype(array.dtype, np.floating) for array in (clips, references)]
    if not (all(is_uint8) or all(is_float)):
        raise DataError(f"Got {shapes}.", hint="Give both as uint8 or both as float.")
