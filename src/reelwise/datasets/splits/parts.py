"""The parts of a split: by chance where that gives every class its share, else by construction."""

from collections.abc import Callable

import numpy as np

from reelwise.datasets.splits.construct import construct_folds, construct_part
from reelwise.datasets.splits.stratify import Samples, best_folds, hold_out

_MOST = 0.5
"""Share of all samples that a part by construction may have; beyond it a class without a test is the smaller evil."""

_FEWEST_TO_VALIDATE = 3
"""Units of a class of which one is surely held out for validation; of two it would be half of what is learned from."""

_Part = Callable[[Samples, float, int, np.ndarray, int], np.ndarray]


def split_parts(samples: Samples, fractions: tuple[float, float, float], seed: int) -> np.ndarray:
    """``train``, ``val`` or ``test`` for each sample.

    A class with a unit for each part is in each part, as far as the units allow; all classes are in train.

    Args:
        samples: Labels and units.
        fractions: Shares of the three parts.
        seed: Same seed, same parts.

    Returns:
        (N,) of str as objects; no test where each unit is the only one of some class.
    """
    part_words = [word for word, share in zip(("val", "test"), fractions[1:], strict=True) if share > 0]
    must_have = _classes_with(samples, 1 + len(part_words))
    candidates = []
    for make_test, make_val in (
        (_by_chance, _by_chance),
        (_by_chance, _by_construction),
        (_by_construction, _by_construction),
    ):
        words = np.full(len(samples.labels), "train", object)
        if fractions[2] > 0:
            words[make_test(samples, fractions[2], seed, must_have, len(part_words))] = "test"
        words = _with_val(words, samples, _val_share(fractions), (seed + 1, must_have), make_val)
        num_lacking = sum(_num_lacking(samples, words == word, must_have) for word in part_words)
        if not num_lacking:
            return words
        candidates.append((num_lacking, words))
    return min(candidates, key=lambda item: item[0])[1]


def carve_val(words: np.ndarray, samples: Samples, fractions: tuple[float, float, float], seed: int) -> np.ndarray:
    """The same parts with a validation set that is taken out of ``train``.

    Args:
        words: ``train`` or ``test`` for each sample.
        samples: Labels and units.
        fractions: Shares of the three parts.
        seed: Same seed, same parts.
    """
    share = _val_share(fractions)
    if share <= 0:
        return words
    must_have = _classes_with(samples.take(words == "train"), _FEWEST_TO_VALIDATE)
    return _with_val(words, samples, share, (seed + 1, must_have), hold_out_classes)


def hold_out_classes(
    samples: Samples, fraction: float, seed: int, must_have: np.ndarray, num_left: int = 1
) -> np.ndarray:
    """Which samples to hold out: by chance, and by construction where that leaves out a class that the part must have.

    Args:
        samples: Labels and units.
        fraction: Share of all samples.
        seed: Same seed, same samples.
        must_have: (C,) bool, classes of which a unit must be held out.
        num_left: Units of such a class that stay.

    Returns:
        (N,) bool; all False where each unit is the only one of some class.
    """
    by_chance = hold_out(samples, fraction, seed)
    num_lacking = _num_lacking(samples, by_chance, must_have)
    if not num_lacking:
        return by_chance
    by_construction = _by_construction(samples, fraction, seed, must_have, num_left)
    return by_construction if _num_lacking(samples, by_construction, must_have) < num_lacking else by_chance


def hold_out_of_fold(samples: Samples, fraction: float, seed: int) -> np.ndarray:
    """Which samples of the other folds to hold out for validation: (N,) bool."""
    return hold_out_classes(samples, fraction, seed, _classes_with(samples, _FEWEST_TO_VALIDATE))


def deal_folds(samples: Samples, num_folds: int, seed: int) -> np.ndarray:
    """A fold for each sample: by chance, and by construction where that leaves a class untrained or untested.

    Args:
        samples: Labels and units.
        num_folds: K.
        seed: Same seed, same folds.

    Raises:
        DataError: There are fewer units than folds.
    """
    by_chance = best_folds(samples, num_folds, seed)
    num_units = samples.units_of_classes()
    faults = _num_faults(samples, by_chance, num_units)
    if not samples.needs_training or faults == (int(np.sum(num_units == 1)), 0):
        return by_chance
    by_construction = construct_folds(samples, num_folds, seed)
    return by_construction if _num_faults(samples, by_construction, num_units) < faults else by_chance


def _by_chance(samples: Samples, fraction: float, seed: int, must_have: np.ndarray, num_left: int) -> np.ndarray:
    return hold_out(samples, fraction, seed)


def _by_construction(samples: Samples, fraction: float, seed: int, must_have: np.ndarray, num_left: int) -> np.ndarray:
    part = construct_part(samples, fraction, seed, must_have, num_left)
    if part.mean() <= _MOST:
        return part
    return construct_part(samples, fraction, seed, np.zeros_like(must_have))


def _val_share(fractions: tuple[float, float, float]) -> float:
    return fractions[1] / (fractions[0] + fractions[1])


def _with_val(
    words: np.ndarray, samples: Samples, share: float, how: tuple[int, np.ndarray], make_part: _Part
) -> np.ndarray:
    seed, must_have = how
    words, rest = words.copy(), np.flatnonzero(words == "train")
    if share > 0 and len(rest):
        inside = samples.take(rest)
        words[rest[make_part(inside, share, seed, must_have[: len(inside.counts())], 1)]] = "val"
    return words


def _classes_with(samples: Samples, num_units: int) -> np.ndarray:
    """(C,) bool: classes that have a unit for each part."""
    return (samples.units_of_classes() >= num_units) & samples.needs_training


def _num_lacking(samples: Samples, part: np.ndarray, must_have: np.ndarray) -> int:
    """Classes that a part must have and lacks, and one more for a part that is empty."""
    if not part.any():
        return int(np.sum(must_have)) + 1
    return int(np.sum(must_have & (samples.counts(part) == 0)))


def _num_faults(samples: Samples, folds: np.ndarray, num_units: np.ndarray) -> tuple[int, int]:
    """Classes that lie in one fold alone, and how often a fold lacks a class that has units for all."""
    numbers = np.unique(folds)
    has_class = np.array([samples.counts(folds == number) > 0 for number in numbers])
    num_lone = int(np.sum(has_class.sum(0) == 1))
    return num_lone, int(np.sum(~has_class[:, num_units >= len(numbers)]))
