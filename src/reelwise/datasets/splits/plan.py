"""Training, validation and test sets: split by group, stratified, the same for the same seed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reelwise.core.errors import DataError, UsageError
from reelwise.datasets.dataset import Dataset
from reelwise.datasets.splits.parts import carve_val, deal_folds, hold_out_of_fold, split_parts
from reelwise.datasets.splits.shortages import (
    missing_classes,
    no_test_error,
    thin_classes,
    uneven_folds,
    unit_noun,
    untrained_classes,
)
from reelwise.datasets.splits.split_list import read_splits
from reelwise.datasets.splits.strata import make_strata
from reelwise.datasets.splits.stratify import Samples
from reelwise.datasets.splits.units import join_units
from reelwise.tasks import find_task

FRACTIONS = (0.6, 0.2, 0.2)
"""Shares of train, val and test: of a hundred videos twenty to test on."""


@dataclass(frozen=True)
class SplitPlan:
    """Which records are for training, validation and test.

    Args:
        split: ``train``, ``val`` or ``test`` per record; ``out_of_fold`` for all when there are folds.
        fold: The fold in whose test set each record is; empty without folds.
        units: The unit of each record; a unit is never split, except by a split that the data itself gives.
        method: One sentence on how it was done.
        warnings: Sentences for a person on what is not as it should be; no code reads them.
    """

    split: tuple[str, ...]
    fold: tuple[int, ...]
    units: tuple[str, ...]
    method: str
    warnings: tuple[str, ...] = ()

    @property
    def num_folds(self) -> int:
        """K, or 0 without folds."""
        return max(self.fold) + 1 if self.fold else 0


def plan_splits(
    dataset: Dataset,
    *,
    seed: int = 0,
    folds: int | None = None,
    splits_csv: Path | None = None,
    fractions: tuple[float, float, float] = FRACTIONS,
    same: Iterable[Iterable[str]] = (),
    can_fold: bool = True,
) -> SplitPlan:
    """Split a data set without leaks.

    A given split comes first (``splits_csv``, then a ``split`` column); else whole units are split, stratified by
    label. A unit is a group, a file with its segments, or all names of one recording.

    Args:
        dataset: Records with labels, groups and splits.
        seed: Same seed, same split, whatever the order of files on disk.
        folds: Number of folds to make instead.
        splits_csv: A CSV with the columns ``file,split``.
        fractions: Shares of train, val and test.
        same: Sets of ``Record.name`` that show one recording.
        can_fold: Whether a warning may propose folds.

    Raises:
        DataError: There is no such split, as with more folds than groups.
        UsageError: Folds or fractions are out of range.
    """
    _check(folds, fractions)
    records = dataset.records
    if not records:
        raise DataError(f"{dataset.root}: nothing to split.", hint="Run `reelwise check` on it.")
    units = join_units(records, same)
    samples, order = _samples(dataset, units)
    if folds is not None:
        return _plan_folds(dataset, units, (samples, order), folds, seed)
    own_split = read_splits(splits_csv, records) if splits_csv else [record.split for record in records]
    if any(own_split) and set(own_split) - {None} != {"train"}:
        source = f"the list {splits_csv.name}" if splits_csv else "the data's own split"
        return _plan_given(dataset, own_split, (units, samples, order), fractions, (seed, source, can_fold))
    return _plan_free(dataset, units, (samples, order), fractions, (seed, can_fold))


def split_for_fold(dataset: Dataset, plan: SplitPlan, fold: int, *, seed: int = 0, val: float = 0.2) -> tuple[str, ...]:
    """``train``, ``val`` or ``test`` per record while ``fold`` is the test set.

    Args:
        dataset: The data set of the plan.
        plan: A plan with folds.
        fold: Which fold is the test set.
        seed: Decides which units of the others become ``val``.
        val: Share of the other folds that is held out for early stopping and calibration; 0 for none.
    """
    if not 0 <= fold < plan.num_folds:
        raise UsageError(f"there is no fold {fold}; the plan has {plan.num_folds}.")
    samples, order = _samples(dataset, plan.units)
    in_order = np.asarray(plan.fold)[order]
    words = np.where(in_order == fold, "test", "train").astype(object)
    if val > 0:
        rest = np.flatnonzero(in_order != fold)
        held_out = rest[hold_out_of_fold(samples.take(rest), val, seed * 1000 + fold)]
        if len(held_out) < len(rest):  # with a single group in all other folds, nothing can be held out
            words[held_out] = "val"
    return _back(words, order)


def _check(folds: int | None, fractions: tuple[float, float, float]) -> None:
    if folds is not None and not 2 <= folds <= 100:
        raise UsageError(f"--folds is {folds}, expected 2 to 100.", hint="Use --folds 4.")
    if len(fractions) != 3 or min(fractions) < 0 or fractions[0] <= 0 or abs(sum(fractions) - 1) > 1e-6:
        raise UsageError(f"fractions {fractions} must be three shares that sum to 1.", hint="Use 0.6, 0.2, 0.2.")


def _samples(dataset: Dataset, units: Sequence[str]) -> tuple[Samples, np.ndarray]:
    """Samples sorted by name, and the index of each in the records."""
    records = dataset.records
    order = sorted(range(len(records)), key=lambda index: records[index].name)
    samples = make_strata([records[i] for i in order], [units[i] for i in order], dataset.task)
    return samples, np.asarray(order, np.int64)


def _back(words: np.ndarray, order: np.ndarray) -> tuple[str, ...]:
    result = np.empty(len(words), object)
    result[order] = words
    return tuple(map(str, result))


def _plan_folds(
    dataset: Dataset, units: tuple[str, ...], sorted_samples: tuple[Samples, np.ndarray], folds: int, seed: int
) -> SplitPlan:
    samples, order = sorted_samples
    dealt = np.empty(len(order), np.int64)
    dealt[order] = deal_folds(samples, folds, seed)
    sizes = np.bincount(dealt, minlength=folds)
    each = f"{sizes.min()} to {sizes.max()}" if sizes.min() < sizes.max() else f"{sizes.min()}"
    method = f"{folds} folds of {each} videos, {_by(dataset, samples)}{_strata_in_words(dataset)}, seed {seed}"
    notes = [*uneven_folds(sizes, samples, unit_noun(dataset, units)), *thin_classes(dataset, units, folds)]
    if any(record.split for record in dataset.records):
        notes.append("the data's own split is set aside, because --folds makes folds")
    words = ("out_of_fold",) * len(order)
    return SplitPlan(words, tuple(map(int, dealt)), units, method, tuple(notes))


def _plan_free(
    dataset: Dataset,
    units: tuple[str, ...],
    sorted_samples: tuple[Samples, np.ndarray],
    fractions: tuple[float, float, float],
    how: tuple[int, bool],
) -> SplitPlan:
    samples, order = sorted_samples
    seed, can_fold = how
    words = split_parts(samples, fractions, seed)
    if fractions[2] > 0 and not np.any(words == "test"):
        raise no_test_error(dataset, samples, unit_noun(dataset, units))
    notes = list(thin_classes(dataset, units, None))
    part_words = [word for word, share in zip(("val", "test"), fractions[1:], strict=True) if share > 0]
    notes += missing_classes(samples, words, unit_noun(dataset, units), part_words, can_fold=can_fold)
    method = f"{_by(dataset, samples)}{_strata_in_words(dataset)}, seed {seed}"
    return SplitPlan(_back(words, order), (), units, f"{method}: {_counts(words)}", tuple(notes))


def _plan_given(
    dataset: Dataset,
    own_split: Sequence[str | None],
    units_and_samples: tuple[tuple[str, ...], Samples, np.ndarray],
    fractions: tuple[float, float, float],
    how: tuple[int, str, bool],
) -> SplitPlan:
    units, samples, order = units_and_samples
    seed, source, can_fold = how
    notes: list[str] = []
    words = np.asarray([own_split[i] or "" for i in order], object)
    _place_unnamed(words, samples.units, notes)
    if not np.any(words == "train"):
        raise DataError(f"{source} has no video for train.", hint="Name some rows train.")
    if not np.any(words == "test") and fractions[2] > 0:
        words[words == "val"] = "test"
        notes.append("the given split has no test set, so its validation set is used as the test set")
    if not np.any(words == "val"):
        words = carve_val(words, samples, fractions, seed)
        num_val = int(np.sum(words == "val"))
        if num_val:
            notes.append(f"the validation set ({num_val} videos) was taken out of the given train set")
        elif fractions[1] > 0:
            notes += missing_classes(samples, words, "videos of the given train set", ["val"], can_fold=can_fold)
    notes += _leaks(words, samples.units, [units[i] for i in order])
    notes += untrained_classes(dataset, _back(words, order))
    return SplitPlan(_back(words, order), (), units, f"split by {source}: {_counts(words)}", tuple(notes))


def _place_unnamed(words: np.ndarray, units: np.ndarray, notes: list[str]) -> None:
    """Rows without a split go where the rest of their unit is, else to train."""
    without_split = np.flatnonzero(words == "")
    for index in without_split:
        beside = set(words[units == units[index]])
        words[index] = next((word for word in ("test", "val") if word in beside), "train")
    if len(without_split):
        notes.append(
            f"{len(without_split)} videos have no split of their own and went to train (or to their group's split)"
        )


def _leaks(words: np.ndarray, units: np.ndarray, names: Sequence[str]) -> list[str]:
    split_units = [name for unit, name in {int(u): n for u, n in zip(units, names, strict=True)}.items()
            if len(set(words[units == unit])) > 1]  # fmt: skip
    if not split_units:
        return []
    example = f"such as that of {split_units[0]}"
    return [f"{len(split_units)} groups are on both sides of the given split ({example}): the scores are too good"]


def _by(dataset: Dataset, samples: Samples) -> str:
    if any(record.group for record in dataset.records):
        return f"by group ({samples.num_units} groups; {dataset.group_source.text})"
    return f"by video ({dataset.group_source.text})"


def _strata_in_words(dataset: Dataset) -> str:
    """How the parts are made alike, behind a comma; nothing where no video has a label."""
    has_labels = any(record.label for record in dataset.records)
    return f", {find_task(dataset.task).wording.stratification}" if has_labels else ""


def _counts(words: np.ndarray) -> str:
    return ", ".join(f"{int(np.sum(words == word))} {word}" for word in ("train", "val", "test"))
