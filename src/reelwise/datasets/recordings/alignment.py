"""Temporal alignment of two videos: correlation of still and of moving content, at every offset at once."""

from dataclasses import dataclass

import numpy as np

# The thresholds are chosen by experience with re-encoded, trimmed, mirrored and rescaled copies on the one side, and
# other takes of the same scenes on the other; tests/unit/datasets/recordings keeps both apart.
MIN_SAMPLES = 6
"""Samples of overlap, that is 0.6 s: shorter ones may agree by chance."""

MIN_SHARE = 0.3
"""Share of the shorter video that must overlap."""

MIN_STILL = 0.97
"""Correlation of the mean pictures, where there is motion."""

_SURE_STILL = 0.995
"""Correlation of the mean pictures, where there is none."""

_MOTION_CEILING = 0.92
"""Correlation of strong motion, which an encoder hardly changes."""

_NOISE_VARIANCE = 0.2
"""Squared grey levels that an encoder adds, 0.45 squared."""

_LITTLE_MOTION = 0.5
"""Grey levels under which a video counts as still."""

_LEAST_MOTION = 0.65
_SURE_MOTION = 0.9
_PART_SHARE = 0.8
"""Share of the shorter video under which the overlap counts as partial, so that more must agree."""

_PART_MOTION = 0.96
_CLOSE_STILL, _CLOSE_MOTION = 0.9, 0.5
"""Correlations from which on half steps are tried too."""


@dataclass(frozen=True)
class Match:
    """How well two sequences of pictures agree at their best alignment.

    Args:
        motion: Correlation of the pictures after their temporal mean is subtracted, that is, of motion; 1 is the same.
        still: Correlation of the mean pictures: of scene and camera.
        level: Amount of motion in grey levels (standard deviation over time).
        offset: Sample of the second video at sample 0 of the first; may be negative or lie between two.
        num_samples: Length of the overlap.
        share: That length as a share of the shorter video.
    """

    motion: float
    still: float
    level: float
    offset: float
    num_samples: int
    share: float

    @property
    def is_close(self) -> bool:
        """Whether the two may be the same at a finer alignment."""
        return self.still >= _CLOSE_STILL and self.motion >= _CLOSE_MOTION

    @property
    def moves(self) -> bool:
        """Whether there is more motion than the noise of an encoder, so that the offset means something."""
        return self.level >= _LITTLE_MOTION

    @property
    def is_same(self) -> bool:
        """Whether the two show one recording.

        The same scene with the same people is not enough: the motion must be the same. The noise of an encoder (about
        0.45 grey levels at this picture size) lowers the correlation of little motion, so the threshold is lower there.
        Without motion, or where the videos overlap in part only, nearly everything must agree.
        """
        if self.still < (MIN_STILL if self.moves else _SURE_STILL):
            return False
        variance = self.level**2
        least_motion = (
            max(_MOTION_CEILING * variance / (variance + _NOISE_VARIANCE), _LEAST_MOTION)
            if self.moves
            else _SURE_MOTION
        )
        if self.share < _PART_SHARE:
            least_motion = max(least_motion, _PART_MOTION)
        return self.motion >= least_motion


def align(first: np.ndarray, second: np.ndarray) -> Match | None:
    """The best alignment of two sequences of pictures, or None when they are too short.

    Args:
        first: (n, D) pictures with mean 0.
        second: (m, D).

    Example:
        >>> rng = np.random.default_rng(0)
        >>> video = rng.normal(0, 5, (40, 256)) + 20 * rng.normal(size=256)
        >>> match = align(video[10:35], video)
        >>> match.offset, match.is_same
        (10.0, True)
    """
    n, m = len(first), len(second)
    shorter = min(n, m)
    least = max(MIN_SAMPLES, int(np.ceil(MIN_SHARE * shorter)))
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
    floor = 1e-3 * length  # rounding of the sums must not look like motion
    motion = (dots - mean_dot + floor) / (np.sqrt(moving_1 * moving_2) + floor)
    still = mean_dot / np.maximum(np.sqrt(still_1 * still_2), 1e-6)
    best = int(np.argmax(motion * np.maximum(still, 0)))
    level = float(np.sqrt(min(moving_1[best], moving_2[best]) / length[best] / first.shape[1]))
    return Match(
        motion=float(min(motion[best], 1.0)),
        still=float(still[best]),
        level=level,
        offset=float(offsets[best]),
        num_samples=int(length[best]),
        share=float(length[best]) / shorter,
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
