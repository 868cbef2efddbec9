"""Average precision: how well probabilities sort the videos that have a label before those that have not."""

from collections.abc import Iterator, Sequence

import numpy as np

from reelwise.metrics.bootstrap import (
    MIN_GROUPS,
    NUM_RESAMPLES,
    Interval,
    group_codes,
    resampled_counts,
    wilson_interval,
)

_FEWEST_RESAMPLES = 200
_MOST_WORK = 60_000_000


def average_precisions(y_true: np.ndarray, probs: np.ndarray) -> np.ndarray:
    """(C,) float64 in [0, 1]: of each label the mean, over the videos that have it, of the precision down to them.

    Args:
        y_true: (N, C) 0/1.
        probs: (N, C); only their order counts, and equal ones are taken together.

    Returns:
        NaN for labels that no video has.

    Example:
        >>> average_precisions(np.array([[1], [0], [1]]), np.array([[0.9], [0.8], [0.7]])).round(3)
        array([0.833])

    Source: as ``sklearn.metrics.average_precision_score`` defines it: the sum of precision times the step in recall.
    """
    return _weighted(np.asarray(y_true), np.asarray(probs, np.float64), np.ones((1, len(y_true))))[0]


def mean_average_precision(y_true: np.ndarray, probs: np.ndarray) -> float:
    """The mean of :func:`average_precisions` over labels that occur; 0 when none does."""
    found = average_precisions(y_true, probs)
    return float(found[~np.isnan(found)].mean()) if (~np.isnan(found)).any() else 0.0


def map_interval(y_true: np.ndarray, probs: np.ndarray, groups: Sequence[str | None] | None, seed: int) -> Interval:
    """The 95 % percentile interval of the mean average precision, by the bootstrap over groups.

    Where the bootstrap cannot know it is widened: under five groups by drawing videos as well; where all resamples
    agree, by Wilson's interval for a share of as many videos.

    Args:
        y_true: (N, C) 0/1, N > 0.
        probs: (N, C).
        groups: N names, None for a video that is its own group; or None for all.
        seed: Of the resampling.

    Source: Efron and Tibshirani 1993, ch. 8 and 13.
    """
    y_true, probs = np.asarray(y_true), np.asarray(probs, np.float64)
    value = mean_average_precision(y_true, probs)
    found = [value]
    for codes in _codings(groups, len(y_true)):
        means = np.concatenate([_means(_weighted(y_true, probs, w)) for w in _draws(codes, y_true.shape[1], seed)])
        found += np.percentile(means, [2.5, 97.5]).tolist()
    if min(found) == max(found):
        wilson = wilson_interval(round(value * len(y_true)), len(y_true))
        found += [wilson.low, wilson.high]
    return Interval(float(min(found)), float(max(found)))


def map_difference_interval(
    y_true: np.ndarray, first: np.ndarray, second: np.ndarray, groups: Sequence[str | None] | None, seed: int
) -> Interval:
    """The 95 % interval of mAP(first) - mAP(second) on the same videos, both judged on the same drawn groups.

    Args:
        y_true: (N, C) 0/1.
        first: (N, C) probabilities of the first model.
        second: (N, C) of the second.
        groups: As in :func:`map_interval`.
        seed: Of the resampling.
    """
    y_true = np.asarray(y_true)
    both = [np.asarray(probs, np.float64) for probs in (first, second)]
    found = [mean_average_precision(y_true, both[0]) - mean_average_precision(y_true, both[1])]
    for codes in _codings(groups, len(y_true)):
        gaps = []
        for weights in _draws(codes, 2 * y_true.shape[1], seed):
            means = [_means(_weighted(y_true, probs, weights)) for probs in both]
            gaps.append(means[0] - means[1])
        found += np.percentile(np.concatenate(gaps), [2.5, 97.5]).tolist()
    return Interval(float(min(found)), float(max(found)))


def _codings(groups: Sequence[str | None] | None, num_videos: int) -> list[np.ndarray]:
    """What is drawn: groups, and where these are too few, videos as well."""
    codes = group_codes(groups, num_videos)
    return [codes] if codes.max() + 1 >= MIN_GROUPS else [codes, np.arange(num_videos)]


def _draws(codes: np.ndarray, num_labels: int, seed: int) -> Iterator[np.ndarray]:
    work = len(codes) * num_labels
    return resampled_counts(codes, seed, int(np.clip(_MOST_WORK // work, _FEWEST_RESAMPLES, NUM_RESAMPLES)))


def _means(found: np.ndarray) -> np.ndarray:
    """(R,) of (R, C): means over labels that occur in that resample; 0 when none does."""
    there = ~np.isnan(found)
    return np.where(there, found, 0.0).sum(axis=1) / np.maximum(there.sum(axis=1), 1)


def _weighted(y_true: np.ndarray, probs: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(R, C): average precisions when each of the N videos stands (R, N) times in the set; NaN where a label is not."""
    found = np.full((len(weights), y_true.shape[1]), np.nan)
    columns = np.ascontiguousarray(weights.T)  # (N, R): sums run down the videos for many resamples at once
    for label in range(y_true.shape[1]):
        order = np.argsort(-probs[:, label], kind="stable")
        starts = np.flatnonzero(np.append(True, np.diff(probs[order, label]) != 0))
        counts = columns[order]
        taken = np.cumsum(np.add.reduceat(counts, starts, axis=0), axis=0)  # (E, R) down to each probability
        counts[y_true[order, label] == 0] = 0
        new_hits = np.add.reduceat(counts, starts, axis=0)
        with_hits = new_hits.any(axis=1)
        hits = np.cumsum(new_hits, axis=0)
        area = (new_hits * hits)[with_hits] / np.maximum(taken[with_hits], 1.0)
        there = hits[-1] > 0
        found[there, label] = area.sum(axis=0)[there] / hits[-1][there]
    return found
