"""Splits by construction, where chance finds none: every class keeps a unit on each side, as far as it has any."""

import numpy as np

from reelwise.datasets.splits.stratify import Samples


class _Choice:
    """Units that are held out one by one, while each class keeps as many others as it must."""

    def __init__(self, units: "_Units", keep: np.ndarray) -> None:
        """Start with nothing held out.

        Args:
            units: All units.
            keep: (C,) units of each class that must stay.
        """
        self.units = units
        self.keep = keep
        self.num_staying = units.num_units.copy()
        self.is_held_out = np.zeros(len(units.sizes), bool)
        self.is_free = np.ones(len(units.sizes), bool)
        for number in np.flatnonzero(self.num_staying <= keep):
            self.is_free[units.of_class[number]] = False

    def hold_out(self, unit: int) -> None:
        """Hold a unit out."""
        classes = self.units.classes[unit]
        self.is_held_out[unit], self.is_free[unit] = True, False
        self.num_staying[classes] -= 1
        for number in classes[self.num_staying[classes] <= self.keep[classes]]:
            self.is_free[self.units.of_class[number]] = False

    @property
    def num_held_out(self) -> np.ndarray:
        """(C,) units of each class that are held out."""
        return self.units.num_units - self.num_staying

    @property
    def num_samples(self) -> int:
        """Samples that are held out."""
        return int(self.units.sizes[self.is_held_out].sum())

    def free_of(self, number: int) -> np.ndarray:
        """Units of a class that may be held out."""
        of_class = self.units.of_class[number]
        return of_class[self.is_free[of_class]]


class _Units:
    """Units, in an order drawn by the seed, and the classes of each; those of no class count as one more class."""

    def __init__(self, samples: Samples, seed: int) -> None:
        """Number the units anew.

        Args:
            samples: Labels and units.
            seed: Same seed, same order.
        """
        numbers, of_sample = np.unique(samples.units, return_inverse=True)
        place = np.random.default_rng(np.random.SeedSequence([seed, len(numbers)])).permutation(len(numbers))
        self.of_sample = place[of_sample]
        self.sizes = np.bincount(self.of_sample, minlength=len(numbers))
        num_classes = len(samples.counts())
        members, classes = samples.members()
        pairs = np.unique(np.stack([self.of_sample[members], classes], 1), axis=0)
        lone = np.setdiff1d(np.arange(len(numbers)), pairs[:, 0])
        pairs = np.concatenate([pairs, np.stack([lone, np.full(len(lone), num_classes)], 1)])
        self.classes = _values_by_key(pairs[:, 0], pairs[:, 1], len(numbers))
        self.of_class = _values_by_key(pairs[:, 1], pairs[:, 0], num_classes + 1)
        self.num_units = np.array([len(units) for units in self.of_class])


def _values_by_key(keys: np.ndarray, values: np.ndarray, num: int) -> list[np.ndarray]:
    """The values of each key from 0 to ``num`` - 1, sorted."""
    order = np.lexsort((values, keys))
    return np.split(values[order], np.searchsorted(keys[order], np.arange(1, num)))


def construct_part(
    samples: Samples, fraction: float, seed: int, must_have: np.ndarray, num_left: int = 1
) -> np.ndarray:
    """Samples to hold out: a unit of each class that it must have, then more until ``fraction`` is reached.

    Args:
        samples: Labels and units.
        fraction: Share of all samples to hold out; more where the classes need it.
        seed: Same seed, same part.
        must_have: (C,) bool, classes of which a unit must be held out.
        num_left: Units of such a class that stay: one to train on, and one for each part still to hold out.

    Returns:
        (N,) bool; at least one unit of each class is outside.
    """
    units = _Units(samples, seed)
    is_needed = np.append(must_have, False)
    choice = _Choice(units, np.minimum(np.where(is_needed, num_left, 1), units.num_units))
    while (unit := _next_for_class(choice, is_needed)) is not None:
        choice.hold_out(unit)
    while (unit := _next_for_size(choice, fraction * len(samples.units))) is not None:
        choice.hold_out(unit)
    if not choice.is_held_out.any() and choice.is_free.any() and len(units.sizes) > 1:
        # All units are large beside the fraction: the smallest.
        choice.hold_out(int(np.argmin(np.where(choice.is_free, units.sizes, len(samples.units) + 1))))
    return choice.is_held_out[units.of_sample]


def construct_folds(samples: Samples, num_folds: int, seed: int) -> np.ndarray:
    """A fold for each sample: the units of every class in as many folds as can be.

    Args:
        samples: Labels and units.
        num_folds: K, at most the number of units.
        seed: Same seed, same folds.

    Returns:
        (N,) int64 in [0, num_folds).
    """
    units = _Units(samples, seed)
    rarest = np.array([units.num_units[classes].min() for classes in units.classes])
    num_in_fold = np.zeros((num_folds, len(units.of_class)))
    sizes, fold_of_unit = np.zeros(num_folds), np.zeros(len(units.sizes), np.int64)
    order = np.lexsort((-units.sizes, rarest))
    for place, unit in enumerate(order):
        classes = units.classes[unit]
        # A fold with the fewest of the unit's classes, rare ones first; then a small fold. None stays empty.
        crowd = (num_in_fold[:, classes] / units.num_units[classes]).sum(1)
        must_fill = np.sum(sizes == 0) >= len(order) - place
        fold = int(np.lexsort((sizes, np.round(crowd, 9), must_fill * (sizes > 0)))[0])
        fold_of_unit[unit] = fold
        num_in_fold[fold, classes] += 1
        sizes[fold] += units.sizes[unit]
    return fold_of_unit[units.of_sample]


def _next_for_class(choice: _Choice, is_needed: np.ndarray) -> int | None:
    """A unit for a class without one: for the class with the fewest to choose from, the unit that serves the most."""
    waiting = np.flatnonzero(is_needed & (choice.num_held_out == 0) & (choice.num_staying > choice.keep))
    free = {int(number): units for number in waiting if len(units := choice.free_of(int(number)))}
    if not free:
        return None
    rarest = min(free, key=lambda number: (len(free[number]), number))
    sizes, classes = choice.units.sizes, choice.units.classes
    return int(
        max(free[rarest], key=lambda unit: sum(number in free for number in classes[unit].tolist()) / sizes[unit])
    )


def _next_for_size(choice: _Choice, goal: float) -> int | None:
    """Another unit while that brings the size nearer to the goal: of the class with the smallest share so far."""
    missing = goal - choice.num_samples
    share = choice.num_held_out / np.maximum(1, choice.units.num_units)
    for number in np.argsort(share, kind="stable").tolist():
        free = choice.free_of(number)
        fitting = free[choice.units.sizes[free] < 2 * missing]
        if len(fitting):
            return int(fitting[0])
    return None
