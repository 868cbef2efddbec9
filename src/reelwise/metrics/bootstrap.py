"""95 % confidence intervals of scores that are no means over videos, by resampling units of videos."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from reelwise.metrics.student_t import t_quantile

NUM_RESAMPLES = 4000
"""Resamples per interval. Chosen by reasoning: about 100 of them lie beyond each end of a 95 % interval."""
MIN_UNITS = 4
"""With fewer units there is no interval. Chosen by reasoning: three show next to nothing of how much units differ."""
_FEW_UNITS = 10
"""With fewer units single videos are resampled as well. Chosen by reasoning: few units may look alike by chance, and
then their resamples scatter less than those of as many videos that have nothing to do with one another."""
_MAX_COUNT_CELLS = 1_000_000
"""Counts computed at a time, resamples times videos: 8 MB of float64. Chosen by reasoning, to bound memory."""
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


def interval_list(interval: ConfidenceInterval | None) -> list[float] | None:
    """``[low, high]`` for JSON, or None where there is no interval."""
    return None if interval is None else interval.as_list()


def group_codes(groups: Sequence[str | None] | None, num_videos: int) -> np.ndarray:
    """(N,) int64: the number of each video's group, from 0 in order of first occurrence; None is a group of its own."""
    if groups is None:
        return np.arange(num_videos)
    if len(groups) != num_videos:
        raise ValueError(f"{len(groups)} groups for {num_videos} videos")
    codes: dict[object, int] = {}
    keys = ((False, index) if group is None else (True, group) for index, group in enumerate(groups))
    return np.array([codes.setdefault(key, len(codes)) for key in keys], np.int64)


def has_interval(codes: np.ndarray) -> bool:
    """Whether there are enough units for an interval.

    Args:
        codes: (N,) int, the unit of each video, as :func:`group_codes` gives it.
    """
    return int(codes.max()) + 1 >= MIN_UNITS


def resampled_counts(codes: np.ndarray, seed: int, num_resamples: int = NUM_RESAMPLES) -> Iterator[np.ndarray]:
    """How often each video occurs in each resample of units; for scores that are not means over videos.

    Args:
        codes: (N,) int, the unit of each video, as :func:`group_codes` gives it.
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


def resampled_interval(
    codes: np.ndarray, value: float, resample: Callable[[np.ndarray], np.ndarray]
) -> ConfidenceInterval | None:
    """The 95 % interval of a score from resamples of units; of few units it also contains that of single videos.

    Args:
        codes: (N,) int, the unit of each video, as :func:`group_codes` gives it.
        value: The score itself.
        resample: From the units of N videos to the (R,) scores of their resamples.

    Returns:
        None with fewer than four units.
    """
    if not has_interval(codes):
        return None
    kinds = [codes] if codes.max() + 1 >= _FEW_UNITS else [codes, np.arange(len(codes))]
    intervals = [percentile_interval(resample(units), int(units.max()) + 1, value) for units in kinds]
    return ConfidenceInterval(min(one.low for one in intervals), max(one.high for one in intervals))


def expanded_percentiles(num_units: int) -> tuple[float, float]:
    """Which percentiles of resamples of so many units make a 95 % interval: 2.5 and 97.5 with very many.

    Source: Hesterberg 2015, "What teachers should know about the bootstrap", section 5.3, for Student's t and the
    factor n / (n - 1).
    """
    beyond = 100 * NormalDist().cdf(-t_quantile(num_units - 1) * np.sqrt(num_units / (num_units - 1)))
    return beyond, 100 - beyond


def percentile_interval(resamples: np.ndarray, num_units: int, value: float) -> ConfidenceInterval:
    """The 95 % interval of a score from its values in resamples of units.

    The percentiles lie farther out than 2.5 and 97.5, the more so the fewer units there are: resamples of few units
    scatter less than new units would.

    Args:
        resamples: (R,) values of the score; NaN where a resample has none. Where none has, value alone is left.
        num_units: Units that were resampled, :data:`MIN_UNITS` or more.
        value: The score itself, which the interval contains.
    """
    ends = resamples[~np.isnan(resamples)]
    if not len(ends):
        return ConfidenceInterval(value, value)
    low, high = np.percentile(ends, expanded_percentiles(num_units))
    return ConfidenceInterval(min(float(low), value), max(float(high), value))
