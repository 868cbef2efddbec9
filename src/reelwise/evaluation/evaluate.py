"""From predictions to metrics.json: metrics, baselines on the same videos, and the verdict."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from reelwise.core.label_sets import NO_LABEL
from reelwise.evaluation.baselines import PRESENCE
from reelwise.evaluation.modality_worth import Masked, combination_name, worth_metrics
from reelwise.evaluation.verdict import verdict
from reelwise.tasks import LabeledPredictions, Metrics, find_task


def evaluation_metrics(
    judged: LabeledPredictions,
    baseline_probs: Mapping[str, np.ndarray] | None,
    *,
    seed: int,
    split: str,
    modalities: Sequence[str] = ("frames",),
    masked: Masked | None = None,
    learned_from: int | None = None,
) -> Metrics:
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
    task = find_task(judged.task)
    metrics = task.metrics(judged, seed, split)
    metrics["baselines"] = {
        name: _baseline_entry(judged, said, seed) for name, said in _telling(baseline_probs or {}).items()
    }
    score = task.score.name
    own = {name: metrics[name] for name in (score, f"{score}_ci95")}
    metrics["modalities"] = {combination_name(modalities): own}
    if masked is not None:
        said = (judged.labels, judged.y_true, judged.probs)
        metrics |= worth_metrics(*said, masked, groups=judged.groups, seed=seed, task=judged.task)
    if learned_from is not None:
        metrics["learned_from"] = learned_from
    metrics["verdict"] = verdict(metrics)
    return task.metrics_type(metrics)


def prediction_rows(judged: LabeledPredictions) -> list[list[str]]:
    """The rows of predictions.csv, header first: file, [fold,] label, predicted, one probability per label.

    Of several labels, those that are true and those that are given are joined by ``|``, as a list of videos has them
    (a lone ``|`` is none of them). For regression ``label`` and ``predicted`` are numbers, and no probabilities follow.
    Lists, not dicts: a class may be called ``file``. Numbers are written so that they read back to the last bit.

    Example:
        >>> import numpy as np
        >>> judged = LabeledPredictions(("a.mp4",), ("kick", "punch"), np.array([0]), np.array([[0.25, 0.75]]))
        >>> prediction_rows(judged)
        [['file', 'label', 'predicted', 'kick', 'punch'], ['a.mp4', 'kick', 'punch', '0.25', '0.75']]
        >>> truth, probs = np.array([[1, 1]]), np.array([[0.75, 0.25]])
        >>> judged = LabeledPredictions(("a.mp4",), ("dog", "car"), truth, probs, task="multilabel")
        >>> prediction_rows(judged)[1]
        ['a.mp4', 'dog|car', 'dog', '0.75', '0.25']
        >>> truth, values = np.array([2.5]), np.array([[3.0]])
        >>> prediction_rows(LabeledPredictions(("a.mp4",), ("speed",), truth, values, task="regression"))
        [['file', 'label', 'predicted'], ['a.mp4', '2.5', '3.0']]
    """
    fold_header = [] if judged.folds is None else ["fold"]
    task = find_task(judged.task)
    prob_columns = task.prob_columns(judged.labels)
    rows = [["file", *fold_header, "label", "predicted", *prob_columns]]
    for i, name in enumerate(judged.names):
        fold = [] if judged.folds is None else [str(int(judged.folds[i]))]
        probs = judged.probs[i] if prob_columns else ()
        answer = [task.true_text(judged, i) or NO_LABEL, task.predicted_text(judged, i) or NO_LABEL]
        rows.append([name, *fold, *answer, *(repr(float(p)) for p in probs)])
    return rows


def _telling(baseline_probs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Without ``presence`` where all videos had the same parts, so that it says what ``majority`` says."""
    same = PRESENCE in baseline_probs and np.array_equal(baseline_probs[PRESENCE], baseline_probs.get("majority", 0))
    return {name: probs for name, probs in baseline_probs.items() if name != PRESENCE or not same}


def _baseline_entry(judged: LabeledPredictions, probs: np.ndarray, seed: int) -> dict[str, Any]:
    task = find_task(judged.task)
    truth, probs = task.check_predictions(judged.labels, judged.y_true, probs)
    difference = task.score_difference(truth, judged.probs, probs, judged.groups, seed)
    return {**task.score_entry(truth, probs, judged.groups, seed), "difference_ci95": difference.as_list()}
