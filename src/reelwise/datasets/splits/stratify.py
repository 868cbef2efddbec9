"""Fair shares: scikit-learn's stratified (group) folds, the best of a few seeded tries."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from reelwise.core.errors import DataError

_MANY_UNITS = 400
_FEW_UNITS = 12
_UNLEARNED = 100


@dataclass(frozen=True, eq=False)
class Samples:
    """What stratifying needs to know, in an order that does not depend on the disk.

    Args:
        labels: (N,) int64 class numbers.
        units: (N,) int64 unit numbers; a unit is never torn.
        marks: (N, C) bool, which classes each sample has, where it may have several; None where ``labels`` says it.
        needed: Whether every class must be learned to be asked; not so for classes that only stand for numbers.
    """

    labels: np.ndarray
    units: np.ndarray
    marks: np.ndarray | None = None
    needed: bool = True

    @property
    def num_units(self) -> int:
        """How many units there are."""
        return len(np.unique(self.units))

    def take(self, which: np.ndarray) -> "Samples":
        """The samples of an index or mask array."""
        marks = None if self.marks is None else self.marks[which]
        return Samples(self.labels[which], self.units[which], marks, self.needed)

    def counts(self, which: np.ndarray | None = None) -> np.ndarray:
        """(C,) int64: samples of each class, or those of an index or mask array."""
        if self.marks is not None:
            return (self.marks if which is None else self.marks[which]).sum(0)
        labels = self.labels if which is None else self.labels[which]
        return np.bincount(labels, minlength=int(self.labels.max()) + 1)

    def lonely_units(self) -> np.ndarray:
        """Units that alone hold some class, and so have to be learned from."""
        if not self.needed:
            return np.zeros(0, np.int64)
        of_class, of_unit = self.labels, self.units
        if self.marks is not None:
            samples, of_class = np.nonzero(self.marks)
            of_unit = self.units[samples]
        pairs = np.unique(np.stack([of_class, of_unit], 1), axis=0)
        classes, counts = np.unique(pairs[:, 0], return_counts=True)
        return np.unique(pairs[np.isin(pairs[:, 0], classes[counts == 1]), 1])


def make_samples(labels: Sequence[str], units: Sequence[str]) -> Samples:
    """Numbers for texts, by sorted order."""
    return Samples(
        np.unique(np.asarray(labels, object).astype(str), return_inverse=True)[1].astype(np.int64),
        np.unique(np.asarray(units, object).astype(str), return_inverse=True)[1].astype(np.int64),
    )


def best_folds(samples: Samples, num_folds: int, seed: int) -> np.ndarray:
    """One fold number per sample, units whole, classes spread as evenly as they can be.

    Args:
        samples: Labels and units.
        num_folds: K, at most the number of units.
        seed: Same seed, same folds.

    Returns:
        (N,) int64 in [0, num_folds).

    Raises:
        DataError: There are fewer units than folds.
    """
    if samples.num_units < num_folds:
        raise DataError(
            f"{num_folds} folds were asked for, but there are only {samples.num_units} groups to deal out.",
            hint=f"Use --folds {samples.num_units}." if samples.num_units > 1 else "Collect more recordings.",
        )
    tries = list(_tries(samples, num_folds, seed))
    return min(tries, key=lambda folds: sum(_cost(samples, folds == fold) for fold in range(num_folds)))


def hold_out(samples: Samples, fraction: float, seed: int) -> np.ndarray:
    """Which samples to hold out: whole units, near ``fraction`` of all, like the rest in classes.

    Units that alone hold a class are never held out: what was not learned cannot be asked.

    Returns:
        (N,) bool; all False when there is nothing that can be spared.
    """
    nothing = np.zeros(len(samples.labels), bool)
    free = np.flatnonzero(~np.isin(samples.units, samples.lonely_units()))
    if not len(free) or fraction <= 0:
        return nothing
    best, best_cost = nothing, float(_UNLEARNED)
    for part in _parts(samples.take(free), fraction * len(samples.labels) / len(free), seed):
        held = nothing.copy()
        held[free[part]] = True
        cost = _cost(samples, held) + abs(float(held.mean()) - fraction)
        if cost < best_cost:
            best, best_cost = held, cost
    return best


def _parts(samples: Samples, share: float, seed: int) -> Iterator[np.ndarray]:
    """Masks that might be held out: every fold of every try; of few units, each by itself too."""
    num_units = samples.num_units
    if num_units >= 2:
        num_folds = int(np.clip(round(1 / share), 2, num_units))
        for folds in _tries(samples, num_folds, seed):
            for fold in range(num_folds):
                yield folds == fold
    if num_units <= _FEW_UNITS:
        for unit in np.unique(samples.units):
            yield samples.units == unit


def _tries(samples: Samples, num_folds: int, seed: int) -> Iterator[np.ndarray]:
    count = 8 if samples.num_units <= _MANY_UNITS else 1
    for number in range(count):
        yield _deal(samples, num_folds, int(np.random.SeedSequence([seed, number]).generate_state(1)[0]))


def _deal(samples: Samples, num_folds: int, state: int) -> np.ndarray:
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    single = samples.num_units == len(samples.labels)
    kind = StratifiedKFold if single else StratifiedGroupKFold
    # A class with fewer members than folds is allowed here, but not when it is so for every class: then by unit alone.
    largest = int(np.bincount(samples.labels).max())
    labels = samples.labels if largest >= num_folds else np.zeros_like(samples.labels)
    folds = np.zeros(len(labels), np.int64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        splitter = kind(n_splits=num_folds, shuffle=True, random_state=state)
        for fold, (_, held) in enumerate(splitter.split(labels, labels, samples.units)):
            folds[held] = fold
    return folds


def _cost(samples: Samples, held: np.ndarray) -> float:
    """How unlike a fair share the held-out samples are; a class that nothing is left to learn from counts most."""
    counts, inside = samples.counts(), samples.counts(held)
    present = counts > 0
    if not held.any():
        return 1e6
    unlearned = float(np.sum((inside == counts) & present)) if samples.needed else 0.0
    unasked = float(np.sum((inside == 0) & present))
    share = inside[present] / counts[present]
    return _UNLEARNED * unlearned + unasked + float(np.std(share))
