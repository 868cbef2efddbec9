"""Makes metrics.json and predictions.csv: metrics, baselines on the same videos, ablations, and the verdict."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from reelwise.core.label_sets import NO_LABEL
from reelwise.evaluation.baselines import PRESENCE
from reelwise.evaluation.modality_ablation import AblatedPredictions, ablation_metrics, combination_name
from reelwise.evaluation.verdict import verdict
from reelwise.metrics.bootstrap import group_codes, interval_list
from reelwise.tasks import LabeledPredictions, Metrics, find_task


def evaluation_metrics(
    predictions: LabeledPredictions,
    baseline_probs: Mapping[str, np.ndarray] | None,
    *,
    seed: int,
    split: str,
    modalities: Sequence[str] = ("frames",),
    ablation: AblatedPredictions | None = None,
    learned_from: int | None = None,
) -> Metrics:
    """The whole of metrics.json.

    Args:
        predictions: Names, true labels and the model's probabilities of the test videos.
        baseline_probs: {baseline: (N, C)} on the same videos in the same order; None when the model file has none.
        seed: Of the bootstrap.
        split: ``test`` or ``out_of_fold``.
        modalities: What the model reads.
        ablation: Its predictions with modalities masked or frames reordered; None where there are none.
        learned_from: How many of the videos it was trained on; None where they were held out or nobody knows.

    Returns:
        The content of metrics.json. Each baseline has the score that decides (``accuracy``, ``map``, or ``mae`` with
        ``mse`` and ``r2``), its interval ``…_ci95``, and ``difference_ci95``: the paired 95 % interval of model minus
        baseline. Intervals are None with fewer than four units (``num_units``).

    Raises:
        DataError: No videos, or values that are no probabilities.
    """
    task = find_task(predictions.task)
    metrics = task.metrics(predictions, seed, split)
    metrics["num_units"] = int(group_codes(predictions.units, len(predictions.names)).max()) + 1
    informative_probs = _without_idle_presence(baseline_probs or {})
    metrics["baselines"] = {
        name: _baseline_entry(predictions, probs, seed) for name, probs in informative_probs.items()
    }
    score = task.score.name
    own = {name: metrics[name] for name in (score, f"{score}_ci95")}
    metrics["modalities"] = {combination_name(modalities): own}
    if ablation is not None:
        metrics |= ablation_metrics(
            predictions.labels,
            predictions.y_true,
            predictions.probs,
            ablation,
            units=predictions.units,
            seed=seed,
            task=predictions.task,
        )
    if learned_from is not None:
        metrics["learned_from"] = learned_from
    return task.metrics_type({**metrics, "verdict": verdict(task.metrics_type(metrics))})


def prediction_rows(predictions: LabeledPredictions) -> list[list[str]]:
    """The rows of predictions.csv, header first: file, [fold,] label, predicted, one probability per label.

    Several labels of a video, true or predicted, are joined by ``|``, as in a list of videos; a lone ``|`` is none.
    For regression ``label`` and ``predicted`` are numbers, and no probabilities follow.
    The column of a class called ``file``, or like another fixed column, is called ``prob_file``. Numbers are
    written so that they read back to the last bit.

    Example:
        >>> import numpy as np
        >>> predictions = LabeledPredictions(("a.mp4",), ("kick", "punch"), np.array([0]), np.array([[0.25, 0.75]]))
        >>> prediction_rows(predictions)
        [['file', 'label', 'predicted', 'kick', 'punch'], ['a.mp4', 'kick', 'punch', '0.25', '0.75']]
        >>> truth, probs = np.array([[1, 1]]), np.array([[0.75, 0.25]])
        >>> predictions = LabeledPredictions(("a.mp4",), ("dog", "car"), truth, probs, task="multilabel")
        >>> prediction_rows(predictions)[1]
        ['a.mp4', 'dog|car', 'dog', '0.75', '0.25']
        >>> truth, values = np.array([2.5]), np.array([[3.0]])
        >>> prediction_rows(LabeledPredictions(("a.mp4",), ("speed",), truth, values, task="regression"))
        [['file', 'label', 'predicted'], ['a.mp4', '2.5', '3.0']]
    """
    fold_header = [] if predictions.folds is None else ["fold"]
    task = find_task(predictions.task)
    prob_columns = task.prob_columns(predictions.labels)
    rows = [["file", *fold_header, "label", "predicted", *prob_columns]]
    for i, name in enumerate(predictions.names):
        fold = [] if predictions.folds is None else [str(int(predictions.folds[i]))]
        probs = predictions.probs[i] if prob_columns else ()
        label_cells = [task.true_text(predictions, i) or NO_LABEL, task.predicted_text(predictions, i) or NO_LABEL]
        rows.append([name, *fold, *label_cells, *(repr(float(p)) for p in probs)])
    return rows


def _without_idle_presence(baseline_probs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Without ``presence`` where all videos have the same modalities, so that it predicts what ``majority`` does."""
    is_idle = PRESENCE in baseline_probs and np.array_equal(baseline_probs[PRESENCE], baseline_probs.get("majority", 0))
    return {name: probs for name, probs in baseline_probs.items() if name != PRESENCE or not is_idle}


def _baseline_entry(predictions: LabeledPredictions, probs: np.ndarray, seed: int) -> dict[str, Any]:
    task = find_task(predictions.task)
    truth, probs = task.check_predictions(predictions.labels, predictions.y_true, probs)
    difference = task.score_difference(truth, predictions.probs, probs, predictions.units, seed)
    return {**task.score_entry(truth, probs, predictions.units, seed), "difference_ci95": interval_list(difference)}
