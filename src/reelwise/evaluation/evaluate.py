"""From predictions to metrics.json: metrics, baselines on the same videos, and the verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from reelwise.core.label_sets import NO_LABEL, join_labels
from reelwise.evaluation.baselines import PRESENCE
from reelwise.evaluation.modality_worth import Masked, combination_name, worth_metrics
from reelwise.evaluation.scores import checked, difference_interval, score_entry, score_of
from reelwise.evaluation.verdict import verdict
from reelwise.metrics.classification import classification_metrics
from reelwise.metrics.multilabel import DEFAULT_THRESHOLD, multilabel_metrics
from reelwise.metrics.regression import regression_metrics


@dataclass(frozen=True, eq=False)
class Judged:
    """Videos with what is true of them and what a model said.

    Args:
        names: N names as in Record.name.
        labels: The C classes or labels in the order of the probabilities; for regression the name of the number.
        y_true: (N,) int classes; (N, C) 0/1 for multilabel; (N,) float for regression.
        probs: (N, C) float probabilities; (N, 1) numbers for regression.
        groups: Recording or person of each video; None where unknown.
        folds: (N,) int, the fold each was held out in; None without folds.
        task: One of ``core.modalities.TASKS``.
        thresholds: Multilabel: from which probability on a label is given, (C,) or, where each fold has its own,
            (N, C); empty for 0.5.
    """

    names: tuple[str, ...]
    labels: tuple[str, ...]
    y_true: np.ndarray
    probs: np.ndarray
    groups: tuple[str | None, ...] | None = None
    folds: np.ndarray | None = None
    task: str = "classification"
    thresholds: Sequence[float] | np.ndarray = ()

    @property
    def given(self) -> np.ndarray:
        """Multilabel: (N, C) bool, the labels that the model gives."""
        edges = np.asarray(self.thresholds, np.float64)
        return np.asarray(self.probs) >= (edges if edges.size else DEFAULT_THRESHOLD)

    @property
    def values(self) -> np.ndarray:
        """Regression: (N,) float64, the predicted numbers."""
        return np.asarray(self.probs, np.float64).reshape(len(self.names), -1)[:, 0]

    def truth_text(self, place: int) -> str:
        """What is true of one video, as a list of videos writes it: ``a``, ``a|b`` (empty for none), ``1.5``."""
        if self.task == "regression":
            return repr(float(self.y_true[place]))
        if self.task == "multilabel":
            return self._joined(self.y_true[place] > 0)
        return self.labels[int(self.y_true[place])]

    def answer_text(self, place: int) -> str:
        """What the model says of one video, written as :meth:`truth_text`."""
        if self.task == "regression":
            return repr(float(self.values[place]))
        if self.task == "multilabel":
            return self._joined(self.given[place])
        return self.labels[int(self.probs[place].argmax())]

    def _joined(self, chosen: np.ndarray) -> str:
        return join_labels(label for label, mine in zip(self.labels, chosen, strict=True) if mine)


def evaluation_metrics(
    judged: Judged,
    baseline_probs: Mapping[str, np.ndarray] | None,
    *,
    seed: int,
    split: str,
    modalities: Sequence[str] = ("frames",),
    masked: Masked | None = None,
    learned_from: int | None = None,
) -> dict[str, Any]:
    """The whole of metrics.json.

    Args:
        judged: The videos and the model's probabilities.
        baseline_probs: {baseline: (N, C)} on the same videos in the same order; None when the model file has none.
        seed: Of the bootstrap.
        split: ``test`` or ``out_of_fold``.
        modalities: What the model read.
        masked: What it said with parts of the videos hidden; None when it was not asked.
        learned_from: How many of the videos it learned from; None where that is not known, or they were held out.

    Returns:
        JSON as it stands. Each baseline has the score that decides (``accuracy``, ``map``, or ``mae`` with ``mse`` and
        ``r2``), its interval ``…_ci95``, and ``difference_ci95``: the paired 95 % interval of model minus baseline.

    Raises:
        DataError: No videos, or numbers that are no probabilities.
    """
    metrics = _own_metrics(judged, seed, split)
    metrics["baselines"] = {
        name: _baseline_entry(judged, said, seed) for name, said in _telling(baseline_probs or {}).items()
    }
    score = score_of(judged.task).name
    own = {name: metrics[name] for name in (score, f"{score}_ci95")}
    metrics["modalities"] = {combination_name(modalities): own}
    if masked is not None:
        said = (judged.labels, judged.y_true, judged.probs)
        metrics |= worth_metrics(*said, masked, groups=judged.groups, seed=seed, task=judged.task)
    if learned_from is not None:
        metrics["learned_from"] = learned_from
    metrics["verdict"] = verdict(metrics)
    return metrics


def prediction_rows(judged: Judged) -> list[list[str]]:
    """The rows of predictions.csv, header first: file, [fold,] label, predicted, one probability per label.

    Of several labels, those that are true and those that are given are joined by ``|``, as a list of videos has them
    (a lone ``|`` is none of them). For regression ``label`` and ``predicted`` are numbers, and no probabilities follow.
    Lists, not dicts: a class may be called ``file``. Numbers are written so that they read back to the last bit.

    Example:
        >>> import numpy as np
        >>> judged = Judged(("a.mp4",), ("kick", "punch"), np.array([0]), np.array([[0.25, 0.75]]))
        >>> prediction_rows(judged)
        [['file', 'label', 'predicted', 'kick', 'punch'], ['a.mp4', 'kick', 'punch', '0.25', '0.75']]
        >>> judged = Judged(("a.mp4",), ("dog", "car"), np.array([[1, 1]]), np.array([[0.75, 0.25]]), task="multilabel")
        >>> prediction_rows(judged)[1]
        ['a.mp4', 'dog|car', 'dog', '0.75', '0.25']
        >>> prediction_rows(Judged(("a.mp4",), ("speed",), np.array([2.5]), np.array([[3.0]]), task="regression"))
        [['file', 'label', 'predicted'], ['a.mp4', '2.5', '3.0']]
    """
    fold_header = [] if judged.folds is None else ["fold"]
    numbers = judged.task == "regression"
    rows = [["file", *fold_header, "label", "predicted", *(() if numbers else judged.labels)]]
    for i, name in enumerate(judged.names):
        fold = [] if judged.folds is None else [str(int(judged.folds[i]))]
        probs = () if numbers else judged.probs[i]
        answer = [judged.truth_text(i) or NO_LABEL, judged.answer_text(i) or NO_LABEL]
        rows.append([name, *fold, *answer, *(repr(float(p)) for p in probs)])
    return rows


def _telling(baseline_probs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Without ``presence`` where all videos had the same parts, so that it says what ``majority`` says."""
    same = PRESENCE in baseline_probs and np.array_equal(baseline_probs[PRESENCE], baseline_probs.get("majority", 0))
    return {name: probs for name, probs in baseline_probs.items() if name != PRESENCE or not same}


def _own_metrics(judged: Judged, seed: int, split: str) -> dict[str, Any]:
    labels, truth, groups = judged.labels, judged.y_true, judged.groups
    if judged.task == "multilabel":
        return multilabel_metrics(labels, truth, judged.probs, judged.given, groups, seed, split=split)
    if judged.task == "regression":
        return regression_metrics(labels[0], truth, judged.values, groups, seed, split=split)
    return classification_metrics(labels, truth, judged.probs, groups, seed, split=split)


def _baseline_entry(judged: Judged, said: np.ndarray, seed: int) -> dict[str, Any]:
    truth, said = checked(judged.task, judged.labels, judged.y_true, said)
    difference = difference_interval(judged.task, truth, judged.probs, said, judged.groups, seed)
    return {**score_entry(judged.task, truth, said, judged.groups, seed), "difference_ci95": difference.as_list()}
