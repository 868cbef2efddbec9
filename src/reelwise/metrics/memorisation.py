"""Whether generated clips are copies of training clips: nearest training clips, against those of new real clips."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reelwise.metrics.bootstrap import (
    ConfidenceInterval,
    group_codes,
    has_interval,
    percentile_interval,
    resampled_counts,
)
from reelwise.metrics.clip_distances import NearestClips, nearest_clips
from reelwise.metrics.set_distances import TooFewClips

QUANTILE = 0.05
"""Share of held-out real clips that lie nearer to a training clip than the threshold. Chosen by reasoning: few enough
to be unusual, many enough to be measured on a hundred clips."""
MIN_HELD_OUT_CLIPS = 60
"""Fewest held-out real clips. Chosen by reasoning: three of them lie below the threshold."""
_NUM_RESAMPLES = 1000
"""Resamples of the interval. Chosen by reasoning: 25 of them lie beyond each end."""


@dataclass(frozen=True, eq=False)
class Memorisation:
    """How near generated clips lie to training clips, beside how near real clips do that were not trained on.

    Args:
        samples: The nearest training clip of each generated clip; sort by distance for a contact sheet.
        held_out: The nearest training clip of each held-out real clip.
        threshold: The 5 % quantile of the distances of held-out clips.
        nearer_share: Share of generated clips that lie nearer to a training clip than the threshold, in [0, 1].
        nearer_share_ci95: Its interval, with other samples and other held-out clips; None where these are of fewer than
            four units.
    """

    samples: NearestClips
    held_out: NearestClips
    threshold: float
    nearer_share: float
    nearer_share_ci95: ConfidenceInterval | None

    @property
    def is_likely(self) -> bool:
        """Whether clearly more generated clips than new real ones lie that near: the whole interval is above 5 %."""
        return self.nearer_share_ci95 is not None and self.nearer_share_ci95.low > QUANTILE

    @property
    def median_ratio(self) -> float | None:
        """Median distance of generated clips over that of held-out ones, far below 1 for copies; None if that is 0."""
        real_median = float(np.median(self.held_out.distances))
        return float(np.median(self.samples.distances)) / real_median if real_median else None


def memorisation(
    samples: np.ndarray,
    train: np.ndarray,
    held_out: np.ndarray,
    held_out_groups: Sequence[str | None] | None = None,
    seed: int = 0,
) -> Memorisation | TooFewClips:
    """Compares how near generated and held-out real clips lie to the clips of the training split.

    A generator that makes new clips lies about as near as held-out clips do: 5 % of its clips lie below their 5 %
    quantile. One that repeats its training clips lies nearer. Held-out clips must come from other source videos than
    training clips, or they lie too near and hide what is searched for.

    Args:
        samples: (N, …) features or frames of generated clips: float, or uint8.
        train: (M, …) of training clips, likewise.
        held_out: (K, …) of real clips that were not trained on.
        held_out_groups: Source video of each of these; None where each is a group of its own.
        seed: Of the bootstrap.

    Returns:
        The comparison; or, with fewer than 60 held-out clips, that there are too few.

    Raises:
        DataError: Shapes or kinds that do not match, no clips, or values that are not finite.

    Source: Meehan et al. 2020, "A non-parametric test to detect data-copying in generative models", arXiv 2004.05675,
    compares the same distances by their ranks; the quantile and its interval are ours.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> train, held_out = rng.normal(size=(100, 4)), rng.normal(size=(100, 4))
        >>> memorisation(train[:50] + 0.001, train, held_out).nearer_share
        1.0
    """
    if len(held_out) < MIN_HELD_OUT_CLIPS:
        return TooFewClips(len(held_out), MIN_HELD_OUT_CLIPS)
    nearest_samples, nearest_held_out = nearest_clips(samples, train), nearest_clips(held_out, train)
    threshold = float(np.quantile(nearest_held_out.distances, QUANTILE))
    share = float((nearest_samples.distances < threshold).mean())
    codes = group_codes(held_out_groups, len(held_out))
    interval = None
    if has_interval(codes):
        shares = _resampled_shares(nearest_samples.distances, nearest_held_out.distances, codes, seed)
        interval = percentile_interval(shares, int(codes.max()) + 1, share)
    return Memorisation(nearest_samples, nearest_held_out, threshold, share, interval)


def _resampled_shares(
    sample_distances: np.ndarray, real_distances: np.ndarray, real_codes: np.ndarray, seed: int
) -> np.ndarray:
    """(R,) shares of resampled samples below the quantile of resampled held-out clips."""
    sample_distances = np.sort(sample_distances)
    # Another seed than that of the real clips, or two sets of one size would be resampled alike.
    sample_resamples = resampled_counts(np.arange(len(sample_distances)), seed + 1, _NUM_RESAMPLES)
    counts_so_far = np.cumsum(np.concatenate(list(sample_resamples)), axis=1)  # (R, N)
    real_resamples = np.concatenate(list(resampled_counts(real_codes, seed, _NUM_RESAMPLES)))  # (R, K)
    shares = []
    for real_counts, sample_counts in zip(real_resamples, counts_so_far, strict=True):
        threshold = np.quantile(np.repeat(real_distances, real_counts.astype(int)), QUANTILE)
        num_below = int(np.searchsorted(sample_distances, threshold, side="left"))
        shares.append(sample_counts[num_below - 1] / len(sample_distances) if num_below else 0.0)
    return np.array(shares)
