"""Temporal alignment of two sequences of pictures: how alike they move, at every offset at once."""

from dataclasses import dataclass

import numpy as np

MIN_SHARE = 0.3
"""Share of the shorter sequence that must overlap."""

_ROUNDING = 1e-3
"""Squared length of a picture: two that stand still altogether agree."""

_WHOLE_SHARE = 0.6
_PART_COST = 0.15
"""An overlap of less than that share must agree by so much better, as there are more offsets to choose from."""


@dataclass(frozen=True)
class Alignment:
    """How well two sequences of pictures agree at their best offset.

    Args:
        motion: Correlation of the pictures after their temporal mean is subtracted, that is, of motion; 1 is the same.
        still: Correlation of the mean pictures: of scene and camera.
        offset: Sample of the second sequence at sample 0 of the first; may be negative.
        num_samples: Length of the overlap.
        share: That length as a share of the shorter sequence.
    """

    motion: float
    still: float
    offset: int
    num_samples: int
    share: float


def align(first: np.ndarray, second: np.ndarray, noise: float = 0.0, min_samples: int = 6) -> Alignment | None:
    """The best alignment of two sequences of pictures, or None when they are too short.

    Args:
        first: (n, D) pictures with mean 0.
        second: (m, D).
        noise: Squared length of a picture that is no motion: little more than that agrees with nothing.
        min_samples: Length of an overlap below which it may agree by chance.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> video = rng.normal(0, 5, (40, 256)) + 20 * rng.normal(size=256)
        >>> match = align(video[10:35], video)
        >>> match.offset, round(match.motion, 3)
        (10, 1.0)
    """
    n, m = len(first), len(second)
    shorter = min(n, m)
    least = max(min_samples, int(np.ceil(MIN_SHARE * shorter)))
    if shorter < least:
        return None
    offsets = np.arange(least - n, m - least + 1)
    start, end = np.maximum(0, -offsets), np.minimum(n, m - offsets)
    length = (end - start).astype(np.float64)
    dots = _diagonal_sums(first @ second.T)[offsets + n - 1]
    sum_1, square_1 = _running_sums(first, start, end)
    sum_2, square_2 = _running_sums(second, start + offsets, end + offsets)
    mean_dot = np.einsum("od,od->o", sum_1, sum_2) / length
    still_1 = np.einsum("od,od->o", sum_1, sum_1) / length
    still_2 = np.einsum("od,od->o", sum_2, sum_2) / length
    moving_1, moving_2 = np.maximum(square_1 - still_1, 0), np.maximum(square_2 - still_2, 0)
    rounding = _ROUNDING * length  # of the sums: it must not look like motion
    motion = (dots - mean_dot + rounding) / (np.sqrt(moving_1 * moving_2) + rounding + noise * length)
    still = mean_dot / np.maximum(np.sqrt(still_1 * still_2), 1e-6)
    share = length / shorter
    best = int(np.argmax(motion - _PART_COST * (share < _WHOLE_SHARE)))
    return Alignment(
        motion=float(min(motion[best], 1.0)),
        still=float(still[best]),
        offset=int(offsets[best]),
        num_samples=int(length[best]),
        share=float(share[best]),
    )


def _diagonal_sums(products: np.ndarray) -> np.ndarray:
    """(n + m - 1,): sums over the diagonals j - i = -(n - 1) … m - 1, by shearing the matrix."""
    n, m = products.shape
    shifted_rows = np.zeros((n, n + m), products.dtype)
    shifted_rows[:, :m] = products[::-1]
    # Read as rows one shorter, row i stands i places further right: diagonals have become columns.
    return shifted_rows.ravel()[: n * (n + m - 1)].reshape(n, n + m - 1).sum(0)


def _running_sums(pictures: np.ndarray, start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sum of pictures (offsets, D) and of squares (offsets,) over [start, end), in float64."""
    zero = np.zeros((1, pictures.shape[1]))
    sums = np.concatenate([zero, np.cumsum(pictures, 0, dtype=np.float64)])
    squares = np.concatenate([[0.0], np.cumsum(np.einsum("nd,nd->n", pictures, pictures, dtype=np.float64))])
    return sums[end] - sums[start], squares[end] - squares[start]
