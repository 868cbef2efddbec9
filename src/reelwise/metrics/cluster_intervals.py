"""95 % confidence intervals of means over videos that come in units, whose videos are right or wrong together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from reelwise.metrics.bootstrap import MIN_UNITS, ConfidenceInterval, group_codes
from reelwise.metrics.student_t import t_quantile

PRIOR_CORRELATION = 0.3
"""Correlation within a unit that is assumed before data speak. Chosen by benchmarks/cluster_intervals.py."""
PRIOR_UNITS = 6.0
"""As many units' worth of evidence has that assumption. Chosen by benchmarks/cluster_intervals.py."""
_PRIOR_DEGREES = 2
"""Degrees of freedom that it adds to those of the units, of shares. Chosen by benchmarks/cluster_intervals.py."""
_MAX_LOG_RATIO = 50.0
"""Largest logarithm of the upper end of an error over the error itself, so that the end stays finite."""

Ends = Callable[["UnitSums"], tuple[np.ndarray, np.ndarray]]
"""Both ends of an interval, from the sums of each unit."""


@dataclass(frozen=True, eq=False)
class UnitSums:
    """Sums over the videos of each unit, of one experiment or, in leading axes, of many.

    Args:
        sizes: (..., G) videos in each unit.
        totals: (..., G) sum of their values.
        squares: (..., G) sum of their squared values.
    """

    sizes: np.ndarray
    totals: np.ndarray
    squares: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray, units: Sequence[str | None] | None) -> "UnitSums":
        """Those of N videos.

        Args:
            values: (N,) numbers.
            units: N names, None for a video that is a unit of its own; or None instead of the list where all are.
        """
        values = np.asarray(values, np.float64)
        codes = group_codes(units, len(values))
        sizes = np.bincount(codes).astype(np.float64)
        return cls(sizes, np.bincount(codes, weights=values), np.bincount(codes, weights=values**2))

    @property
    def num_units(self) -> int:
        """G."""
        return self.sizes.shape[-1]

    @property
    def num_videos(self) -> np.ndarray:
        """(...) N."""
        return self.sizes.sum(-1)

    @property
    def mean(self) -> np.ndarray:
        """(...) the mean over videos."""
        return self.totals.sum(-1) / self.num_videos

    @property
    def variance(self) -> np.ndarray:
        """(...) of the values of single videos."""
        return np.maximum(self.squares.sum(-1) / self.num_videos - self.mean**2, 0.0)


def effective_videos(sums: UnitSums) -> np.ndarray:
    """(...) how many videos that have nothing to do with one another tell as much as these do.

    N over the design effect 1 + r (m - 1): r is the correlation of two videos of a unit, m the mean size of the unit
    that a video is in. Few units measure r badly, and often as 0, so it is drawn towards :data:`PRIOR_CORRELATION`.

    Source: Kish 1965, "Survey sampling", ch. 5, for the design effect; the prior is ours.
    """
    num_videos, num_units = sums.num_videos, sums.num_units
    mean_size = (sums.sizes**2).sum(-1) / num_videos
    residuals = sums.totals - sums.mean[..., None] * sums.sizes
    scale = num_videos * sums.variance * (num_units - 1) / num_units
    # Where no value differs from another, or each unit is one video, nothing is measured.
    is_measured = (scale > 1e-12) & (mean_size > 1)
    effect = np.divide((residuals**2).sum(-1), scale, out=np.ones_like(scale), where=is_measured)
    correlation = np.divide(effect - 1, mean_size - 1, out=np.zeros_like(scale), where=is_measured)
    correlation = np.where(is_measured, np.clip(correlation, 0.0, 1.0), PRIOR_CORRELATION)
    correlation = (num_units * correlation + PRIOR_UNITS * PRIOR_CORRELATION) / (num_units + PRIOR_UNITS)
    return num_videos / (1 + correlation * (mean_size - 1))


def share_ends(sums: UnitSums) -> tuple[np.ndarray, np.ndarray]:
    """(...) both ends of the interval of a share, of values 0 and 1.

    Wilson's interval for as many videos as :func:`effective_videos` gives, with Student's t in the place of the normal
    distribution. It has a width even where all are right.

    Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference", JASA 22; Dean and
    Pagano 2015, "Evaluating confidence interval methods for binomial proportions in clustered surveys".
    """
    share, count = sums.mean, effective_videos(sums)
    t = t_quantile(sums.num_units - 1 + _PRIOR_DEGREES)
    centre = share + t * t / (2 * count)
    half_width = t * np.sqrt(share * (1 - share) / count + t * t / (4 * count**2))
    scale = 1 + t * t / count
    low = np.where(share <= 0, 0.0, (centre - half_width) / scale)
    return low, np.where(share >= 1, 1.0, (centre + half_width) / scale)


def difference_ends(sums: UnitSums) -> tuple[np.ndarray, np.ndarray]:
    """(...) both ends of the interval of a mean of values -1, 0 and 1: of one share minus another on the same videos.

    One video in favour of each side is added to as many as :func:`effective_videos` gives, so that equal predictions on
    few videos do not look like certainty.

    Source: Bonett and Price 2012, "Adjusted Wald confidence interval for a difference of binomial proportions based on
    paired data", for the videos that are added.
    """
    count = effective_videos(sums)
    mean = count * sums.mean / (count + 2)
    variance = (count * sums.squares.sum(-1) / sums.num_videos + 2) / (count + 2) - mean**2
    half_width = t_quantile(sums.num_units - 1 + _PRIOR_DEGREES) * np.sqrt(variance / (count + 2))
    low, high = np.minimum(mean - half_width, sums.mean), np.maximum(mean + half_width, sums.mean)
    return np.maximum(low, -1.0), np.minimum(high, 1.0)


def mean_ends(sums: UnitSums) -> tuple[np.ndarray, np.ndarray]:
    """(...) both ends of the interval of a mean of numbers of either sign."""
    half_width = t_quantile(sums.num_units - 1) * _standard_error(sums)
    return sums.mean - half_width, sums.mean + half_width


def positive_mean_ends(sums: UnitSums) -> tuple[np.ndarray, np.ndarray]:
    """(...) both ends of the interval of a mean of errors, which are never negative and have a long upper tail.

    Symmetrical in the logarithm of the mean, so that both ends are positive; 0 and 0 where all errors are 0.
    """
    mean = sums.mean
    relative = np.divide(_standard_error(sums), mean, out=np.zeros_like(mean), where=mean > 0)
    factor = np.exp(np.minimum(t_quantile(sums.num_units - 1) * relative, _MAX_LOG_RATIO))
    return mean / factor, mean * factor


def _standard_error(sums: UnitSums) -> np.ndarray:
    return np.sqrt(sums.variance / effective_videos(sums) * sums.num_units / (sums.num_units - 1))


def accuracy_interval(correct: np.ndarray, units: Sequence[str | None] | None) -> ConfidenceInterval | None:
    """The 95 % interval of an accuracy; videos of one unit (recording, person, file) are right or wrong together.

    Args:
        correct: (N,) bool or 0/1, N > 0: whether the prediction for each video is right.
        units: N names, None for a video that is a unit of its own; or None instead of the list where all are.

    Returns:
        An interval inside [0, 1] that contains the accuracy itself; None with fewer than four units.

    Example:
        >>> import numpy as np
        >>> interval = accuracy_interval(np.ones(10), None)
        >>> round(interval.low, 2), interval.high
        (0.67, 1.0)
    """
    return _interval(share_ends, correct, units)


def paired_difference_interval(
    first: np.ndarray, second: np.ndarray, units: Sequence[str | None] | None
) -> ConfidenceInterval | None:
    """The 95 % interval of accuracy(first) - accuracy(second) on the same videos.

    Paired: what makes a video hard for both cancels out. Two models whose own intervals overlap may still differ
    clearly here.

    Args:
        first: (N,) whether the first model is right on each video.
        second: (N,) the same for the second.
        units: As in :func:`accuracy_interval`.

    Example:
        >>> import numpy as np
        >>> first, second = np.ones(40), np.repeat([1, 0], 20)
        >>> paired_difference_interval(first, second, None).low > 0.3
        True
    """
    return _interval(difference_ends, np.asarray(first, np.float64) - np.asarray(second, np.float64), units)


def error_interval(errors: np.ndarray, units: Sequence[str | None] | None) -> ConfidenceInterval | None:
    """The 95 % interval of a mean of errors, none of them negative.

    Args:
        errors: (N,) numbers of 0 or more.
        units: As in :func:`accuracy_interval`.
    """
    return _interval(positive_mean_ends, errors, units)


def error_difference_interval(
    first: np.ndarray, second: np.ndarray, units: Sequence[str | None] | None
) -> ConfidenceInterval | None:
    """The 95 % interval of mean(first) - mean(second), two kinds of errors on the same videos.

    Args:
        first: (N,) errors of one model.
        second: (N,) of the other.
        units: As in :func:`accuracy_interval`.
    """
    return _interval(mean_ends, np.asarray(first, np.float64) - np.asarray(second, np.float64), units)


def _interval(ends: Ends, values: np.ndarray, units: Sequence[str | None] | None) -> ConfidenceInterval | None:
    sums = UnitSums.of(values, units)
    if sums.num_units < MIN_UNITS:
        return None
    low, high = ends(sums)
    mean = float(np.asarray(values, np.float64).mean())
    return ConfidenceInterval(min(float(low), mean), max(float(high), mean))
