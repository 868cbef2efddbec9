"""The same linear rivals for labels (one logistic regression per label) and for numbers (ridge regression)."""

import warnings
from collections.abc import Callable, Sequence

import numpy as np

from reelwise.evaluation.linear_classifier import (
    DEFAULT_STRENGTH,
    STRENGTHS,
    LinearClassifier,
    fit_linear_classifier,
    inner_folds,
    moments,
    rotation,
    search_sample,
    standardised,
)
from reelwise.metrics.bootstrap import group_codes
from reelwise.tasks import find_task

_MOST_SEARCHED_LABELS = 8
_NUM_BANDS = 4
_RIDGE_OF_STRENGTH_1 = 10.0

Fitted = tuple[np.ndarray, np.ndarray]
"""coef (C, F) and intercept (C,)."""
Fit = Callable[[np.ndarray, np.ndarray, float], Fitted]


def fit_linear_model(
    task: str,
    features: np.ndarray,
    y: np.ndarray,
    num_classes: int,
    groups: Sequence[str | None] | None,
    seed: int,
    degrees: Sequence[int] = (1,),
) -> LinearClassifier:
    """A linear model of the task, whose strength (and degree) is chosen inside the videos given, group by group.

    Args:
        task: Name of one of ``tasks.TASKS``.
        features: (N, F) float.
        y: (N,) int classes, (N, C) 0/1 labels, or (N,) float.
        num_classes: C; 1 for a number.
        groups: What stays together in the inner folds; None for each video alone.
        seed: Of the inner folds.
        degrees: 1 for the features, 2 for their squares and products as well; the better one is kept.

    Returns:
        The model fitted on all videos given.
    """
    kind = find_task(task).linear_model
    if kind not in _FITS:
        return fit_linear_classifier(features, np.asarray(y, np.int64), num_classes, groups, seed, degrees)
    from threadpoolctl import threadpool_limits

    targets = np.asarray(y, np.float64).reshape(len(features), -1)  # (N, C)
    fit, loss = _FITS[kind]
    mean, scale = moments(features)
    with threadpool_limits(1):
        strength, degree = _choose(features, targets, groups, seed, degrees, fit, loss)
        coef, intercept = _fit_rotated(standardised(features, mean, scale, degree), targets, strength, fit)
    return LinearClassifier(mean, scale, coef.astype(np.float32), intercept.astype(np.float32), task)


def strata_of(targets: np.ndarray) -> np.ndarray:
    """(N,) int64: what inner folds should hold alike: the rarest label of each video, or the quarter of its number.

    Args:
        targets: (N, C) 0/1, or (N, 1) numbers.

    Example:
        >>> strata_of(np.array([[1.0, 1.0], [1.0, 0.0], [1.0, 0.0], [0.0, 0.0]])).tolist()
        [2, 1, 1, 0]
    """
    if not np.isin(targets, (0, 1)).all():
        edges = np.quantile(targets[:, 0], np.arange(1, _NUM_BANDS) / _NUM_BANDS)
        return np.searchsorted(edges, targets[:, 0], side="right").astype(np.int64)
    counts = np.where(targets > 0, targets.sum(axis=0), np.inf)
    return np.where(targets.any(axis=1), counts.argmin(axis=1) + 1, 0).astype(np.int64)


def _choose(
    features: np.ndarray,
    targets: np.ndarray,
    groups: Sequence[str | None] | None,
    seed: int,
    degrees: Sequence[int],
    fit: Fit,
    loss: Callable[[np.ndarray, np.ndarray], float],
) -> tuple[float, int]:
    """The strength and degree with the least loss in inner folds."""
    chosen = search_sample(len(targets), seed)
    frequent = np.sort(np.argsort(-targets.sum(axis=0), kind="stable")[:_MOST_SEARCHED_LABELS])
    codes = group_codes(groups, len(targets))[chosen]
    features, targets = features[chosen], targets[chosen][:, frequent]
    folds = inner_folds(strata_of(targets), codes, seed)
    losses: dict[tuple[float, int], float] = {}
    for degree in degrees if folds else ():
        for train, test in folds:
            rows = standardised(features, *moments(features[train]), degree)
            turn = rotation(rows[train])
            rows = rows if turn is None else rows @ turn
            for strength in STRENGTHS:
                coef, intercept = fit(rows[train], targets[train], strength)
                found = loss(rows[test] @ coef.T + intercept, targets[test])
                losses[strength, degree] = losses.get((strength, degree), 0.0) + found
    return min(losses, key=lambda key: (losses[key], key[1], key[0]), default=(DEFAULT_STRENGTH, degrees[0]))


def _fit_rotated(rows: np.ndarray, targets: np.ndarray, strength: float, fit: Fit) -> Fitted:
    turn = rotation(rows)
    if turn is None:
        return fit(rows, targets, strength)
    coef, intercept = fit(rows @ turn, targets, strength)
    return coef @ turn.T, intercept


def _fit_labels(rows: np.ndarray, targets: np.ndarray, strength: float) -> Fitted:
    from sklearn.linear_model import LogisticRegression

    coef, intercept = np.zeros((targets.shape[1], rows.shape[1])), np.zeros(targets.shape[1])
    for i, label in enumerate(targets.T):
        there = label.sum()
        if there in (0, len(label)):
            intercept[i] = np.log((there + 0.5) / (len(label) - there + 0.5))
            continue
        model = LogisticRegression(C=strength, max_iter=300, tol=1e-3)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # not fully converged is good enough for a baseline
            model.fit(rows, label)
        coef[i], intercept[i] = np.asarray(model.coef_)[0], np.asarray(model.intercept_)[0]
    return coef, intercept


def _fit_numbers(rows: np.ndarray, targets: np.ndarray, strength: float) -> Fitted:
    """Ridge regression in closed form, on numbers of spread 1, so that strengths mean the same for every unit."""
    middle, spread = targets.mean(axis=0), np.maximum(targets.std(axis=0), 1e-12)
    centre = rows.mean(axis=0)
    centred = rows - centre
    lifted = centred.T @ centred + _RIDGE_OF_STRENGTH_1 / strength * np.eye(rows.shape[1])
    coef = np.linalg.solve(lifted, centred.T @ ((targets - middle) / spread)).T * spread[:, None]
    return coef, middle - coef @ centre


def _label_loss(logits: np.ndarray, targets: np.ndarray) -> float:
    return float((np.logaddexp(0.0, logits) - targets * logits).sum())


def _number_loss(values: np.ndarray, targets: np.ndarray) -> float:
    return float(np.abs(values - targets).sum())


_FITS: dict[str, tuple[Fit, Callable[[np.ndarray, np.ndarray], float]]] = {
    "labels": (_fit_labels, _label_loss),
    "numbers": (_fit_numbers, _number_loss),
}
"""How linear models of more than one class are fitted, and what chooses their strength, by ``Task.linear_model``."""
