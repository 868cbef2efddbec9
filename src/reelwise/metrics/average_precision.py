"""Average precision: how well probabilities rank the videos that have a label above those that do not."""

from collections.abc import Iterator, Sequence

import numpy as np

from reelwise.metrics.bootstrap import (
    NUM_RESAMPLES,
    ConfidenceInterval,
    group_codes,
    resampled_counts,
    resampled_interval,
)
from reelwise.metrics.cluster_intervals import UnitSums, share_ends

_MIN_RESAMPLES = 200
"""Resamples of the largest data sets. Chosen by reasoning: five of them lie beyond each end of a 95 % interval."""
_MAX_CELLS = 60_000_000
"""Resamples times videos times labels of one interval; above it there are fewer resamples. Chosen by reasoning, so that
an interval of a large data set does not take minutes."""


def average_precisions(y_true: np.ndarray, probs: np.ndarray) -> np.ndarray:
    """(C,) float64 in [0, 1]: for each label the mean precision at the ranks of the videos that have it.

    Args:
        y_true: (N, C) 0/1.
        probs: (N, C); only their order counts; equal ones share a rank.

    Returns:
        The values, NaN for labels that no video has.

    Example:
        >>> average_precisions(np.array([[1], [0], [1]]), np.array([[0.9], [0.8], [0.7]])).round(3)
        array([0.833])

    Source: as ``sklearn.metrics.average_precision_score`` defines it: the sum of precision times the step in recall.
    """
    return _weighted_average_precisions(np.asarray(y_true), np.asarray(probs, np.float64), np.ones((1, len(y_true))))[0]


def mean_average_precision(y_true: np.ndarray, probs: np.ndarray) -> float:
    """The mean of :func:`average_precisions` over labels that occur; 0 when none does."""
    precisions = average_precisions(y_true, probs)
    return float(precisions[~np.isnan(precisions)].mean()) if (~np.isnan(precisions)).any() else 0.0


def map_interval(
    y_true: np.ndarray, probs: np.ndarray, groups: Sequence[str | None] | None, seed: int
) -> ConfidenceInterval | None:
    """The 95 % interval of the mean average precision, by the bootstrap over units.

    Where all resamples agree it is that of a share of as many videos as there are units.

    Args:
        y_true: (N, C) 0/1, N > 0.
        probs: (N, C).
        groups: N names of units, None for a video that is a unit of its own; or None instead of the list where all are.
        seed: Of the resampling.

    Returns:
        None with fewer than four units.
    """
    y_true, probs = np.asarray(y_true), np.asarray(probs, np.float64)
    value, codes = mean_average_precision(y_true, probs), group_codes(groups, len(y_true))

    def resample(units: np.ndarray) -> np.ndarray:
        all_weights = _resample_weights(units, y_true.shape[1], seed)
        return np.concatenate([_means(_weighted_average_precisions(y_true, probs, each)) for each in all_weights])

    interval = resampled_interval(codes, value, resample)
    if interval is None or interval.low < interval.high:
        return interval
    num_units = int(codes.max()) + 1
    low, high = share_ends(UnitSums(np.ones(num_units), np.full(num_units, value), np.full(num_units, value)))
    return ConfidenceInterval(min(float(low), value), max(float(high), value))


def map_difference_interval(
    y_true: np.ndarray, first: np.ndarray, second: np.ndarray, groups: Sequence[str | None] | None, seed: int
) -> ConfidenceInterval | None:
    """The 95 % interval of mAP(first) - mAP(second) on the same videos and the same resampled units.

    Args:
        y_true: (N, C) 0/1.
        first: (N, C) probabilities of the first model.
        second: (N, C) of the second.
        groups: As in :func:`map_interval`.
        seed: Of the resampling.

    Returns:
        None with fewer than four units.
    """
    y_true, codes = np.asarray(y_true), group_codes(groups, len(y_true))
    both_probs = [np.asarray(probs, np.float64) for probs in (first, second)]

    def resample(units: np.ndarray) -> np.ndarray:
        gaps = []
        for weights in _resample_weights(units, 2 * y_true.shape[1], seed):
            means = [_means(_weighted_average_precisions(y_true, probs, weights)) for probs in both_probs]
            gaps.append(means[0] - means[1])
        return np.concatenate(gaps)

    gap = mean_average_precision(y_true, both_probs[0]) - mean_average_precision(y_true, both_probs[1])
    return resampled_interval(codes, gap, resample)


def _resample_weights(codes: np.ndarray, num_labels: int, seed: int) -> Iterator[np.ndarray]:
    cells = len(codes) * num_labels
    return resampled_counts(codes, seed, int(np.clip(_MAX_CELLS // cells, _MIN_RESAMPLES, NUM_RESAMPLES)))


def _means(precisions: np.ndarray) -> np.ndarray:
    """(R,) of (R, C): means over labels that occur in that resample; 0 when none does."""
    occurs = ~np.isnan(precisions)
    return np.where(occurs, precisions, 0.0).sum(axis=1) / np.maximum(occurs.sum(axis=1), 1)


def _weighted_average_precisions(y_true: np.ndarray, probs: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(R, C): average precisions of R resamples that hold each video (R, N) times; NaN where a label does not occur."""
    precisions = np.full((len(weights), y_true.shape[1]), np.nan)
    columns = np.ascontiguousarray(weights.T)  # (N, R): one sum per resample
    for label in range(y_true.shape[1]):
        order = np.argsort(-probs[:, label], kind="stable")
        starts = np.flatnonzero(np.append(True, np.diff(probs[order, label]) != 0))
        counts = columns[order]
        num_ranked = np.cumsum(np.add.reduceat(counts, starts, axis=0), axis=0)  # (E, R), E ranks
        counts[y_true[order, label] == 0] = 0
        new_hits = np.add.reduceat(counts, starts, axis=0)
        with_hits = new_hits.any(axis=1)
        hits = np.cumsum(new_hits, axis=0)
        area = (new_hits * hits)[with_hits] / np.maximum(num_ranked[with_hits], 1.0)
        occurs = hits[-1] > 0
        precisions[occurs, label] = area.sum(axis=0)[occurs] / hits[-1][occurs]
    return precisions
