"""Intervals that say how far a score could have come out differently, by resampling groups."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

NUM_RESAMPLES = 4000
MIN_GROUPS = 5
_CHUNK_CELLS = 4_000_000
_COUNTED_CELLS = 1_000_000


@dataclass(frozen=True)
class Interval:
    """A range [low, high] that holds the true value in 95 of 100 repetitions, roughly."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def as_list(self) -> list[float]:
        """``[low, high]`` for JSON."""
        return [float(self.low), float(self.high)]


def accuracy_interval(correct: np.ndarray, groups: Sequence[str | None] | None, seed: int) -> Interval:
    """The 95 % interval of an accuracy, by the bootstrap over groups.

    Videos of one recording or person succeed and fail together, so whole groups are drawn, not videos; without groups
    every video is its own. Where the bootstrap cannot know — all right, all wrong, or under five groups — the interval
    is widened to hold Wilson's for that many videos: ten of ten right is not "between 100 and 100 %".

    Args:
        correct: (N,) bool or 0/1, N > 0: whether each video was right.
        groups: N names, None for a video that is its own group; or None for all.
        seed: Of the resampling; the same seed gives the same interval.

    Returns:
        An interval inside [0, 1] that holds the accuracy itself.

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
        interval = Interval(min(interval.low, wilson.low), max(interval.high, wilson.high))
    return interval


def mean_interval(values: np.ndarray, groups: Sequence[str | None] | None, seed: int) -> Interval:
    """The 95 % percentile interval of a mean over videos, whole groups drawn with replacement.

    Args:
        values: (N,) numbers, N > 0.
        groups: As in :func:`accuracy_interval`.
        seed: Of the resampling.

    Returns:
        The 2.5 and 97.5 percentiles of 4,000 resampled means, stretched to hold the mean itself.
    """
    values = np.asarray(values, np.float64)
    codes = group_codes(groups, len(values))
    sums = np.bincount(codes, weights=values)
    counts = np.bincount(codes).astype(np.float64)
    means = _resampled_means(sums, counts, seed)
    low, high = np.percentile(means, [2.5, 97.5])
    mean = float(values.mean())
    return Interval(min(float(low), mean), max(float(high), mean))


def paired_difference_interval(
    first: np.ndarray, second: np.ndarray, groups: Sequence[str | None] | None, seed: int
) -> Interval:
    """The 95 % interval of accuracy(first) - accuracy(second) on the same videos.

    Paired: both are judged on the same drawn groups, so what makes a video hard for both cancels out. Two models whose
    own intervals overlap may still differ clearly here. Under five groups it is widened like
    :func:`accuracy_interval`, by the normal interval of the paired difference over videos.

    Args:
        first: (N,) whether each video was right for the first model.
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
    # Two videos are added, one for either side, so that equal answers on few videos do not look like certainty.
    padded = np.append(difference, [1.0, -1.0])
    half = 1.96 * float(padded.std(ddof=1)) / np.sqrt(len(padded))
    mean = float(padded.mean())
    return Interval(max(-1.0, min(interval.low, mean - half)), min(1.0, max(interval.high, mean + half)))


def wilson_interval(num_right: int, num_videos: int) -> Interval:
    """Wilson's 95 % interval of a share; sensible at 0 and 1 and for few videos.

    Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference", JASA 22.

    Example:
        >>> wilson_interval(0, 10).low
        0.0
    """
    z = NormalDist().inv_cdf(0.975)
    share = num_right / num_videos
    centre = share + z * z / (2 * num_videos)
    half = z * np.sqrt(share * (1 - share) / num_videos + z * z / (4 * num_videos**2))
    scale = 1 + z * z / num_videos
    low = 0.0 if num_right == 0 else float((centre - half) / scale)
    high = 1.0 if num_right == num_videos else float((centre + half) / scale)
    return Interval(low, high)


def group_codes(groups: Sequence[str | None] | None, num_videos: int) -> np.ndarray:
    """(N,) int64: 0-based number of each video's group in order of first sight; None is a group of its own."""
    if groups is None:
        return np.arange(num_videos)
    if len(groups) != num_videos:
        raise ValueError(f"{len(groups)} groups for {num_videos} videos")
    codes: dict[object, int] = {}
    keys = ((False, index) if group is None else (True, group) for index, group in enumerate(groups))
    return np.array([codes.setdefault(key, len(codes)) for key in keys], np.int64)


def resampled_counts(codes: np.ndarray, seed: int, num_resamples: int = NUM_RESAMPLES) -> Iterator[np.ndarray]:
    """How often each video stands in each resample, whole groups drawn: for scores that are no means over videos.

    Args:
        codes: (N,) int, the group of each video, as :func:`group_codes` gives it.
        seed: Of the resampling.
        num_resamples: Resamples in all.

    Yields:
        (R, N) float64 counts, some resamples at a time, so that memory stays bounded.
    """
    rng = np.random.default_rng([seed, 0xB007])
    num_groups = int(codes.max()) + 1
    chunk = max(1, _COUNTED_CELLS // max(num_groups, len(codes)))
    for start in range(0, num_resamples, chunk):
        drawn = rng.integers(num_groups, size=(min(chunk, num_resamples - start), num_groups))
        rows = np.arange(len(drawn))[:, None] * num_groups
        counts = np.bincount((drawn + rows).ravel(), minlength=len(drawn) * num_groups)
        yield counts.reshape(len(drawn), num_groups)[:, codes].astype(np.float64)


def _resampled_means(sums: np.ndarray, counts: np.ndarray, seed: int) -> np.ndarray:
    rng = np.random.default_rng([seed, 0xB007])
    num_groups = len(sums)
    chunk = max(1, _CHUNK_CELLS // num_groups)
    means: list[np.ndarray] = []
    for start in range(0, NUM_RESAMPLES, chunk):
        size = (min(chunk, NUM_RESAMPLES - start), num_groups)
        drawn = rng.integers(num_groups, size=size)  # (R, G) which groups each resample holds
        means.append(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1))
    return np.concatenate(means)
