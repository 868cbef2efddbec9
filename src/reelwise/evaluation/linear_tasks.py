"""Linear baselines of every task: softmax regression, one logistic regression per label, or ridge regression."""

import warnings
from collections.abc import Callable, Sequence

import numpy as np

from reelwise.evaluation.linear_classifier import (
    DEFAULT_STRENGTH,
    STRENGTHS,
    LinearClassifier,
    fit_classes_at_strength,
    fit_linear_classifier,
    inner_folds,
    moments,
    rotation,
    search_sample,
    standardize,
)
from reelwise.metrics.bootstrap import group_codes
from reelwise.tasks import find_task

_MAX_SEARCH_LABELS = 8
"""Most frequent labels by which one strength is chosen for all, so that its time does not grow with their number."""

_NUM_STRATA = 4
"""Numbers are cut into quarters of equal size, so that inner folds have the same share of each."""

_RIDGE_AT_STRENGTH_1 = 10.0
"""Ridge penalty at strength 1, in units of standardised features; at strength s it is this divided by s."""

Coefficients = tuple[np.ndarray, np.ndarray]
"""coef (C, F) and intercept (C,)."""
Fit = Callable[[np.ndarray, np.ndarray, float], Coefficients]


def fit_linear_model(
    task: str,
    features: np.ndarray,
    y: np.ndarray,
    num_classes: int,
    groups: Sequence[str | None] | None,
    seed: int,
    degrees: Sequence[int] = (1,),
) -> LinearClassifier:
    """A linear model of the task; its strength (and degree) is chosen by inner folds that keep groups together.

    Args:
        task: Name of one of ``tasks.TASKS``.
        features: (N, F) float.
        y: (N,) int classes, (N, C) 0/1 labels, or (N,) float.
        num_classes: C; 1 for a number.
        groups: Recording or person of each video, which stays in one inner fold; None where unknown.
        seed: Of the inner folds.
        degrees: 1 for the features, 2 for their squares and products as well; the better one is used.

    Returns:
        The model fitted on all N videos.
    """
    kind = find_task(task).linear_model
    if kind not in _FITS:
        return fit_linear_classifier(features, np.asarray(y, np.int64), num_classes, groups, seed, degrees)
    from threadpoolctl import threadpool_limits

    targets = np.asarray(y, np.float64).reshape(len(features), -1)  # (N, C)
    with threadpool_limits(1):
        strength, degree = _choose(features, targets, groups, seed, degrees, *_FITS[kind])
    return fit_at_strength(task, features, y, num_classes, strength, degree)


def fit_at_strength(
    task: str, features: np.ndarray, y: np.ndarray, num_classes: int, strength: float, degree: int = 1
) -> LinearClassifier:
    """A linear model of the task at one strength and degree, without the time that choosing them takes.

    Args:
        task: Name of one of ``tasks.TASKS``.
        features: (N, F) float.
        y: As in :func:`fit_linear_model`.
        num_classes: C; 1 for a number.
        strength: One of :data:`~reelwise.evaluation.linear_classifier.STRENGTHS`.
        degree: 1 for the features, 2 for their squares and products as well.
    """
    kind = find_task(task).linear_model
    if kind not in _FITS:
        return fit_classes_at_strength(features, np.asarray(y, np.int64), num_classes, strength, degree)
    from threadpoolctl import threadpool_limits

    targets = np.asarray(y, np.float64).reshape(len(features), -1)
    mean, scale = moments(features)
    with threadpool_limits(1):
        coef, intercept = _fit_rotated(standardize(features, mean, scale, degree), targets, strength, _FITS[kind][0])
    return LinearClassifier(mean, scale, coef.astype(np.float32), intercept.astype(np.float32), task)


def strata_of(targets: np.ndarray) -> np.ndarray:
    """(N,) int64 strata of the inner folds: the rarest label of each video, or the quarter that its number lies in.

    Args:
        targets: (N, C) 0/1, or (N, 1) numbers.

    Example:
        >>> strata_of(np.array([[1.0, 1.0], [1.0, 0.0], [1.0, 0.0], [0.0, 0.0]])).tolist()
        [2, 1, 1, 0]
    """
    if not np.isin(targets, (0, 1)).all():
        edges = np.quantile(targets[:, 0], np.arange(1, _NUM_STRATA) / _NUM_STRATA)
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
    sample = search_sample(len(targets), seed)
    frequent = np.sort(np.argsort(-targets.sum(axis=0), kind="stable")[:_MAX_SEARCH_LABELS])
    codes = group_codes(groups, len(targets))[sample]
    features, targets = features[sample], targets[sample][:, frequent]
    folds = inner_folds(strata_of(targets), codes, seed)
    losses: dict[tuple[float, int], float] = {}
    for degree in degrees if folds else ():
        for train, test in folds:
            rows = standardize(features, *moments(features[train]), degree)
            basis = rotation(rows[train])
            rows = rows if basis is None else rows @ basis
            for strength in STRENGTHS:
                coef, intercept = fit(rows[train], targets[train], strength)
                fold_loss = loss(rows[test] @ coef.T + intercept, targets[test])
                losses[strength, degree] = losses.get((strength, degree), 0.0) + fold_loss
    return min(losses, key=lambda key: (losses[key], key[1], key[0]), default=(DEFAULT_STRENGTH, degrees[0]))


def _fit_rotated(rows: np.ndarray, targets: np.ndarray, strength: float, fit: Fit) -> Coefficients:
    basis = rotation(rows)
    if basis is None:
        return fit(rows, targets, strength)
    coef, intercept = fit(rows @ basis, targets, strength)
    return coef @ basis.T, intercept


def _fit_labels(rows: np.ndarray, targets: np.ndarray, strength: float) -> Coefficients:
    from sklearn.linear_model import LogisticRegression

    coef, intercept = np.zeros((targets.shape[1], rows.shape[1])), np.zeros(targets.shape[1])
    for i, label in enumerate(targets.T):
        num_positive = label.sum()
        if num_positive in (0, len(label)):  # No regression without both; log odds with half a video on either side.
            intercept[i] = np.log((num_positive + 0.5) / (len(label) - num_positive + 0.5))
            continue
        model = LogisticRegression(C=strength, max_iter=300, tol=1e-3)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # not fully converged is good enough for a baseline
            model.fit(rows, label)
        coef[i], intercept[i] = np.asarray(model.coef_)[0], np.asarray(model.intercept_)[0]
    return coef, intercept


def _fit_numbers(rows: np.ndarray, targets: np.ndarray, strength: float) -> Coefficients:
    """Ridge regression in closed form, on standardised numbers, so that strengths mean the same for every unit."""
    mean, deviation = targets.mean(axis=0), np.maximum(targets.std(axis=0), 1e-12)
    row_mean = rows.mean(axis=0)
    centred_rows = rows - row_mean
    regularised_gram = centred_rows.T @ centred_rows + _RIDGE_AT_STRENGTH_1 / strength * np.eye(rows.shape[1])
    coef = np.linalg.solve(regularised_gram, centred_rows.T @ ((targets - mean) / deviation)).T * deviation[:, None]
    return coef, mean - coef @ row_mean


def _label_loss(logits: np.ndarray, targets: np.ndarray) -> float:
    return float((np.logaddexp(0.0, logits) - targets * logits).sum())


def _number_loss(values: np.ndarray, targets: np.ndarray) -> float:
    return float(np.abs(values - targets).sum())


_FITS: dict[str, tuple[Fit, Callable[[np.ndarray, np.ndarray], float]]] = {
    "labels": (_fit_labels, _label_loss),
    "numbers": (_fit_numbers, _number_loss),
}
"""How labels or numbers are fitted, and the loss that chooses the strength, by ``Task.linear_model``."""
