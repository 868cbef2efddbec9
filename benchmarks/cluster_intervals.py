"""How often a 95 % interval of an accuracy holds the true one, where videos of one unit are right or wrong together.

``python benchmarks/cluster_intervals.py`` draws units of videos (recordings, people, files) whose difficulty follows a
beta distribution, and counts for each number of units: how often the interval holds the truth, on average over sizes,
correlations and accuracies, and in the worst case up to an accuracy of 0.8; how often "clearly better" is said of one
of two models that are equally good. The tables of LOG.md are from here; a short form is a test.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from reelwise.metrics.cluster_intervals import Ends, UnitSums, difference_ends, share_ends
from reelwise.metrics.student_t import NORMAL_QUANTILE, t_quantile

NUM_UNITS = (4, 5, 6, 8, 12, 20, 40)
SIZES = ("2", "10", "30", "2 to 30", "one large")
CORRELATIONS = (0.1, 0.2, 0.35, 0.5)
ACCURACIES = (0.6, 0.7, 0.8, 0.9, 0.95, 0.98)
NUM_DRAWS = 1000
NUM_RESAMPLES = 500
"""Of the bootstrap that was used before: enough for the ends to be within a few thousandths."""


@dataclass(frozen=True)
class Coverage:
    """What comes of one number of units.

    Args:
        mean: Share of intervals that hold the truth, over all cells.
        worst: In the worst cell with an accuracy up to 0.8.
        false_clearly: Share of pairs of equal models of which the first is called clearly better, over all cells.
        worst_false_clearly: In the worst cell.
    """

    mean: float
    worst: float
    false_clearly: float
    worst_false_clearly: float


def bootstrap_ends(sums: UnitSums) -> tuple[np.ndarray, np.ndarray]:
    """The percentile bootstrap over units."""
    rng = np.random.default_rng(0)
    units = sums.num_units
    counts = rng.multinomial(units, np.full(units, 1 / units), size=NUM_RESAMPLES)  # (B, G)
    means = (counts @ sums.totals.T) / (counts @ sums.sizes.T)  # (B, R)
    low, high = np.percentile(means, [2.5, 97.5], axis=0)
    return low, high


def plain_t_ends(sums: UnitSums) -> tuple[np.ndarray, np.ndarray]:
    """The usual interval of a ratio of two sums over units, with Student's t and nothing else."""
    residuals = sums.totals - sums.mean[..., None] * sums.sizes
    variance = (residuals**2).sum(-1) * sums.num_units / (sums.num_units - 1) / sums.num_videos**2
    half_width = t_quantile(sums.num_units - 1) * np.sqrt(variance)
    return sums.mean - half_width, sums.mean + half_width


def widened_ends(sums: UnitSums) -> tuple[np.ndarray, np.ndarray]:
    """The bootstrap as it was used: where all resamples agree, or of four units, with Wilson's interval over videos."""
    low, high = bootstrap_ends(sums)
    wilson = wilson_ends(sums.mean, sums.num_videos)
    is_narrow = (low == high) | (sums.num_units < 5)
    return np.where(is_narrow, np.minimum(low, wilson[0]), low), np.where(is_narrow, np.maximum(high, wilson[1]), high)


def wilson_ends(share: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wilson's interval of a share of videos that have nothing to do with one another."""
    z = NORMAL_QUANTILE
    centre, scale = share + z * z / (2 * count), 1 + z * z / count
    half_width = z * np.sqrt(share * (1 - share) / count + z * z / (4 * count**2))
    return (centre - half_width) / scale, (centre + half_width) / scale


METHODS: dict[str, tuple[Ends, Ends]] = {
    "bootstrap over units": (widened_ends, bootstrap_ends),
    "t over units": (plain_t_ends, plain_t_ends),
    "Wilson and design effect": (share_ends, difference_ends),
}
"""For an accuracy, and for the difference of two."""


def coverage(num_units: int, share: Ends, difference: Ends, num_draws: int = NUM_DRAWS) -> Coverage:
    """What comes of one number of units, over all cells.

    Args:
        num_units: G.
        share: Ends of the interval of an accuracy.
        difference: Ends of the interval of a difference.
        num_draws: Experiments in each cell.
    """
    rng = np.random.default_rng(num_units)
    holding: list[tuple[float, float]] = []
    wrong: list[float] = []
    for sizes, correlation, accuracy in cells(rng, num_units, num_draws):
        skills = [draw_skills(rng, sizes.shape, correlation, accuracy) for _ in range(2)]
        right = rng.binomial(sizes, skills[0])
        low, high = share(UnitSums(sizes.astype(float), right.astype(float), right.astype(float)))
        holding.append((accuracy, float(((low <= accuracy) & (accuracy <= high)).mean())))
        wrong.append(float((difference(draw_pair(rng, sizes, right, skills[1]))[0] > 0).mean()))
    return Coverage(
        mean=float(np.mean([value for _, value in holding])),
        worst=min(value for accuracy, value in holding if accuracy <= 0.8),
        false_clearly=float(np.mean(wrong)),
        worst_false_clearly=max(wrong),
    )


def cells(rng: np.random.Generator, num_units: int, num_draws: int) -> Iterator[tuple[np.ndarray, float, float]]:
    """The sizes of units (R, G), the correlation within them and the accuracy, of every case."""
    for kind, correlation, accuracy in product(SIZES, CORRELATIONS, ACCURACIES):
        shape = (num_draws, num_units)
        if kind == "2 to 30":
            sizes = rng.integers(2, 31, size=shape)
        elif kind == "one large":
            sizes = np.full(shape, 4)
            sizes[:, 0] = 30
        else:
            sizes = np.full(shape, int(kind))
        yield sizes, correlation, accuracy


def draw_skills(rng: np.random.Generator, shape: tuple[int, ...], correlation: float, accuracy: float) -> np.ndarray:
    """How likely a video of each unit is predicted correctly: beta, with this mean and correlation of two videos."""
    strength = 1 / correlation - 1
    return rng.beta(accuracy * strength, (1 - accuracy) * strength, size=shape)


def draw_pair(rng: np.random.Generator, sizes: np.ndarray, right: np.ndarray, skill: np.ndarray) -> UnitSums:
    """The differences to a second model of the same accuracy, whose hard units are others."""
    both = rng.binomial(right, skill)
    only_second = rng.binomial(sizes - right, skill)
    only_first = right - both
    return UnitSums(
        sizes.astype(float), (only_first - only_second).astype(float), (only_first + only_second).astype(float)
    )


def main() -> None:
    """Print a row for each method and number of units."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=NUM_DRAWS, help="experiments in each cell")
    parser.add_argument("--units", type=int, nargs="*", default=NUM_UNITS, help="numbers of units")
    arguments = parser.parse_args()
    print(
        "| interval | units | holds the truth | worst up to 0.8 | false “clearly” | worst |\n|---|---|---|---|---|---|"
    )
    for name, (share, difference) in METHODS.items():
        for num_units in arguments.units:
            c = coverage(num_units, share, difference, arguments.draws)
            numbers = (c.mean, c.worst, c.false_clearly, c.worst_false_clearly)
            print(f"| {name} | {num_units} | " + " | ".join(f"{value:.3f}" for value in numbers) + " |", flush=True)


if __name__ == "__main__":
    main()
