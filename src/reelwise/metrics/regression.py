"""How near predicted numbers come: the numbers of metrics.json."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from reelwise.core.errors import DataError
from reelwise.metrics.bootstrap import MIN_GROUPS, Interval, group_codes, mean_interval, resampled_counts
from reelwise.metrics.classification import SCHEMA


def regression_metrics(
    name: str,
    y_true: np.ndarray,
    values: np.ndarray,
    groups: Sequence[str | None] | None = None,
    seed: int = 0,
    *,
    split: str = "test",
) -> dict[str, Any]:
    """The fields of metrics.json that predictions alone give (no baselines, no verdict).

    Args:
        name: What the number is.
        y_true: (N,) true numbers, N > 0.
        values: (N,) predicted numbers, in the same unit.
        groups: Recording or person of each video, for the intervals; None where each video stands alone.
        seed: Of the bootstrap.
        split: ``test``, ``out_of_fold`` or what else was judged.

    Returns:
        A dict that is JSON as it stands. ``mae`` and ``mse`` are means of absolute and squared errors; ``r2`` the share
        of the numbers' variance that is explained (1 is perfect, 0 is always saying their mean, and it may be under 0),
        None when all numbers are the same. ``bias`` is the mean of predicted minus true, ``spread`` the standard
        deviation of the true numbers (``predicted_spread`` of the answers), ``range`` their ends, ``error_p90`` the
        error that 9 of 10 videos stay under.

    Raises:
        DataError: No videos, shapes that do not fit, or numbers that are not finite.

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
        "mae_ci95": mean_interval_of(absolute, groups, seed).as_list(),
        "mse": float((error**2).mean()),
        "mse_ci95": mean_interval_of(error**2, groups, seed).as_list(),
        "r2": r2_score(truth, values),
        "r2_ci95": None if interval is None else interval.as_list(),
        "bias": float(error.mean()),
        "spread": float(truth.std()),
        "predicted_spread": float(values.std()),
        "range": [float(truth.min()), float(truth.max())],
        "error_p90": float(np.percentile(absolute, 90)),
    }


def checked_numbers(y_true: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both as (N,) float64, after checking that they fit together; (N, 1) values are taken too.

    Raises:
        DataError: No videos, shapes that do not fit, or numbers that are not finite.
    """
    truth, values = np.asarray(y_true, np.float64), np.asarray(values, np.float64)
    values = values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values
    if len(truth) == 0:
        raise DataError("There are no videos to judge.", hint="Look into skipped.csv for why none could be used.")
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
) -> Interval | None:
    """The 95 % percentile interval of R², by the bootstrap over groups; with fewer than five, over videos as well.

    Resamples in which all numbers are the same have no R² and are left out.

    Args:
        y_true: (N,).
        values: (N,).
        groups: N names, None for a video that is its own group; or None for all.
        seed: Of the resampling.

    Returns:
        None when there is no R².
    """
    truth, values = checked_numbers(y_true, values)
    value = r2_score(truth, values)
    if value is None:
        return None
    found = [value]
    for codes in _codings(groups, len(truth)):
        resampled = _resampled_r2(truth, values, codes, seed)
        found += np.percentile(resampled, [2.5, 97.5]).tolist() if len(resampled) else []
    return Interval(float(min(found)), float(max(found)))


def mean_interval_of(errors: np.ndarray, groups: Sequence[str | None] | None, seed: int) -> Interval:
    """The 95 % interval of a mean of errors (or of paired differences of them).

    As :func:`~reelwise.metrics.bootstrap.mean_interval` gives it; under five groups it is stretched to hold that over
    single videos.
    """
    found = [mean_interval(errors, [str(code) for code in codes], seed) for codes in _codings(groups, len(errors))]
    return Interval(min(interval.low for interval in found), max(interval.high for interval in found))


def _codings(groups: Sequence[str | None] | None, num_videos: int) -> list[np.ndarray]:
    codes = group_codes(groups, num_videos)
    return [codes] if codes.max() + 1 >= MIN_GROUPS else [codes, np.arange(num_videos)]


def _resampled_r2(truth: np.ndarray, values: np.ndarray, codes: np.ndarray, seed: int) -> np.ndarray:
    centred = truth - truth.mean()
    columns = np.stack([np.ones(len(truth)), centred, centred**2, (truth - values) ** 2], axis=1)
    found = []
    for counts in resampled_counts(codes, seed):
        number, total, squares, errors = (counts @ columns).T
        variance = squares - total**2 / number
        real = variance > 1e-9 * squares.max(initial=1e-300)
        found.append(1 - errors[real] / variance[real])
    return np.concatenate(found)
