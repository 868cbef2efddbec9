"""How good the predictions of one class per video are: the fields of metrics.json for classification."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from reelwise.core.errors import DataError
from reelwise.metrics.bootstrap import interval_list
from reelwise.metrics.calibration import expected_calibration_error
from reelwise.metrics.cluster_intervals import accuracy_interval

SCHEMA = "reelwise/metrics/1"
TOP_K = 5
"""Of top-5 accuracy, as ImageNet and Kinetics report it; only with more than five classes."""
_EPSILON = float(np.finfo(np.float64).eps)
"""The least probability in a log loss, as in scikit-learn's ``log_loss``, so that it stays finite."""


def classification_metrics(
    labels: Sequence[str],
    y_true: np.ndarray,
    probs: np.ndarray,
    groups: Sequence[str | None] | None = None,
    *,
    split: str = "test",
) -> dict[str, Any]:
    """The fields of metrics.json that follow from predictions alone (no baselines, no verdict).

    Args:
        labels: The C classes in the order of the probabilities.
        y_true: (N,) int, the true class of each video, N > 0.
        probs: (N, C) float in [0, 1], rows summing to 1.
        groups: Unit of each video (recording, person, file), for the interval; None where each is a unit of its own.
        split: ``test``, ``out_of_fold`` or another name for the videos that were predicted.

    Returns:
        A dict that is JSON as it stands: floats are Python's, nothing is NaN, the same input gives the same bytes.
        ``accuracy_ci95`` is None with fewer than four units. ``macro_f1`` is the mean over classes that occur or are
        predicted; a ratio whose denominator is 0 is 0.

    Raises:
        DataError: No videos, shapes that do not match, or numbers that are not probabilities.

    Example:
        >>> import numpy as np
        >>> probs = np.array([[0.9, 0.1], [0.4, 0.6], [0.7, 0.3]])
        >>> metrics = classification_metrics(["kick", "punch"], np.array([0, 1, 1]), probs)
        >>> round(metrics["accuracy"], 3), metrics["confusion"], metrics["top5_accuracy"]
        (0.667, [[1, 0], [1, 1]], None)
    """
    labels = [str(label) for label in labels]
    truth, probs = checked_predictions(labels, y_true, probs)
    predicted_classes = probs.argmax(axis=1)
    confusion = confusion_matrix(truth, predicted_classes, len(labels))
    precision, recall, f1 = precision_recall_f1(confusion)
    is_counted = (confusion.sum(axis=0) + confusion.sum(axis=1)) > 0
    correct = predicted_classes == truth
    per_class = {
        label: {
            "precision": float(precision[i]),
            "recall": float(recall[i]),
            "f1": float(f1[i]),
            "support": int(confusion[i].sum()),
        }
        for i, label in enumerate(labels)
    }
    return {
        "schema": SCHEMA,
        "task": "classification",
        "split": split,
        "num_videos": len(truth),
        "labels": labels,
        "accuracy": float(correct.mean()),
        "accuracy_ci95": interval_list(accuracy_interval(correct, groups)),
        "top5_accuracy": top_k_accuracy(truth, probs, TOP_K) if len(labels) > TOP_K else None,
        "macro_f1": float(f1[is_counted].mean()),
        "log_loss": log_loss(truth, probs),
        "ece": expected_calibration_error(truth, probs),
        "per_class": per_class,
        "confusion": confusion.tolist(),
    }


def checked_predictions(labels: Sequence[str], y_true: np.ndarray, probs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """``(y_true int64 (N,), probs float64 (N, C))`` after checking that their shapes match.

    Raises:
        DataError: No videos, shapes that do not match, or numbers that are not probabilities.
    """
    truth = np.asarray(y_true)
    probs = np.asarray(probs, np.float64)
    if len(truth) == 0:
        raise DataError(
            "There are no videos to evaluate.",
            hint="Look into skipped.csv: it gives the reason for each video that could not be used.",
        )
    if truth.ndim != 1 or probs.shape != (len(truth), len(labels)):
        raise DataError(
            f"Got probabilities of shape {probs.shape} for {len(truth)} videos and {len(labels)} labels, "
            f"expected ({len(truth)}, {len(labels)})."
        )
    if truth.min() < 0 or truth.max() >= len(labels):
        raise DataError(f"A true class is {truth.min()} or {truth.max()}, expected 0 to {len(labels) - 1}.")
    if not np.isfinite(probs).all() or probs.min() < -1e-6 or np.abs(probs.sum(axis=1) - 1).max() > 1e-3:
        raise DataError("The predictions are not probabilities: not finite, negative, or with a sum other than 1.")
    return truth.astype(np.int64), probs


def confusion_matrix(y_true: np.ndarray, y_predicted: np.ndarray, num_classes: int) -> np.ndarray:
    """(C, C) int64: row is the true class, column the predicted one."""
    flat = np.bincount(y_true * num_classes + y_predicted, minlength=num_classes * num_classes)
    return flat.reshape(num_classes, num_classes)


def precision_recall_f1(confusion: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Three arrays (C,) in [0, 1] from a confusion matrix; 0 where a class is never predicted or never occurs."""
    hits = np.diag(confusion).astype(np.float64)
    precision = share(hits, confusion.sum(axis=0))
    recall = share(hits, confusion.sum(axis=1))
    f1 = share(2 * hits, confusion.sum(axis=0) + confusion.sum(axis=1))
    return precision, recall, f1


def top_k_accuracy(y_true: np.ndarray, probs: np.ndarray, k: int) -> float:
    """Share of videos whose true class is among the k most probable; of equal ones the first labels count."""
    best = np.argsort(-probs, axis=1, kind="stable")[:, :k]
    return float((best == y_true[:, None]).any(axis=1).mean())


def log_loss(y_true: np.ndarray, probs: np.ndarray) -> float:
    """Mean of -ln(probability of the true class), in nats, in float64; a probability counts as at least 2.2e-16."""
    true_probs = np.asarray(probs, np.float64)[np.arange(len(y_true)), y_true]
    return float(-np.log(np.clip(true_probs, _EPSILON, 1.0)).mean())


def share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """(C,) float64: part / whole of each element; 0 where the whole is 0."""
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)
