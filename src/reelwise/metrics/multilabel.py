"""How good predictions of any number of labels per video are, and the threshold of each label."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from reelwise.core.errors import DataError
from reelwise.metrics.average_precision import average_precisions, map_interval, mean_average_precision
from reelwise.metrics.bootstrap import interval_list
from reelwise.metrics.classification import SCHEMA, share
from reelwise.metrics.cluster_intervals import accuracy_interval

DEFAULT_THRESHOLD = 0.5
"""Probability from which on a label is predicted where its threshold was not fitted: more likely than not."""
_MIN_VIDEOS_OF_EACH = 4
"""Fewest validation videos with a label, and without it, on which its threshold is fitted. Chosen by reasoning: with
fewer, one video decides it."""
_MIN_GAIN_VIDEOS = 0.5
"""Gain in F1, in videos that have the label, below which its threshold stays 0.5. Chosen by reasoning: less may be
chance."""
_EPSILON = float(np.finfo(np.float64).eps)
"""The least probability in a log loss, as in scikit-learn's ``log_loss``, so that it stays finite."""


def multilabel_metrics(
    labels: Sequence[str],
    y_true: np.ndarray,
    probs: np.ndarray,
    given: np.ndarray,
    groups: Sequence[str | None] | None = None,
    seed: int = 0,
    *,
    split: str = "test",
) -> dict[str, Any]:
    """The fields of metrics.json that follow from predictions alone (no baselines, no verdict).

    Args:
        labels: The C labels in the order of the probabilities.
        y_true: (N, C) 0/1, which labels each video has, N > 0.
        probs: (N, C) in [0, 1]; each label by itself.
        given: (N, C) bool: the predicted labels, those at or above their thresholds.
        groups: Unit of each video (recording, person, file), for the intervals; None where each is a unit of its own.
        seed: Of the bootstrap.
        split: ``test``, ``out_of_fold`` or another name for the videos that were predicted.

    Returns:
        A dict that is JSON as it stands. ``map`` is the mean average precision over labels that occur;
        ``guessing_map`` that of a random order. ``micro_…`` weight every label of every video alike, ``macro_f1`` every
        label that occurs or is predicted. ``exact_match`` is the share of videos whose labels are all right.

    Raises:
        DataError: No videos, shapes that do not match, or numbers that are not probabilities.

    Example:
        >>> truth = np.array([[1, 0], [1, 1], [0, 1]])
        >>> probs = np.array([[0.9, 0.2], [0.6, 0.4], [0.3, 0.7]])
        >>> metrics = multilabel_metrics(["dog", "car"], truth, probs, probs > 0.5)
        >>> metrics["map"], metrics["per_class"]["car"]["recall"], round(metrics["exact_match"], 3)
        (1.0, 0.5, 0.667)
    """
    labels = [str(label) for label in labels]
    truth, probs = checked_label_predictions(labels, y_true, probs)
    given = np.asarray(given, bool)
    precision, recall, f1 = precision_recall_f1_of_labels(truth, given)
    is_counted = truth.any(axis=0) | given.any(axis=0)
    average = average_precisions(truth, probs)
    per_class = {
        label: {
            "precision": float(precision[i]),
            "recall": float(recall[i]),
            "f1": float(f1[i]),
            "support": int(truth[:, i].sum()),
            "given": int(given[:, i].sum()),
            "average_precision": None if np.isnan(average[i]) else float(average[i]),
        }
        for i, label in enumerate(labels)
    }
    exact = (given == truth).all(axis=1)
    hits = int((given & (truth > 0)).sum())
    return {
        "schema": SCHEMA,
        "task": "multilabel",
        "split": split,
        "num_videos": len(truth),
        "labels": labels,
        "labels_per_video": float(truth.sum(axis=1).mean()),
        "map": mean_average_precision(truth, probs),
        "map_ci95": interval_list(map_interval(truth, probs, groups, seed)),
        "guessing_map": float(truth.mean(axis=0)[truth.any(axis=0)].mean()) if truth.any() else 0.0,
        "micro_precision": hits / max(1, int(given.sum())),
        "micro_recall": hits / max(1, int(truth.sum())),
        "micro_f1": 2 * hits / max(1, int(given.sum() + truth.sum())),
        "macro_f1": float(f1[is_counted].mean()) if is_counted.any() else 0.0,
        "exact_match": float(exact.mean()),
        "exact_match_ci95": interval_list(accuracy_interval(exact, groups)),
        "label_accuracy": float((given == truth).mean()),
        "log_loss": label_log_loss(truth, probs),
        "per_class": per_class,
    }


def checked_label_predictions(
    labels: Sequence[str], y_true: np.ndarray, probs: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """``(y_true int64 (N, C), probs float64 (N, C))`` after checking that their shapes match.

    Raises:
        DataError: No videos, shapes that do not match, or numbers that are not probabilities.
    """
    truth, probs = np.asarray(y_true), np.asarray(probs, np.float64)
    if len(truth) == 0:
        raise DataError(
            "There are no videos to evaluate.",
            hint="Look into skipped.csv: it gives the reason for each video that could not be used.",
        )
    if truth.shape != (len(truth), len(labels)) or probs.shape != truth.shape:
        raise DataError(
            f"Got labels of shape {truth.shape} and probabilities of shape {probs.shape}, "
            f"expected ({len(truth)}, {len(labels)}) for both."
        )
    if not np.isin(truth, (0, 1)).all():
        raise DataError("A true label is neither 0 nor 1.")
    if not np.isfinite(probs).all() or probs.min() < -1e-6 or probs.max() > 1 + 1e-6:
        raise DataError("The predictions are not probabilities: not finite, or outside of 0 to 1.")
    return truth.astype(np.int64), probs


def precision_recall_f1_of_labels(truth: np.ndarray, given: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Precision, recall and F1, (C,) in [0, 1] each; 0 where a label is never predicted or never occurs.

    Args:
        truth: (N, C) 0/1.
        given: (N, C) bool.
    """
    hits = (given & (truth > 0)).sum(axis=0).astype(np.float64)
    num_given, num_true = given.sum(axis=0), truth.sum(axis=0)
    return share(hits, num_given), share(hits, num_true), share(2 * hits, num_given + num_true)


def label_log_loss(truth: np.ndarray, probs: np.ndarray) -> float:
    """Mean over videos and labels of -ln(probability of the truth, label or no label), in nats."""
    true_probs = np.where(truth > 0, probs, 1 - np.asarray(probs, np.float64))
    return float(-np.log(np.clip(true_probs, _EPSILON, 1.0)).mean())


def fit_thresholds(y_true: np.ndarray, probs: np.ndarray) -> np.ndarray:
    """The threshold of each label, from which on it is predicted: the one with the best F1 on validation videos.

    F1 is smoothed by one imaginary video on either side, so that the threshold of a rare label does not depend on a
    single one. It lies between the probabilities of two videos, in the inner half of their gap, as close to 0.5 as
    possible. The threshold of a label stays 0.5 where fewer than four videos have the label, fewer than four do not,
    or F1 would rise by less than half a video of those that have it.

    Args:
        y_true: (N, C) 0/1.
        probs: (N, C) after calibration. N may be 0.

    Returns:
        (C,) float64 in (0, 1).

    Example:
        >>> probs = np.array([[0.1], [0.15], [0.2], [0.22], [0.3], [0.35], [0.4], [0.45]])
        >>> fit_thresholds(np.array([[0], [0], [0], [0], [1], [1], [1], [1]]), probs).round(2)
        array([0.28])
    """
    y_true, probs = np.asarray(y_true), np.asarray(probs, np.float64)
    return np.array([_threshold(y_true[:, i], probs[:, i]) for i in range(probs.shape[1])])


def _threshold(truth: np.ndarray, probs: np.ndarray) -> float:
    num_positive = int(truth.sum())
    if min(num_positive, len(truth) - num_positive) < _MIN_VIDEOS_OF_EACH:
        return DEFAULT_THRESHOLD
    order = np.argsort(-probs, kind="stable")
    upper, lower = probs[order], np.append(probs[order][1:], 0.0)
    hits = np.cumsum(truth[order])  # of the k + 1 most probable
    f1 = (2 * hits + 1) / (np.arange(1, len(truth) + 1) + num_positive + 2)
    f1 = np.where(upper > lower, f1, -1.0)  # no threshold separates equal probabilities
    margin = (upper - lower) / 4
    edges = np.clip(DEFAULT_THRESHOLD, lower + margin, upper - margin)
    best = np.flatnonzero(f1 >= f1.max() - 1e-12)
    edge = edges[best[np.argmin(np.abs(edges[best] - DEFAULT_THRESHOLD))]]
    is_given = probs >= DEFAULT_THRESHOLD
    default_f1 = (2 * truth[is_given].sum() + 1) / (is_given.sum() + num_positive + 2)
    if f1.max() - default_f1 < _MIN_GAIN_VIDEOS / num_positive:
        return DEFAULT_THRESHOLD
    return float(np.clip(edge, 1e-6, 1 - 1e-6))
