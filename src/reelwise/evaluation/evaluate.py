"""From predictions to metrics.json: metrics, baselines on the same videos, and the verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from reelwise.evaluation.baselines import PRESENCE
from reelwise.evaluation.modality_worth import Masked, combination_name, worth_metrics
from reelwise.evaluation.verdict import verdict
from reelwise.metrics.bootstrap import accuracy_interval, paired_difference_interval
from reelwise.metrics.classification import checked_predictions, classification_metrics


@dataclass(frozen=True, eq=False)
class Judged:
    """Videos with their true classes and what a model said of them.

    Args:
        names: N names as in Record.name.
        labels: The C classes in the order of the probabilities.
        y_true: (N,) int.
        probs: (N, C) float.
        groups: Recording or person of each video; None where unknown.
        folds: (N,) int, the fold each was held out in; None without folds.
    """

    names: tuple[str, ...]
    labels: tuple[str, ...]
    y_true: np.ndarray
    probs: np.ndarray
    groups: tuple[str | None, ...] | None = None
    folds: np.ndarray | None = None


def evaluation_metrics(
    judged: Judged,
    baseline_probs: Mapping[str, np.ndarray] | None,
    *,
    seed: int,
    split: str,
    modalities: Sequence[str] = ("frames",),
    masked: Masked | None = None,
) -> dict[str, Any]:
    """The whole of metrics.json.

    Args:
        judged: The videos and the model's probabilities.
        baseline_probs: {baseline: (N, C)} on the same videos in the same order; None when the model file has none.
        seed: Of the bootstrap.
        split: ``test`` or ``out_of_fold``.
        modalities: What the model read.
        masked: What it said with parts of the videos hidden; None when it was not asked.

    Returns:
        JSON as it stands. Each baseline has ``accuracy``, ``accuracy_ci95`` and ``difference_ci95``: the paired 95 %
        interval of model minus baseline.

    Raises:
        DataError: No videos, or numbers that are no probabilities.
    """
    metrics = classification_metrics(judged.labels, judged.y_true, judged.probs, judged.groups, seed, split=split)
    correct = judged.probs.argmax(axis=1) == judged.y_true
    metrics["baselines"] = {
        name: _baseline_entry(judged, correct, probs, seed) for name, probs in _telling(baseline_probs or {}).items()
    }
    own = {"accuracy": metrics["accuracy"], "accuracy_ci95": metrics["accuracy_ci95"]}
    metrics["modalities"] = {combination_name(modalities): own}
    if masked is not None:
        said = (judged.labels, judged.y_true, judged.probs)
        metrics |= worth_metrics(*said, masked, groups=judged.groups, seed=seed)
    metrics["verdict"] = verdict(metrics)
    return metrics


def prediction_rows(judged: Judged) -> list[list[str]]:
    """The rows of predictions.csv, header first: file, [fold,] label, predicted, one probability per label.

    Lists, not dicts: a class may be called ``file``. Probabilities are written so that they read back to the last bit.

    Example:
        >>> import numpy as np
        >>> judged = Judged(("a.mp4",), ("kick", "punch"), np.array([0]), np.array([[0.25, 0.75]]))
        >>> prediction_rows(judged)
        [['file', 'label', 'predicted', 'kick', 'punch'], ['a.mp4', 'kick', 'punch', '0.25', '0.75']]
    """
    fold_header = [] if judged.folds is None else ["fold"]
    rows = [["file", *fold_header, "label", "predicted", *judged.labels]]
    for i, name in enumerate(judged.names):
        fold = [] if judged.folds is None else [str(int(judged.folds[i]))]
        probs = judged.probs[i]
        answer = [judged.labels[int(judged.y_true[i])], judged.labels[int(probs.argmax())]]
        rows.append([name, *fold, *answer, *(repr(float(p)) for p in probs)])
    return rows


def _telling(baseline_probs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Without ``presence`` where all videos had the same parts, so that it says what ``majority`` says."""
    same = PRESENCE in baseline_probs and np.array_equal(baseline_probs[PRESENCE], baseline_probs.get("majority", 0))
    return {name: probs for name, probs in baseline_probs.items() if name != PRESENCE or not same}


def _baseline_entry(judged: Judged, correct: np.ndarray, probs: np.ndarray, seed: int) -> dict[str, Any]:
    truth, probs = checked_predictions(judged.labels, judged.y_true, probs)
    baseline_correct = probs.argmax(axis=1) == truth
    return {
        "accuracy": float(baseline_correct.mean()),
        "accuracy_ci95": accuracy_interval(baseline_correct, judged.groups, seed).as_list(),
        "difference_ci95": paired_difference_interval(correct, baseline_correct, judged.groups, seed).as_list(),
    }
