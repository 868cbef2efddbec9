"""How far generated clips are from real ones as a set: a distance with its interval and what real clips score."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from reelwise.metrics.bootstrap import ConfidenceInterval, group_codes, has_interval, percentile_interval
from reelwise.metrics.feature_sets import checked_features
from reelwise.metrics.frechet_distance import frechet_distance, frechet_resamples
from reelwise.metrics.kernel_distance import kernel_distance, kernel_resamples

MIN_CLIPS = 256
"""Fewest real and fewest generated clips for a distance. Chosen by reasoning: below, the bias and the spread of a
Fréchet distance are of the size of what it is to tell apart."""
NUM_HALVES = 8
"""Times that the real clips are halved for the floor. Chosen by reasoning: of nine alike scores the ninth is
the highest in one of nine cases."""
_MIN_GROUPS = 5
"""With fewer groups of real clips the halves are of single clips. Chosen by reasoning: four have three halvings."""
_HALVES_STREAM = 0x4A1F
"""Keeps these draws apart from other uses of the same seed; any fixed number would do."""

_Resamples = Callable[[np.ndarray, np.ndarray, Sequence[str | None] | None, int, int], np.ndarray]


@dataclass(frozen=True)
class DistanceKind:
    """A distance of sets.

    Args:
        name: As documents name it.
        distance: Of features (N, D) and (M, D).
        resamples: The distances of bootstrap resamples.
        num_resamples: How many of them make an interval.
        lowest: Least possible value.
    """

    name: str
    distance: Callable[[np.ndarray, np.ndarray], float]
    resamples: _Resamples
    num_resamples: int
    lowest: float


FRECHET = DistanceKind("fvd", frechet_distance, frechet_resamples, num_resamples=200, lowest=0.0)
"""Fréchet distance. A resample costs as much as the distance: five of 200 lie beyond each end of the interval."""
KERNEL = DistanceKind("kvd", kernel_distance, kernel_resamples, num_resamples=1000, lowest=-np.inf)
"""Kernel distance; its resamples share the kernel matrix and are cheap."""


@dataclass(frozen=True)
class TooFewClips:
    """What stands in the place of a number where there are too few clips for one.

    Args:
        num_clips: Clips of the smaller set.
        num_needed: Fewest clips of each set.
    """

    num_clips: int
    num_needed: int


@dataclass(frozen=True)
class DistanceFloor:
    """What real clips score against other real clips.

    The halves hold half as many clips as the set. A Fréchet distance is biased upwards by few clips, so its floor is
    rather too high; a kernel distance has no bias, and its floor scatters around 0.

    Args:
        mean: Over the halvings.
        highest: Of the halvings.
    """

    mean: float
    highest: float


@dataclass(frozen=True)
class SetDistance:
    """The distance of generated clips from real ones.

    Args:
        name: ``fvd`` or ``kvd``; whose features they are belongs beside it.
        value: The lower, the nearer.
        ci95: How far the value would scatter with other clips; a bias of the value is not taken out. None where the
            real clips are of fewer than four units.
        floor: What half of the real clips score against the other half.
        num_reals: Real clips.
        num_samples: Generated clips.
    """

    name: str
    value: float
    ci95: ConfidenceInterval | None
    floor: DistanceFloor
    num_reals: int
    num_samples: int


def too_few_clips(num_reals: int, num_samples: int) -> TooFewClips | None:
    """Whether so many real and generated clips are too few for a distance, before features of them are taken.

    Args:
        num_reals: Real clips.
        num_samples: Generated clips.
    """
    num_clips = min(num_reals, num_samples)
    return TooFewClips(num_clips, MIN_CLIPS) if num_clips < MIN_CLIPS else None


def set_distance(
    kind: DistanceKind,
    real: np.ndarray,
    samples: np.ndarray,
    real_groups: Sequence[str | None] | None = None,
    seed: int = 0,
) -> SetDistance | TooFewClips:
    """A distance of generated clips from real ones, with all that is needed to read it.

    Args:
        kind: :data:`FRECHET` or :data:`KERNEL`.
        real: (N, D) features of real clips.
        samples: (M, D) features of generated clips, by the same network.
        real_groups: Source video of each real clip; None where each is a group of its own.
        seed: Of the bootstrap and the halves.

    Returns:
        The distance; or, with fewer than 256 clips in either set, that there are too few.

    Raises:
        DataError: Shapes that do not match, fewer than two rows, or features that are not finite.

    Example:
        >>> set_distance(KERNEL, np.eye(20), np.eye(20))
        TooFewClips(num_clips=20, num_needed=256)
    """
    real, samples = checked_features(real, samples)
    if too_few := too_few_clips(len(real), len(samples)):
        return too_few
    value = kind.distance(real, samples)
    resamples = kind.resamples(real, samples, real_groups, seed, kind.num_resamples)
    interval = centred_interval(resamples, value, real_groups)
    if interval is not None:
        interval = ConfidenceInterval(min(value, max(interval.low, kind.lowest)), interval.high)
    return SetDistance(
        name=kind.name,
        value=value,
        ci95=interval,
        floor=real_floor(kind, real, real_groups, seed),
        num_reals=len(real),
        num_samples=len(samples),
    )


def centred_interval(
    resamples: np.ndarray, value: float, real_groups: Sequence[str | None] | None
) -> ConfidenceInterval | None:
    """The 95 % interval of a distance, or of the difference of two, from resamples that are moved to have it as mean.

    The resamples of a Fréchet distance lie above it, since they hold fewer different clips.

    Args:
        resamples: (R,) distances.
        value: The distance itself.
        real_groups: Source video of each real clip; None where each is a unit of its own.

    Returns:
        None where the real clips are of fewer than four units.
    """
    if real_groups is not None and not has_interval(group_codes(real_groups, len(real_groups))):
        return None
    num_units = MIN_CLIPS if real_groups is None else int(group_codes(real_groups, len(real_groups)).max()) + 1
    return percentile_interval(value + resamples - resamples.mean(), num_units, value)


def real_floor(
    kind: DistanceKind, real: np.ndarray, groups: Sequence[str | None] | None = None, seed: int = 0
) -> DistanceFloor:
    """What one half of the real clips scores against the other, over eight seeded halvings.

    Whole groups go to one half, since clips of one video are alike. Single clips do where there are fewer than five
    groups or one has more than half of the clips.

    Args:
        kind: :data:`FRECHET` or :data:`KERNEL`.
        real: (N, D) features of real clips, N > 3.
        groups: Source video of each clip.
        seed: Of the halves.
    """
    codes = group_codes(groups, len(real))
    sizes = np.bincount(codes)
    if len(sizes) < _MIN_GROUPS or 2 * sizes.max() > len(real):
        codes = np.arange(len(real))
    rng = np.random.default_rng([seed, _HALVES_STREAM])
    distances = []
    for _ in range(NUM_HALVES):
        in_first = _half_of_groups(codes, rng)
        distances.append(kind.distance(real[in_first], real[~in_first]))
    return DistanceFloor(float(np.mean(distances)), float(np.max(distances)))


def _half_of_groups(codes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(N,) bool: groups in random order, each to the half that has fewer clips so far."""
    sizes = np.bincount(codes)
    in_first = np.zeros(len(sizes), bool)
    balance = 0  # clips of the first half minus those of the second
    for group in rng.permutation(len(sizes)):
        in_first[group] = balance <= 0
        balance += sizes[group] if in_first[group] else -sizes[group]
    return in_first[codes]
