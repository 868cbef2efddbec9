"""The one score by which models of a task are compared: accuracy, mean average precision, or mean absolute error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from reelwise.metrics.average_precision import map_difference_interval, map_interval, mean_average_precision
from reelwise.metrics.bootstrap import Interval, accuracy_interval, paired_difference_interval
from reelwise.metrics.classification import checked_predictions
from reelwise.metrics.multilabel import checked_label_predictions
from reelwise.metrics.regression import checked_numbers, mean_interval_of, r2_score


@dataclass(frozen=True)
class Score:
    """A score in metrics.json.

    Args:
        name: Its field; its interval is ``<name>_ci95``.
        rises: Whether more is better.
        words: What it is, in words for a table.
    """

    name: str
    rises: bool
    words: str


SCORES = {
    "classification": Score("accuracy", True, "accuracy"),
    "multilabel": Score("map", True, "mean average precision"),
    "regression": Score("mae", False, "mean absolute error"),
}
"""By task."""


def score_of(task: str) -> Score:
    """The score that decides; accuracy for a task without a name, as metrics.json of old has none."""
    return SCORES.get(task, SCORES["classification"])


def goodness(task: str, entry: Mapping[str, Any]) -> float:
    """A number that is higher for the better model: the score itself, or the negative error.

    Args:
        task: One of ``core.modalities.TASKS``.
        entry: metrics.json, or one of its baselines.

    Example:
        >>> goodness("regression", {"mae": 2.5}), goodness("multilabel", {"map": 0.5})
        (-2.5, 0.5)
    """
    score = score_of(task)
    return float(entry[score.name]) if score.rises else -float(entry[score.name])


def advantage(task: str, difference_ci95: Sequence[float]) -> tuple[float, float]:
    """By how much the model is better, at least and at most, from the interval of model minus another.

    Example:
        >>> advantage("regression", [-3.0, 1.0]), advantage("classification", [0.1, 0.2])
        ((-1.0, 3.0), (0.1, 0.2))
    """
    low, high = difference_ci95
    return (low, high) if score_of(task).rises else (-high, -low)


def score_entry(
    task: str, y_true: np.ndarray, said: np.ndarray, groups: Sequence[str | None] | None, seed: int
) -> dict[str, Any]:
    """The score with its interval, as a baseline or a combination of modalities has it in metrics.json.

    Args:
        task: One of ``core.modalities.TASKS``.
        y_true: (N,) int classes, (N, C) 0/1 labels, or (N,) float.
        said: (N, C) probabilities, or (N, 1) numbers.
        groups: Recording or person of each video; None where each stands alone.
        seed: Of the bootstrap.

    Returns:
        ``accuracy`` or ``map`` or ``mae`` with its ``_ci95``; for a number also ``mse`` and ``r2``.

    Example:
        >>> entry = score_entry("regression", np.array([1.0, 3.0]), np.array([[2.0], [3.0]]), None, seed=0)
        >>> entry["mae"], entry["r2"]
        (0.5, 0.5)
    """
    if task == "multilabel":
        value = mean_average_precision(y_true, said)
        return {"map": value, "map_ci95": map_interval(y_true, said, groups, seed).as_list()}
    if task == "regression":
        truth, values = checked_numbers(y_true, said)
        errors = np.abs(values - truth)
        interval = mean_interval_of(errors, groups, seed).as_list()
        squared = float((errors**2).mean())
        return {"mae": float(errors.mean()), "mae_ci95": interval, "mse": squared, "r2": r2_score(truth, values)}
    correct = np.asarray(said).argmax(axis=1) == y_true
    return {"accuracy": float(correct.mean()), "accuracy_ci95": accuracy_interval(correct, groups, seed).as_list()}


def difference_interval(
    task: str,
    y_true: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    groups: Sequence[str | None] | None,
    seed: int,
) -> Interval:
    """The paired 95 % interval of score(first) - score(second); of errors, so that below 0 the first is better.

    Args:
        task: One of ``core.modalities.TASKS``.
        y_true: As in :func:`score_entry`.
        first: What one model says, as in :func:`score_entry`.
        second: What the other says of the same videos.
        groups: As in :func:`score_entry`.
        seed: Of the bootstrap.
    """
    if task == "multilabel":
        return map_difference_interval(y_true, first, second, groups, seed)
    if task == "regression":
        truth, ours = checked_numbers(y_true, first)
        _, theirs = checked_numbers(y_true, second)
        return mean_interval_of(np.abs(ours - truth) - np.abs(theirs - truth), groups, seed)
    right = [np.asarray(said).argmax(axis=1) == y_true for said in (first, second)]
    return paired_difference_interval(right[0], right[1], groups, seed)


def checked(task: str, labels: Sequence[str], y_true: np.ndarray, said: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Truth and what was said of it, in exact types, after checking that they fit together.

    Raises:
        DataError: No videos, shapes that do not fit, or numbers that are no probabilities or not finite.
    """
    if task == "multilabel":
        return checked_label_predictions(labels, y_true, said)
    if task == "regression":
        truth, values = checked_numbers(y_true, said)
        return truth, values[:, None]
    return checked_predictions(labels, y_true, said)
