"""Stratified folds of whole units: scikit-learn's, the best of a few seeded tries."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from reelwise.core.errors import DataError

_MANY_UNITS = 400
"""With more units one try spreads classes evenly enough, and eight would take eight times as long."""

_FEW_UNITS = 12
"""With so few units each by itself is a fair share to hold out as well."""

_UNTRAINED_COST = 100
"""For each class without a training video: more than all other terms of the cost together."""


@dataclass(frozen=True, eq=False)
class Samples:
    """Labels and units to stratify by, in an order that does not depend on the disk.

    Args:
        labels: (N,) int64 class numbers.
        units: (N,) int64 unit numbers; a split never divides a unit.
        marks: (N, C) bool, which classes each sample has, where it may have several; None where ``labels`` says it.
        needs_training: Whether a class in the test set must be in the training set; not so for bins of numbers.
    """

    labels: np.ndarray
    units: np.ndarray
    marks: np.ndarray | None = None
    needs_training: bool = True

    @property
    def num_units(self) -> int:
        """How many units there are."""
        return len(np.unique(self.units))

    def take(self, which: np.ndarray) -> "Samples":
        """The samples of an index or mask array."""
        marks = None if self.marks is None else self.marks[which]
        return Samples(self.labels[which], self.units[which], marks, self.needs_training)

    def counts(self, which: np.ndarray | None = None) -> np.ndarray:
        """(C,) int64: samples of each class, or those of an index or mask array."""
        if self.marks is not None:
            return (self.marks if which is None else self.marks[which]).sum(0)
        labels = self.labels if which is None else self.labels[which]
        return np.bincount(labels, minlength=int(self.labels.max()) + 1)

    def members(self) -> tuple[np.ndarray, np.ndarray]:
        """Pairs of a sample and a class that it has, as two arrays of numbers."""
        if self.marks is None:
            return np.arange(len(self.labels)), self.labels
        samples, classes = np.nonzero(self.marks)
        return samples, classes

    def units_of_classes(self) -> np.ndarray:
        """(C,) int64: how many units hold each class."""
        samples, classes = self.members()
        pairs = np.unique(np.stack([classes, self.units[samples]], 1), axis=0)
        return np.bincount(pairs[:, 0], minlength=len(self.counts()))

    def indispensable_units(self) -> np.ndarray:
        """Units that alone hold some class, and so have to stay in the training set."""
        if not self.needs_training:
            return np.zeros(0, np.int64)
        samples, classes_of_samples = self.members()
        pairs = np.unique(np.stack([classes_of_samples, self.units[samples]], 1), axis=0)
        classes, counts = np.unique(pairs[:, 0], return_counts=True)
        return np.unique(pairs[np.isin(pairs[:, 0], classes[counts == 1]), 1])


def make_samples(labels: Sequence[str], units: Sequence[str]) -> Samples:
    """Samples from labels and units as text, numbered in sorted order."""
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

    Units that alone hold a class are never held out: a class without training videos cannot be tested.

    Returns:
        (N,) bool; all False when no unit can be held out.
    """
    nothing = np.zeros(len(samples.labels), bool)
    free = np.flatnonzero(~np.isin(samples.units, samples.indispensable_units()))
    if not len(free) or fraction <= 0 or samples.num_units < 2:
        return nothing
    best, best_cost = nothing, float(_UNTRAINED_COST)
    for part in _parts(samples.take(free), fraction * len(samples.labels) / len(free), seed):
        held_out = nothing.copy()
        held_out[free[part]] = True
        cost = _cost(samples, held_out) + abs(float(held_out.mean()) - fraction)
        if cost < best_cost:
            best, best_cost = held_out, cost
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
        for fold, (_, fold_indices) in enumerate(splitter.split(labels, labels, samples.units)):
            folds[fold_indices] = fold
    return folds


def _cost(samples: Samples, held_out: np.ndarray) -> float:
    """How unlike a fair share the held-out samples are; a class without a training video costs most."""
    counts, inside = samples.counts(), samples.counts(held_out)
    present = counts > 0
    if not held_out.any():
        return 1e6
    num_untrained = float(np.sum((inside == counts) & present)) if samples.needs_training else 0.0
    num_untested = float(np.sum((inside == 0) & present))
    share = inside[present] / counts[present]
    return _UNTRAINED_COST * num_untrained + num_untested + float(np.std(share))
