"""Fréchet distance of two sets of features, for any number of features and clips."""

from collections.abc import Iterator, Sequence

import numpy as np

from reelwise.metrics.bootstrap import group_codes, resampled_counts
from reelwise.metrics.feature_sets import checked_features


def frechet_distance(real: np.ndarray, samples: np.ndarray) -> float:
    """Squared Fréchet distance of the normal distributions fitted to two sets of features.

    With means m and covariances Σ it is |m1 - m2|² + tr Σ1 + tr Σ2 - 2 tr (Σ1 Σ2)^½. The usual square root of the
    matrix Σ1 Σ2 breaks down where that is singular: negative distances, 1e28, complex numbers. None is taken here.
    Let A (N, D) be the features of the first set minus their mean, over √(N-1), and B (M, D) those of the second, so
    that Σ1 = AᵀA and Σ2 = BᵀB. Σ1 Σ2 = Aᵀ(A Bᵀ B) has the same eigenvalues other than 0 as (A Bᵀ B)Aᵀ = (A Bᵀ)(A Bᵀ)ᵀ,
    since XY and YX share theirs; those are the squared singular values of A Bᵀ. So the trace of the square root is the
    sum of the singular values of A Bᵀ, its nuclear norm.

    A set with more clips than features is first replaced by the triangular factor of its QR decomposition: with
    A = QR, A Bᵀ = Q (R Bᵀ) has the singular values of R Bᵀ. The matrix is then at most min(N, D) by min(M, D).

    The distance is biased: with fewer clips it comes out higher. Compare only distances at the same numbers of clips.

    Args:
        real: (N, D) features of real clips, N > 1.
        samples: (M, D) features of generated clips, M > 1.

    Returns:
        A number that is not negative, in squared units of the features.

    Raises:
        DataError: Shapes that do not match, fewer than two rows, or features that are not finite.

    Source: Dowson and Landau 1982; Heusel et al. 2017, arXiv 1706.08500, equation 6; Unterthiner et al. 2018, arXiv
    1812.01717, for video.

    Example:
        >>> features = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 4.0]])
        >>> round(frechet_distance(features, features), 9), round(frechet_distance(features, features + [3, 4]), 9)
        (0.0, 25.0)
    """
    real, samples = checked_features(real, samples)
    return _distance(real, np.ones(len(real)), samples, np.ones(len(samples)))


def frechet_resamples(
    real: np.ndarray, samples: np.ndarray, real_groups: Sequence[str | None] | None, seed: int, num_resamples: int
) -> np.ndarray:
    """(R,) distances of resamples of both sets with replacement: whole groups of real clips, single samples.

    A resample has fewer different clips than the set, so these distances are biased upwards; their spread is of use.
    """
    real, samples = checked_features(real, samples)
    real_rows = _count_rows(group_codes(real_groups, len(real)), seed, num_resamples)
    # Another seed, or two sets of one size would be resampled alike.
    sample_rows = _count_rows(np.arange(len(samples)), seed + 1, num_resamples)
    return np.array(
        [
            _distance(real, real_counts, samples, sample_counts)
            for real_counts, sample_counts in zip(real_rows, sample_rows, strict=True)
        ]
    )


def _count_rows(codes: np.ndarray, seed: int, num_resamples: int) -> Iterator[np.ndarray]:
    for counts in resampled_counts(codes, seed, num_resamples):
        yield from counts


def _distance(real: np.ndarray, real_counts: np.ndarray, samples: np.ndarray, sample_counts: np.ndarray) -> float:
    real_mean, real_factor = _mean_and_factor(real, real_counts)
    sample_mean, sample_factor = _mean_and_factor(samples, sample_counts)
    singular_values = np.linalg.svd(real_factor @ sample_factor.T, compute_uv=False)
    traces = (real_factor**2).sum() + (sample_factor**2).sum()
    distance = ((real_mean - sample_mean) ** 2).sum() + traces - 2 * singular_values.sum()
    return max(0.0, float(distance))  # of equal sets rounding leaves about ±1e-14 of the traces


def _mean_and_factor(features: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean (D,) of features that occur ``counts`` times, and a factor F of their covariance FᵀF, (min(N, D), D)."""
    features, counts = features[counts > 0], counts[counts > 0]
    num_clips = counts.sum()
    mean = counts @ features / num_clips
    factor = (features - mean) * np.sqrt(counts / (num_clips - 1))[:, None]
    return mean, np.asarray(np.linalg.qr(factor, mode="r")) if len(factor) > factor.shape[1] else factor
