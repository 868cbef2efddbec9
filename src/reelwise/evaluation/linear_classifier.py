"""Linear models as plain arrays: fitted by scikit-learn, applied and stored without it."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from reelwise.core.errors import ModelFileError
from reelwise.core.probabilities import softmax
from reelwise.metrics.bootstrap import group_codes
from reelwise.tasks import CLASSIFICATION, find_task

STRENGTHS = (0.001, 0.01, 0.1, 1.0, 10.0, 100.0)
"""Inverse regularisation strengths that are tried, as ``C`` of scikit-learn: six decades around 0.1."""

DEFAULT_STRENGTH = 0.1
"""Where there are too few videos for inner folds."""

LINKS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "classes": softmax,
    "labels": lambda logits: 0.5 * (1.0 + np.tanh(0.5 * logits)),
    "numbers": lambda logits: logits,
}
"""From the linear part to predictions, by ``Task.linear_model``: softmax, a sigmoid per label, nothing."""
_NUM_INNER_FOLDS = 4
"""Folds inside the training videos, by which strength and degree are chosen."""

_MAX_SEARCH_VIDEOS = 1500
"""Videos that the choice is made on, so that its time does not grow with the data."""

_ABSENT_CLASS_LOGIT = -30.0
"""Logit of a class without training videos: a probability of about 1e-13, which is never the largest."""

_MAX_DEVIATION = 10
"""Standard deviations that features are clipped to, so that an outlier does not decide a prediction alone."""


@dataclass(frozen=True, eq=False)
class LinearClassifier:
    """link(coef · expand((x - mean) / scale) + intercept), with float32 arrays; the link follows the task.

    Args:
        mean: (F,) of the training features.
        scale: (F,) their standard deviation, never 0.
        coef: (C, F) or, with squares and products of the features added, (C, F + F (F + 1) / 2).
        intercept: (C,).
        task: Name of one of ``tasks.TASKS``, which decides the link of its linear models.
    """

    mean: np.ndarray
    scale: np.ndarray
    coef: np.ndarray
    intercept: np.ndarray
    task: str = CLASSIFICATION.name

    def predict(self, features: np.ndarray) -> np.ndarray:
        """(N, C) float64 probabilities (numbers) of (N, F) features; each row depends on no other."""
        rows = standardize(features, self.mean, self.scale, degree=1 if self.coef.shape[1] == len(self.mean) else 2)
        # One row at a time, since a matrix product of another height may round differently in the last bit.
        logits = np.stack([self.coef.astype(np.float64) @ row for row in rows]) + self.intercept
        return LINKS[find_task(self.task).linear_model](logits)

    def to_arrays(self, prefix: str) -> dict[str, np.ndarray]:
        """The four arrays, named ``<prefix>.mean`` and so on."""
        fields = ("mean", "scale", "coef", "intercept")
        return {f"{prefix}.{name}": getattr(self, name) for name in fields}

    @classmethod
    def from_arrays(
        cls,
        arrays: Mapping[str, np.ndarray],
        prefix: str,
        num_features: int,
        num_classes: int,
        task: str = CLASSIFICATION.name,
    ) -> "LinearClassifier":
        """Rebuild one from the arrays of a model file, each validated.

        Raises:
            ModelFileError: An array is missing, has another shape or type, or is not finite.
        """
        both = num_features + num_features * (num_features + 1) // 2
        mean = checked_array(arrays, f"{prefix}.mean", [(num_features,)])
        scale = checked_array(arrays, f"{prefix}.scale", [(num_features,)])
        coef = checked_array(arrays, f"{prefix}.coef", [(num_classes, num_features), (num_classes, both)])
        intercept = checked_array(arrays, f"{prefix}.intercept", [(num_classes,)])
        if not (scale > 0).all():
            raise ModelFileError(f"{prefix}.scale holds numbers that are not positive.")
        return cls(mean, scale, coef, intercept, task)


def checked_array(arrays: Mapping[str, np.ndarray], name: str, shapes: Sequence[tuple[int, ...]]) -> np.ndarray:
    """The named float32 array of one of the given shapes, finite.

    Raises:
        ModelFileError: It is missing or is not that.
    """
    array = arrays.get(name)
    if array is None:
        raise ModelFileError(f"The baseline array {name} is missing.")
    if array.dtype != np.float32 or array.shape not in shapes or not np.isfinite(array).all():
        raise ModelFileError(f"The baseline array {name} is {array.dtype} {array.shape}, expected float32 {shapes}.")
    return array


def standardize(features: np.ndarray, mean: np.ndarray, scale: np.ndarray, degree: int) -> np.ndarray:
    """(N, F') float64: (x - mean) / scale, clipped to ±10; for degree 2 all squares and products follow."""
    rows = np.clip((np.asarray(features, np.float64) - mean) / scale, -_MAX_DEVIATION, _MAX_DEVIATION)
    if degree == 1:
        return rows
    first, second = np.triu_indices(rows.shape[1])
    return np.concatenate([rows, rows[:, first] * rows[:, second]], axis=1)


def fit_linear_classifier(
    features: np.ndarray,
    y: np.ndarray,
    num_classes: int,
    groups: Sequence[str | None] | None,
    seed: int,
    degrees: Sequence[int] = (1,),
) -> LinearClassifier:
    """Softmax regression; arguments as in :func:`~reelwise.evaluation.linear_tasks.fit_linear_model`.

    A class of ``num_classes`` that does not occur in ``y`` is never predicted. With one class, or too few videos for
    inner folds, the strength is :data:`DEFAULT_STRENGTH`.
    """
    from threadpoolctl import threadpool_limits

    # The matrices are small, so threads would only wait for each other, and their number would change the last bits.
    with threadpool_limits(1):
        strength, degree = _choose(features, y, groups, seed, degrees)
    return fit_classes_at_strength(features, y, num_classes, strength, degree)


def fit_classes_at_strength(
    features: np.ndarray, y: np.ndarray, num_classes: int, strength: float, degree: int = 1
) -> LinearClassifier:
    """Softmax regression at one strength and degree.

    Args:
        features: (N, F) float.
        y: (N,) int64.
        num_classes: C; a class that does not occur in ``y`` is never predicted.
        strength: One of :data:`STRENGTHS`.
        degree: 1 for the features, 2 for their squares and products as well.
    """
    from threadpoolctl import threadpool_limits

    mean, scale = moments(features)
    with threadpool_limits(1):
        rows = standardize(features, mean, scale, degree)
        classes, fitted_coef, fitted_intercept = _fit_rotated(rows, y, strength)
    coef = np.zeros((num_classes, rows.shape[1]))
    intercept = np.full(num_classes, _ABSENT_CLASS_LOGIT)
    coef[classes], intercept[classes] = fitted_coef, fitted_intercept
    return LinearClassifier(mean, scale, coef.astype(np.float32), intercept.astype(np.float32))


def _choose(
    features: np.ndarray, y: np.ndarray, groups: Sequence[str | None] | None, seed: int, degrees: Sequence[int]
) -> tuple[float, int]:
    """The strength and degree with the highest accuracy in inner folds; of equals the one with the lower log loss."""
    sample = search_sample(len(y), seed)
    y, features, codes = y[sample], features[sample], group_codes(groups, len(y))[sample]
    folds = inner_folds(y, codes, seed)
    if not folds:
        return DEFAULT_STRENGTH, degrees[0]
    scores: dict[tuple[float, int], tuple[float, float]] = {}
    for degree in degrees:
        totals = np.sum([_fold_scores(features, y, train, test, degree) for train, test in folds], axis=0)
        for strength, (right, log_likelihood) in zip(STRENGTHS, totals, strict=True):
            scores[strength, degree] = (float(right), float(log_likelihood))
    return max(scores, key=lambda key: (scores[key], -key[1], -key[0]))


def search_sample(num_videos: int, seed: int) -> np.ndarray:
    """(n,) int64: the videos that the strength is chosen on: all, or a random sample of 1,500."""
    if num_videos <= _MAX_SEARCH_VIDEOS:
        return np.arange(num_videos)
    return np.sort(np.random.default_rng([seed, 0x5EA]).choice(num_videos, _MAX_SEARCH_VIDEOS, replace=False))


def inner_folds(y: np.ndarray, codes: np.ndarray, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """(train, test) of up to 4 folds, stratified by class, each group in one of them; empty where there are none."""
    from sklearn.model_selection import StratifiedGroupKFold

    num_folds = min(_NUM_INNER_FOLDS, len(np.unique(codes)), int(np.bincount(y).max()))
    if num_folds < 2 or len(np.unique(y)) < 2:
        return []
    splitter = StratifiedGroupKFold(num_folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # rare classes: "the least populated class has only 1 member"
        folds = list(splitter.split(codes, y, codes))
    return [(train, test) for train, test in folds if len(test) and len(np.unique(y[train])) > 1]


def _fold_scores(features: np.ndarray, y: np.ndarray, train: np.ndarray, test: np.ndarray, degree: int) -> np.ndarray:
    """(strengths, 2): number of correct predictions and summed log likelihood, for each strength."""
    rows = standardize(features, *moments(features[train]), degree)
    basis = rotation(rows[train])
    rows = rows if basis is None else rows @ basis
    scores = np.zeros((len(STRENGTHS), 2))
    for i, strength in enumerate(STRENGTHS):
        classes, coef, intercept = _fit(rows[train], y[train], strength)
        probs = softmax(rows[test] @ coef.T + intercept)
        truth = probs * (classes == y[test][:, None])
        scores[i] = (classes[probs.argmax(axis=1)] == y[test]).sum(), np.log(truth.sum(axis=1) + 1e-9).sum()
    return scores


def moments(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(F,) float32 mean and standard deviation of each column; 1 for the latter where a column is constant."""
    deviation = features.std(axis=0, dtype=np.float64)
    mean = features.mean(axis=0, dtype=np.float64)
    return mean.astype(np.float32), np.where(deviation > 1e-6, deviation, 1.0).astype(np.float32)


def _fit_rotated(rows: np.ndarray, y: np.ndarray, strength: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    basis = rotation(rows)
    if basis is None:
        return _fit(rows, y, strength)
    classes, coef, intercept = _fit(rows @ basis, y, strength)
    return classes, coef @ basis.T, intercept


def rotation(rows: np.ndarray) -> np.ndarray | None:
    """(F, N) orthonormal basis of the rows where there are fewer of them than features: same fit, less work."""
    if rows.shape[0] >= rows.shape[1]:
        return None
    return np.linalg.svd(rows, full_matrices=False)[2].T


def _fit(rows: np.ndarray, y: np.ndarray, strength: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """``(classes (K,), coef (K, F), intercept (K,))`` of softmax regression on the K classes that occur."""
    from sklearn.linear_model import LogisticRegression

    classes = np.unique(y)
    if len(classes) == 1:
        return classes, np.zeros((1, rows.shape[1])), np.zeros(1)
    model = LogisticRegression(C=strength, max_iter=300, tol=1e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # not fully converged is good enough for a baseline
        model.fit(rows, y)
    coef, intercept = np.asarray(model.coef_), np.asarray(model.intercept_)
    if len(classes) == 2:  # scikit-learn keeps one row for two classes
        coef, intercept = np.concatenate([-coef / 2, coef / 2]), np.concatenate([-intercept / 2, intercept / 2])
    return classes, coef, intercept
