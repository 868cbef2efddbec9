"""What the report says of models that give any number of labels: label by label, and how many a video gets."""

from dataclasses import dataclass

import numpy as np

from reelwise.tasks import LabeledPredictions
from reelwise.tasks.metrics import MultilabelMetrics


@dataclass(frozen=True)
class LabelRow:
    """A row of the label by label table; shares are None where there is nothing to divide by.

    Args:
        label: Its name.
        support: Videos that have it.
        average_precision: How well it is sorted.
        guess: What a random order would get: the share of videos that have it.
        recall: Share of its videos that were given it.
        precision: How often it is there when it is given.
        f1: Of both.
    """

    label: str
    support: int
    average_precision: float | None
    guess: float
    recall: float | None
    precision: float | None
    f1: float


@dataclass(frozen=True)
class ShareRow:
    """How many videos are right in so many labels."""

    title: str
    share: float


def label_rows(metrics: MultilabelMetrics) -> list[LabelRow]:
    """Label by label, the hardest first; labels without videos last.

    Args:
        metrics: metrics.json for ``multilabel``.
    """
    rows = []
    for label in metrics.labels:
        entry = metrics.per_class[label]
        rows.append(
            LabelRow(
                label,
                entry["support"],
                entry["average_precision"],
                entry["support"] / metrics.num_videos,
                entry["recall"] if entry["support"] else None,
                entry["precision"] if entry["given"] else None,
                entry["f1"],
            )
        )
    return sorted(rows, key=lambda row: (row.support == 0, row.f1, row.average_precision or 0.0))


def share_rows(predictions: LabeledPredictions | None) -> list[ShareRow]:
    """Shares of videos with no, one, two or more labels wrong (missed, or given without being there)."""
    if predictions is None:
        return []
    wrong = (predictions.labels_given != (np.asarray(predictions.y_true) > 0)).sum(axis=1)
    groups = [("all labels right", wrong == 0), ("one label wrong", wrong == 1), ("two labels wrong", wrong == 2)]
    groups.append(("three or more wrong", wrong > 2))
    return [
        ShareRow(title, float(mine.mean()))
        for title, mine in groups
        if len(predictions.labels) > 2 or "three" not in title
    ]
