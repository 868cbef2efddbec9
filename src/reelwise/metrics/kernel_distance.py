"""Kernel distance of two sets of features: the unbiased squared maximum mean discrepancy with a cubic kernel."""

from collections.abc import Sequence

import numpy as np

from reelwise.metrics.bootstrap import group_codes, resampled_counts
from reelwise.metrics.feature_sets import checked_features

_BLOCK = 1024
"""Clips on each side of a block of the kernel matrix: 8 MB of float64. Chosen by reasoning, to bound memory."""


def kernel_distance(real: np.ndarray, samples: np.ndarray) -> float:
    """Squared maximum mean discrepancy with the kernel (x·y / D + 1)³, without bias.

    It is the mean of the kernel over pairs of different real clips, plus that over pairs of different samples, minus
    twice that over pairs of one each. Its expectation does not depend on the numbers of clips, and is 0 for two sets
    from one distribution; so an estimate may be negative, and that of a set with itself is.

    Args:
        real: (N, D) features of real clips, N > 1.
        samples: (M, D) features of generated clips, M > 1.

    Raises:
        DataError: Shapes that do not match, fewer than two rows, or features that are not finite.

    Source: Bińkowski et al. 2018, "Demystifying MMD GANs", arXiv 1801.01401, section 4; Gretton et al. 2012, JMLR 13,
    equation 3, for the estimate.

    Example:
        >>> real, samples = np.array([[0.0], [1.0]]), np.array([[0.0], [2.0]])
        >>> kernel_distance(real, samples)      # 1 + 1 - 2 · (1 + 1 + 1 + 27) / 4
        -13.0
    """
    real, samples = checked_features(real, samples)
    return float(_distances(real, np.ones((1, len(real))), samples, np.ones((1, len(samples))))[0])


def kernel_resamples(
    real: np.ndarray, samples: np.ndarray, real_groups: Sequence[str | None] | None, seed: int, num_resamples: int
) -> np.ndarray:
    """(R,) distances of resamples of both sets with replacement: whole groups of real clips, single samples.

    A clip that is drawn twice makes no pair with itself, which keeps the mean of the resamples at the distance of the
    sets. Each block of the kernel is computed once for all resamples; the counts take R·(N + M) float64.
    """
    real, samples = checked_features(real, samples)
    real_counts = _all_counts(group_codes(real_groups, len(real)), seed, num_resamples)
    # Another seed, or two sets of one size would be resampled alike.
    sample_counts = _all_counts(np.arange(len(samples)), seed + 1, num_resamples)
    return _distances(real, real_counts, samples, sample_counts)


def _all_counts(codes: np.ndarray, seed: int, num_resamples: int) -> np.ndarray:
    return np.concatenate(list(resampled_counts(codes, seed, num_resamples)))


def _distances(real: np.ndarray, real_counts: np.ndarray, samples: np.ndarray, sample_counts: np.ndarray) -> np.ndarray:
    """(R,) distances where clips occur as often as the rows of (R, N) and (R, M) counts say."""
    between = _kernel_sums(real, real_counts, samples, sample_counts)
    num_pairs = real_counts.sum(axis=1) * sample_counts.sum(axis=1)
    return _mean_within(real, real_counts) + _mean_within(samples, sample_counts) - 2 * between / num_pairs


def _mean_within(features: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """(R,) the mean kernel over ordered pairs of different clips."""
    kernel_with_itself = ((features**2).mean(axis=1) + 1) ** 3
    sums = _kernel_sums(features, counts, features, counts) - counts**2 @ kernel_with_itself
    return sums / (counts.sum(axis=1) ** 2 - (counts**2).sum(axis=1))


def _kernel_sums(x: np.ndarray, x_counts: np.ndarray, y: np.ndarray, y_counts: np.ndarray) -> np.ndarray:
    """(R,) sums of the kernel over all pairs of a row of x (N, D) with one of y (M, D), each as often as it occurs."""
    sums = np.zeros(len(x_counts))
    for i in range(0, len(x), _BLOCK):
        for j in range(0, len(y), _BLOCK):
            base = x[i : i + _BLOCK] @ y[j : j + _BLOCK].T / x.shape[1] + 1
            kernel = base * base * base
            sums += ((x_counts[:, i : i + _BLOCK] @ kernel) * y_counts[:, j : j + _BLOCK]).sum(axis=1)
    return sums
