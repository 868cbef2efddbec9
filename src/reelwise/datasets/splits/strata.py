"""What the parts of a split should have in equal shares: classes, single labels of sets, or low and high numbers."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from reelwise.core.label_sets import join_labels, split_labels
from reelwise.core.records import Record
from reelwise.datasets.splits.stratify import Samples, make_samples
from reelwise.sampling.metadata_codes import parse_number

_FREQUENT = 8
_MOST_BINS = 10
_PER_BIN = 8


def make_strata(records: Sequence[Record], units: Sequence[str], task: str) -> Samples:
    """Records as samples for stratifying.

    A set of labels that is frequent is a class of its own; any other stands for its rarest label, because rare labels
    are the hardest to spread. Numbers are cut into up to ten classes of equal size.

    Args:
        records: In an order that does not depend on the disk.
        units: The unit of each.
        task: One of ``TASKS``.

    Source: rare labels first, as in Sechidis, Tsoumakas and Vlahavas, "On the stratification of multi-label data",
    2011, though not their algorithm: scikit-learn's group folds of these classes, the best of a few by single labels.
    """
    labels = [record.label for record in records]
    if task == "regression":
        plain = make_samples(_bins(labels), units)
        return Samples(plain.labels, plain.units, needed=False)
    if task == "multilabel":
        sets = [split_labels(label) for label in labels]
        plain = make_samples(_combinations(sets), units)
        return Samples(plain.labels, plain.units, _marks(sets))
    return make_samples(labels, units)


def single_labels(record: Record, task: str) -> tuple[str, ...]:
    """The classes that a record stands for in warnings about thin ones; none for numbers."""
    if task == "regression":
        return ()
    return split_labels(record.label) if task == "multilabel" else (record.label,)


def _bins(labels: Sequence[str]) -> list[str]:
    values = np.array([parse_number(label) or 0.0 for label in labels])
    num_bins = int(np.clip(len(values) // _PER_BIN, 1, _MOST_BINS))
    edges = np.unique(np.quantile(values, np.arange(1, num_bins) / num_bins)) if num_bins > 1 else np.zeros(0)
    return [str(index) for index in np.searchsorted(edges, values, side="right")]


def _combinations(sets: Sequence[tuple[str, ...]]) -> list[str]:
    together = Counter(sets)
    alone = Counter(part for parts in sets for part in parts)
    return [
        join_labels(parts) if not parts or together[parts] >= _FREQUENT else min(parts, key=lambda p: (alone[p], p))
        for parts in sets
    ]


def _marks(sets: Sequence[tuple[str, ...]]) -> np.ndarray:
    """(N, C) bool: which single labels each has; a last column of those that have none, where there are any."""
    places = {part: place for place, part in enumerate(sorted({part for parts in sets for part in parts}))}
    marks = np.zeros((len(sets), len(places) + any(not parts for parts in sets)), bool)
    for row, parts in enumerate(sets):
        marks[row, [places[part] for part in parts] or [-1]] = True
    return marks
