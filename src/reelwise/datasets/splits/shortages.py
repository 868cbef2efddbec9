"""What a split lacks because classes have too few units, in sentences whose reasons are counted, not guessed."""

from collections.abc import Iterator, Sequence

import numpy as np

from reelwise.core.errors import DataError
from reelwise.datasets.dataset import Dataset
from reelwise.datasets.splits.stratify import Samples
from reelwise.tasks import find_task

_MOST_NAMED = 3
"""Classes that get a sentence each; with more there is one for all."""

_UNEVEN = 2
"""Times as many videos in one fold as in another: from here on a fold says more than another."""

_MOST_FOLDS = 5
"""Folds that are proposed: with more, training takes longer and the score changes little."""


def unit_noun(dataset: Dataset, units: Sequence[str]) -> str:
    """What units are, for a person: groups, videos, or recordings where several files or segments are one."""
    if any(record.group for record in dataset.records):
        return "groups"
    return "videos" if len(set(units)) == len(units) else "recordings"


def no_test_error(dataset: Dataset, samples: Samples, noun: str) -> DataError:
    """The reason why nothing can be held out: there is one unit, or each one is the only one of some class."""
    num_units = samples.num_units
    reason = f"each of the {num_units} {noun} is the only one of some class"
    if num_units == 1:
        reason = f"all {len(samples.labels)} videos are of one {noun.removesuffix('s')}"
    return DataError(
        f"{dataset.root}: nothing can be held out as a test set: {reason}.",
        hint="Collect each class in two or more recordings, or give a split with --splits.",
    )


def thin_classes(dataset: Dataset, units: Sequence[str], num_folds: int | None) -> Iterator[str]:
    """Sentences on classes that are in fewer units than there are folds, or in one alone.

    Args:
        dataset: The data set.
        units: The unit of each record.
        num_folds: K; None for a single split.
    """
    noun = unit_noun(dataset, units)
    spread: dict[str, set[str]] = {}
    for record, unit in zip(dataset.records, units, strict=True):
        for label in find_task(dataset.task).single_labels(record.label):
            spread.setdefault(label, set()).add(unit)
    lone = sorted(label for label in spread if len(spread[label]) == 1)
    few = sorted(label for label in spread if 1 < len(spread[label]) < (num_folds or 2))
    if len(lone) > _MOST_NAMED:
        yield f"{_classes(lone)} are in only one of the {noun} each, so that they cannot be in both train and test"
    else:
        for label in lone:
            yield f"the class {label!r} is in only one of the {noun}, so it cannot be in both train and test"
    if len(few) > _MOST_NAMED:
        yield f"{_classes(few)} are in too few {noun} to be in each of {num_folds} folds"
    else:
        for label in few:
            yield f"the class {label!r} is in {len(spread[label])} {noun}, too few to be in each of {num_folds} folds"


def uneven_folds(sizes: np.ndarray, samples: Samples, noun: str) -> Iterator[str]:
    """A sentence on folds of which one is much larger than another, with the largest unit, which is why.

    Args:
        sizes: (K,) videos in each fold.
        samples: Labels and units.
        noun: What units are.
    """
    if sizes.max() < _UNEVEN * max(1, sizes.min()):
        return
    largest = int(np.bincount(samples.units).max())
    in_words = f"{', '.join(map(str, sorted(sizes.tolist(), reverse=True)[:-1]))} and {sizes.min()}"
    stays = f"the largest of the {samples.num_units} {noun} has {largest} videos, which stay together"
    yield f"the folds are uneven ({in_words} videos): {stays}"


def missing_classes(
    samples: Samples, words: np.ndarray, noun: str, parts: Sequence[str], *, can_fold: bool = True
) -> Iterator[str]:
    """Sentences on parts of a split that are empty or lack classes, with the reason where it is that simple.

    Args:
        samples: Labels and units.
        words: ``train``, ``val`` or ``test`` for each sample.
        noun: What units are.
        parts: Which of ``val`` and ``test`` were to be made.
        can_fold: Whether folds may be proposed.
    """
    num_units = samples.units_of_classes()
    folds = f"; --folds {_num_folds(num_units, samples.num_units)} tests every video" if can_fold else ""
    for word in parts:
        name = {"val": "validation", "test": "test"}[word]
        if not np.any(words == word):
            yield (
                f"there are no {name} videos: too few {noun} are left, so that the number of epochs cannot be chosen by"
                f" them and probabilities cannot be calibrated{folds}"
            )
            continue
        lacking = (samples.counts(words == word) == 0) & (num_units > 0)
        if lacking.any() and samples.needs_training:
            most = int(num_units[lacking].max())
            is_few = most <= len(parts)
            reason = f", which are in {most} of the {noun} or fewer each" if is_few else ""
            yield f"the {name} set lacks {lacking.sum()} of {np.sum(num_units > 0)} classes{reason}{folds}"


def untrained_classes(dataset: Dataset, words: Sequence[str]) -> Iterator[str]:
    """A sentence on classes that a given split has in validation or test videos alone.

    Args:
        dataset: The data set.
        words: ``train``, ``val`` or ``test`` for each record.
    """
    places: dict[str, set[str]] = {}
    for record, word in zip(dataset.records, words, strict=True):
        for label in find_task(dataset.task).single_labels(record.label):
            places.setdefault(label, set()).add(word)
    lacking = sorted(label for label, parts in places.items() if label and "train" not in parts)
    if len(lacking) > _MOST_NAMED:
        yield f"{_classes(lacking)} have no video in the given train set, so that they cannot be learned"
    else:
        for label in lacking:
            yield f"the class {label!r} has no video in the given train set, so that it cannot be learned"


def _classes(labels: Sequence[str]) -> str:
    return f"{len(labels)} classes (such as {', '.join(map(repr, labels[:2]))})"


def _num_folds(num_units: np.ndarray, most: int) -> int:
    """Folds that most classes have units for, two at least."""
    usual = int(np.median(num_units[num_units > 0])) if np.any(num_units > 0) else 2
    return min(max(2, min(_MOST_FOLDS, usual)), max(2, most))
