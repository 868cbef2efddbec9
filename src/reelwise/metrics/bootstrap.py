"""95 % confidence intervals of scores, by resampling groups of videos."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

NUM_RESAMPLES = 4000
"""Resamples per interval. Chosen by reasoning: about 100 of them lie beyond each end of a 95 % interval."""
MIN_GROUPS = 5
"""With fewer groups than this the bootstrap over groups is not trusted alone. Chosen by reasoning: five groups give 126
different resamples, four give 35."""
_MAX_SAMPLED_CELLS = 4_000_000
"""Group numbers drawn at a time, resamples times groups: 32 MB of int64. Chosen by reasoning, to bound memory."""
_MAX_COUNT_CELLS = 1_000_000
"""Counts computed at a time, resamples times videos: 8 MB of float64. Chosen by reasoning, to bound memory."""
_NORMAL_QUANTILE = 1.96
"""Standard deviations from the mean to the end of a 95 % interval of a normal distribution."""
_BOOTSTRAP_STREAM = 0xB007
"""Keeps the draws of the bootstrap apart from other uses of the same seed; any fixed number would do."""


@dataclass(frozen=True)
class ConfidenceInterval:
    """A range [low, high] that holds the true value in roughly 95 of 100 repetitions of the experiment."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def as_list(self) -> list[float]:
        """``[low, high]`` for JSON."""
        return [float(self.low), float(self.high)]


def accuracy_interval(correct: np.ndarray, groups: Sequence[str | None] | None, seed: int) -> ConfidenceInterval:
    """The 95 % interval of an accuracy, by the bootstrap over groups.

    Predictions for videos of one recording or person are right or wrong together, so whole groups are resampled;
    without groups each video is a group. The bootstrap underestimates the spread where all predictions are right, all
    are wrong, or there are fewer than five groups. There the interval is widened to contain Wilson's interval for that
    many videos: ten right predictions of ten do not give "between 100 and 100 %".

    Args:
        correct: (N,) bool or 0/1, N > 0: whether the prediction for each video is right.
        groups: N names, None for a video that is a group of its own; or None instead of the list where all are.
        seed: Of the resampling; the same seed gives the same interval.

    Returns:
        An interval inside [0, 1] that contains the accuracy itself.

    Example:
        >>> import numpy as np
        >>> interval = accuracy_interval(np.array([1, 1, 1, 1]), None, seed=0)
        >>> round(interval.low, 2), interval.high
        (0.51, 1.0)

    Source: Efron and Tibshirani 1993, ch. 8 and 13 (percentile, cluster); Wilson 1927 for the degenerate cases.
    """
    values = np.asarray(correct, np.float64)
    codes = group_codes(groups, len(values))
    interval = mean_interval(values, groups, seed)
    if codes.max() + 1 < MIN_GROUPS or interval.low == interval.high:
        wilson = wilson_interval(int(values.sum()), len(values))
        interval = ConfidenceInterval(min(interval.low, wilson.low), max(interval.high, wilson.high))
    return interval


def mean_interval(values: np.ndarray, groups: Sequence[str | None] | None, seed: int) -> ConfidenceInterval:
    """The 95 % percentile interval of a mean over videos; whole groups are drawn with replacement.

    Args:
        values: (N,) numbers, N > 0.
        groups: As in :func:`accuracy_interval`.
        seed: Of the resampling.

    Returns:
        The 2.5 and 97.5 percentiles of 4,000 resampled means, widened to contain the mean itself.
    """
    values = np.asarray(values, np.float64)
    codes = group_codes(groups, len(values))
    sums = np.bincount(codes, weights=values)
    counts = np.bincount(codes).astype(np.float64)
    means = _resampled_means(sums, counts, seed)
    low, high = np.percentile(means, [2.5, 97.5])
    mean = float(values.mean())
    return ConfidenceInterval(min(float(low), mean), max(float(high), mean))


def paired_difference_interval(
    first: np.ndarray, second: np.ndarray, groups: Sequence[str | None] | None, seed: int
) -> ConfidenceInterval:
    """The 95 % interval of accuracy(first) - accuracy(second) on the same videos.

    Paired: both models are compared on the same resampled groups, so that what makes a video hard for both cancels
    out. Two models whose own intervals overlap may still differ clearly here. With fewer than five groups the interval
    is widened to contain the normal interval of the paired difference over videos.

    Args:
        first: (N,) whether the first model is right on each video.
        second: (N,) the same for the second.
        groups: As in :func:`accuracy_interval`.
        seed: Of the resampling.

    Example:
        >>> import numpy as np
        >>> first, second = np.ones(40), np.repeat([1, 0], 20)
        >>> paired_difference_interval(first, second, None, seed=0).low > 0.3
        True
    """
    difference = np.asarray(first, np.float64) - np.asarray(second, np.float64)
    interval = mean_interval(difference, groups, seed)
    num_groups = int(group_codes(groups, len(difference)).max()) + 1
    if num_groups >= MIN_GROUPS and interval.low < interval.high:
        return interval
    # One video in favour of each model is added, so that equal predictions on few videos do not look like certainty.
    padded_difference = np.append(difference, [1.0, -1.0])
    half_width = _NORMAL_QUANTILE * float(padded_difference.std(ddof=1)) / np.sqrt(len(padded_difference))
    mean = float(padded_difference.mean())
    return ConfidenceInterval(
        max(-1.0, min(interval.low, mean - half_width)), min(1.0, max(interval.high, mean + half_width))
    )


def wilson_interval(num_right: int, num_videos: int) -> ConfidenceInterval:
    """Wilson's 95 % interval of a share; it has a width even at 0 and 1 and for few videos.

    Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference", JASA 22.

    Example:
        >>> wilson_interval(0, 10).low
        0.0
    """
    z = NormalDist().inv_cdf(0.975)
    share = num_right / num_videos
    centre = share + z * z / (2 * num_videos)
    half_width = z * np.sqrt(share * (1 - share) / num_videos + z * z / (4 * num_videos**2))
    scale = 1 + z * z / num_videos
    low = 0.0 if num_right == 0 else float((centre - half_width) / scale)
    high = 1.0 if num_right == num_videos else float((centre + half_width) / scale)
    return ConfidenceInterval(low, high)


def group_codes(groups: Sequence[str | None] | None, num_videos: int) -> np.ndarray:
    """(N,) int64: the number of each video's group, from 0 in order of first occurrence; None is a group of its own."""
    if groups is None:
        return np.arange(num_videos)
    if len(groups) != num_videos:
        raise ValueError(f"{len(groups)} groups for {num_videos} videos")
    codes: dict[object, int] = {}
    keys = ((False, index) if group is None else (True, group) for index, group in enumerate(groups))
    return np.array([codes.setdefault(key, len(codes)) for key in keys], np.int64)


def resampling_units(groups: Sequence[str | None] | None, num_videos: int) -> list[np.ndarray]:
    """What to resample, as group numbers (N,): groups; with fewer than :data:`MIN_GROUPS`, single videos as well."""
    codes = group_codes(groups, num_videos)
    return [codes] if codes.max() + 1 >= MIN_GROUPS else [codes, np.arange(num_videos)]


def resampled_counts(codes: np.ndarray, seed: int, num_resamples: int = NUM_RESAMPLES) -> Iterator[np.ndarray]:
    """How often each video occurs in each resample of groups; for scores that are not means over videos.

    Args:
        codes: (N,) int, the group of each video, as :func:`group_codes` gives it.
        seed: Of the resampling.
        num_resamples: Resamples in all.

    Yields:
        (R, N) float64 counts of some resamples at a time, so that memory stays bounded.
    """
    rng = np.random.default_rng([seed, _BOOTSTRAP_STREAM])
    num_groups = int(codes.max()) + 1
    chunk = max(1, _MAX_COUNT_CELLS // max(num_groups, len(codes)))
    for start in range(0, num_resamples, chunk):
        group_draws = rng.integers(num_groups, size=(min(chunk, num_resamples - start), num_groups))
        rows = np.arange(len(group_draws))[:, None] * num_groups
        counts = np.bincount((group_draws + rows).ravel(), minlength=len(group_draws) * num_groups)
        yield counts.reshape(len(group_draws), num_groups)[:, codes].astype(np.float64)


def _resampled_means(sums: np.ndarray, counts: np.ndarray, seed: int) -> np.ndarray:
    rng = np.random.default_rng([seed, _BOOTSTRAP_STREAM])
    num_groups = len(sums)
    chunk = max(1, _MAX_SAMPLED_CELLS // num_groups)
    means: list[np.ndarray] = []
    for start in range(0, NUM_RESAMPLES, chunk):
        size = (min(chunk, NUM_RESAMPLES - start), num_groups)
        group_draws = rng.integers(num_groups, size=size)  # (R, G) the groups of each resample
        means.append(sums[group_draws].sum(axis=1) / counts[group_draws].sum(axis=1))
    return np.concatenate(means)
