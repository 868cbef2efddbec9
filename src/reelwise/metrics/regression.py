"""How close predicted numbers are to the true ones: the fields of metrics.json for regression."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from reelwise.core.errors import DataError
from reelwise.metrics.bootstrap import (
    ConfidenceInterval,
    group_codes,
    interval_list,
    resampled_counts,
    resampled_interval,
)
from reelwise.metrics.classification import SCHEMA
from reelwise.metrics.cluster_intervals import error_interval


def regression_metrics(
    name: str,
    y_true: np.ndarray,
    values: np.ndarray,
    groups: Sequence[str | None] | None = None,
    seed: int = 0,
    *,
    split: str = "test",
) -> dict[str, Any]:
    """The fields of metrics.json that follow from predictions alone (no baselines, no verdict).

    Args:
        name: What the number is.
        y_true: (N,) true numbers, N > 0.
        values: (N,) predicted numbers, in the same unit.
        groups: Unit of each video (recording, person, file), for the intervals; None where each is a unit of its own.
        seed: Of the bootstrap.
        split: ``test``, ``out_of_fold`` or another name for the videos that were predicted.

    Returns:
        A dict that is JSON as it stands. ``mae`` and ``mse`` are means of absolute and squared errors; ``r2`` the share
        of the numbers' variance that is explained (1 is perfect, 0 is as good as predicting their mean; it can be
        negative), None when all numbers are the same. ``bias`` is the mean of predicted minus true, ``spread`` the
        standard deviation of the true numbers, ``predicted_spread`` that of the predictions, ``range`` the least and
        the greatest true number, ``error_p90`` the 90th percentile of the absolute errors.

    Raises:
        DataError: No videos, shapes that do not match, or numbers that are not finite.

    Example:
        >>> metrics = regression_metrics("speed", np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.5, 3.0]))
        >>> round(metrics["mae"], 3), round(metrics["r2"], 3)
        (0.167, 0.875)
    """
    truth, values = checked_numbers(y_true, values)
    error = values - truth
    absolute = np.abs(error)
    interval = r2_interval(truth, values, groups, seed)
    return {
        "schema": SCHEMA,
        "task": "regression",
        "split": split,
        "num_videos": len(truth),
        "labels": [str(name)],
        "mae": float(absolute.mean()),
        "mae_ci95": interval_list(error_interval(absolute, groups)),
        "mse": float((error**2).mean()),
        "mse_ci95": interval_list(error_interval(error**2, groups)),
        "r2": r2_score(truth, values),
        "r2_ci95": interval_list(interval),
        "bias": float(error.mean()),
        "spread": float(truth.std()),
        "predicted_spread": float(values.std()),
        "range": [float(truth.min()), float(truth.max())],
        "error_p90": float(np.percentile(absolute, 90)),
    }


def checked_numbers(y_true: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """True and predicted numbers as (N,) float64, after checking that their shapes match; (N, 1) values are accepted.

    Raises:
        DataError: No videos, shapes that do not match, or numbers that are not finite.
    """
    truth, values = np.asarray(y_true, np.float64), np.asarray(values, np.float64)
    values = values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values
    if len(truth) == 0:
        raise DataError(
            "There are no videos to evaluate.",
            hint="Look into skipped.csv: it gives the reason for each video that could not be used.",
        )
    if truth.ndim != 1 or values.shape != truth.shape:
        raise DataError(f"Got predictions of shape {values.shape} for {truth.shape} numbers.")
    if not np.isfinite(truth).all() or not np.isfinite(values).all():
        raise DataError("A true or a predicted number is not finite.")
    return truth, values


def r2_score(y_true: np.ndarray, values: np.ndarray) -> float | None:
    """1 - squared error / variance; None when all true numbers are the same.

    Example:
        >>> r2_score(np.array([1.0, 2.0, 3.0]), np.array([2.0, 2.0, 2.0]))
        0.0
    """
    truth, values = checked_numbers(y_true, values)
    total = float(((truth - truth.mean()) ** 2).sum())
    return None if truth.min() == truth.max() else 1 - float(((truth - values) ** 2).sum()) / total


def r2_interval(
    y_true: np.ndarray, values: np.ndarray, groups: Sequence[str | None] | None, seed: int
) -> ConfidenceInterval | None:
    """The 95 % interval of R², by the bootstrap over units.

    Resamples in which all numbers are the same have no R² and are left out.

    Args:
        y_true: (N,).
        values: (N,).
        groups: N names of units, None for a video that is a unit of its own; or None instead of the list where all are.
        seed: Of the resampling.

    Returns:
        None when there is no R², or with fewer than four units.
    """
    truth, values = checked_numbers(y_true, values)
    value, codes = r2_score(truth, values), group_codes(groups, len(truth))
    if value is None:
        return None
    return resampled_interval(codes, value, lambda units: _resampled_r2(truth, values, units, seed))


def _resampled_r2(truth: np.ndarray, values: np.ndarray, codes: np.ndarray, seed: int) -> np.ndarray:
    deviations = truth - truth.mean()
    columns = np.stack([np.ones(len(truth)), deviations, deviations**2, (truth - values) ** 2], axis=1)
    r2_scores = []
    for counts in resampled_counts(codes, seed):
        count, total, squares, errors = (counts @ columns).T
        variance = squares - total**2 / count
        # A resample of equal numbers has a variance of rounding errors only: relative to the squares, below 1e-9.
        real = variance > 1e-9 * squares.max(initial=1e-300)
        r2_scores.append(1 - errors[real] / variance[real])
    return np.concatenate(r2_scores)
