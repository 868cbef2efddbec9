"""The weight of each head of a network in the model's logits, fitted on validation videos."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reelwise.core.errors import DataError
from reelwise.core.output import TEMPERATURE_RANGE
from reelwise.core.probabilities import softmax
from reelwise.metrics.calibration import fit_temperature

PRIOR_STRENGTH = 1.0
"""Gain in log likelihood, in nats, that unequal weights need per nat of inequality. Chosen by simulation:
benchmarks/head_weights.py, LOG.md."""

_LOG_SCALE_SPREAD = float(np.log(2.0))
"""Standard deviation of the prior of the logarithm of the weights' sum. Chosen by reasoning: factors of two are
ordinary, as for a temperature."""
_MIN_ERROR = 1e-4
"""Added to a mean squared error of standardised numbers, so that the likelihood of an exact fit stays finite.
Chosen by reasoning: a hundredth of a standard deviation."""
_MAX_STEPS = 100
"""Newton steps at most. Chosen by reasoning: Newton's method needs few; this only bounds the time."""
_MAX_LOG_WEIGHT = 12.0
"""Weights stay within a factor of e**12 of 1. Chosen by reasoning: beyond it one head decides alone."""
_MAX_LOG_STEP = 2.0
"""Largest change of a weight's logarithm per step. Chosen by reasoning: Newton steps overshoot far from the minimum."""
_FIRST_DAMPING, _MIN_DAMPING, _MAX_DAMPING = 1e-3, 1e-9, 1e9
"""Added to the curvature: at first, at least, and where the descent gives up. Chosen by reasoning."""
_TOLERANCE = 1e-10
"""The descent ends at a step that lowers the cost by less than this share of it. Chosen by reasoning: no prediction
changes visibly by so little."""


@dataclass(frozen=True)
class CostTerms:
    """A cost as a function of the H weights: its value, its slope (H,) and its curvature (H, H)."""

    value: float
    slope: np.ndarray
    curvature: np.ndarray


def _start_at_one(head_outputs: np.ndarray, targets: np.ndarray) -> float:
    return 1.0


@dataclass(frozen=True)
class Likelihood:
    """How well a weighted sum of head outputs fits the targets of a task.

    Args:
        cost: Negative log likelihood from head outputs (N, H, C), their weighted sum (N, C) and targets (N, C).
        first_sum: The weights' sum at which the fit starts, from head outputs and targets.
        largest_sum: The weights' sum stays at most this.
        one_head_is_exact: Whether ``first_sum`` is the optimum where there is one head.
    """

    cost: Callable[[np.ndarray, np.ndarray, np.ndarray], CostTerms]
    first_sum: Callable[[np.ndarray, np.ndarray], float] = _start_at_one
    largest_sum: float = TEMPERATURE_RANGE[1]
    one_head_is_exact: bool = False


def fit_head_weights(head_outputs: np.ndarray, targets: np.ndarray, likelihood: Likelihood) -> np.ndarray:
    """The H weights, 0 or more, with which the weighted sum of the heads fits the targets best.

    Their sum is free, so that it serves as a temperature too: in classification with one head the weight is
    1 / temperature. Two priors keep the weights moderate where there are few videos. The logarithm of the sum is normal
    around 0, as in :func:`~reelwise.metrics.calibration.fit_temperature`. Unequal shares cost :data:`PRIOR_STRENGTH` ×
    their divergence from equal ones, which stays finite when a weight becomes 0. Deterministic.

    Args:
        head_outputs: (N, H, C) logits, or standardised numbers with C = 1, of each head. N may be 0.
        targets: (N, C): one 1 per row; 0 or 1 per label; or standardised numbers.
        likelihood: Of the task.

    Returns:
        (H,) float64, with a sum of 0.05 to 20; 1 / H each without videos. For regression the sum is 1 at most: a
        head trained by its squared error is in the right units already, and a few videos must not enlarge its outputs.

    Raises:
        DataError: Shapes that do not match, or numbers that are not finite.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> truth = np.eye(2)[rng.integers(2, size=100)]
        >>> noise = rng.normal(size=(2, 100, 2))
        >>> outputs = np.stack([truth + noise[0], 4 * noise[1]], axis=1)  # the second is noise
        >>> informative, noisy = fit_head_weights(outputs, truth, CLASS_LIKELIHOOD)
        >>> bool(informative > 10 * noisy)
        True

    Source: linear opinion pools in logits, after Genest and Zidek 1986, "Combining probability distributions",
    Statistical Science 1; fitted as temperatures are (Guo et al. 2017, arXiv 1706.04599, section 4.2). Prior and
    optimiser (damped Newton steps in the logarithms, after Levenberg 1944) are ours.
    """
    head_outputs, targets = _check(head_outputs, targets)
    num_videos, num_heads = head_outputs.shape[:2]
    if num_videos == 0:
        return np.full(num_heads, 1 / num_heads)
    first_sum = likelihood.first_sum(head_outputs, targets)
    if num_heads == 1 and likelihood.one_head_is_exact:
        return np.array([first_sum])
    first_logs = np.full(num_heads, np.log(first_sum / num_heads))
    weights = np.exp(_descend(first_logs, lambda logs: _cost(logs, head_outputs, targets, likelihood)))
    return weights * np.clip(weights.sum(), TEMPERATURE_RANGE[0], likelihood.largest_sum) / weights.sum()


def sum_heads(head_outputs: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(…, C) float64: the weighted sum of (…, H, C) head outputs with weights (H,), as fits and validation take it.

    Predictions take :func:`reelwise.core.output.combine_heads`, which adds in another order: with it here, weights and
    validation losses would differ in their last bits from those of earlier versions.
    """
    return (head_outputs * weights[..., None]).sum(axis=-2)


def _check(head_outputs: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    outputs, targets = np.asarray(head_outputs, np.float64), np.asarray(targets, np.float64)
    if outputs.ndim != 3 or not outputs.shape[1] or targets.shape != (len(outputs), outputs.shape[2]):
        raise DataError(f"head outputs of shape {outputs.shape} do not fit targets of shape {targets.shape}.")
    if not np.isfinite(outputs).all() or not np.isfinite(targets).all():
        raise DataError("head outputs or targets are not finite numbers.")
    return outputs, targets


def _cost(logs: np.ndarray, head_outputs: np.ndarray, targets: np.ndarray, likelihood: Likelihood) -> CostTerms:
    """The cost as a function of the logarithms of the weights; of its curvature the part that is never negative."""
    weights = np.exp(logs)
    fit = likelihood.cost(head_outputs, sum_heads(head_outputs, weights), targets)
    total, shares = weights.sum(), weights / weights.sum()
    log_total, log_shares = np.log(total), logs - np.log(total)
    inequality = float(shares @ log_shares) + np.log(len(logs))
    prior = 0.5 * (log_total / _LOG_SCALE_SPREAD) ** 2 + PRIOR_STRENGTH * inequality
    slope = shares * log_total / _LOG_SCALE_SPREAD**2
    slope = slope + PRIOR_STRENGTH * shares * (log_shares - float(shares @ log_shares))
    covariance = np.diag(shares) - np.outer(shares, shares)
    curvature = np.outer(shares, shares) / _LOG_SCALE_SPREAD**2 + PRIOR_STRENGTH * covariance
    return CostTerms(
        fit.value + float(prior),
        weights * fit.slope + slope,
        np.outer(weights, weights) * fit.curvature + curvature,
    )


def _class_cost(head_outputs: np.ndarray, logits: np.ndarray, targets: np.ndarray) -> CostTerms:
    highest = logits.max(axis=1, keepdims=True)
    log_probs = logits - highest - np.log(np.exp(logits - highest).sum(axis=1, keepdims=True))
    probs = softmax(logits)
    expected = np.einsum("nhc,nc->nh", head_outputs, probs)
    curvature = np.einsum("nhc,nc,ngc->hg", head_outputs, probs, head_outputs, optimize=True) - expected.T @ expected
    slope = np.einsum("nhc,nc->h", head_outputs, probs - targets)
    return CostTerms(-float((targets * log_probs).sum()), slope, curvature)


def _class_temperature(head_outputs: np.ndarray, targets: np.ndarray) -> float:
    return 1 / fit_temperature(head_outputs.mean(axis=1), targets.argmax(axis=1))


def _label_cost(head_outputs: np.ndarray, logits: np.ndarray, targets: np.ndarray) -> CostTerms:
    value = float((np.logaddexp(0.0, logits) - targets * logits).sum())
    probs = 0.5 * (1.0 + np.tanh(0.5 * logits))
    curvature = np.einsum("nhc,nc,ngc->hg", head_outputs, probs * (1 - probs), head_outputs, optimize=True)
    return CostTerms(value, np.einsum("nhc,nc->h", head_outputs, probs - targets), curvature)


def _number_cost(head_outputs: np.ndarray, numbers: np.ndarray, targets: np.ndarray) -> CostTerms:
    """For a normal error whose variance is the mean squared error itself."""
    residual = numbers - targets
    error = float((residual**2).mean()) + _MIN_ERROR
    slope = np.einsum("nhc,nc->h", head_outputs, residual) / error
    curvature = np.einsum("nhc,ngc->hg", head_outputs, head_outputs) / error
    return CostTerms(0.5 * residual.size * np.log(error), slope, curvature)


CLASS_LIKELIHOOD = Likelihood(_class_cost, _class_temperature, one_head_is_exact=True)
"""Softmax of the weighted sum; one class per video."""
LABEL_LIKELIHOOD = Likelihood(_label_cost)
"""A sigmoid for each label."""
NUMBER_LIKELIHOOD = Likelihood(_number_cost, largest_sum=1.0)
"""A normal error; also what a task without a likelihood of its own uses."""


def _descend(start: np.ndarray, cost: Callable[[np.ndarray], CostTerms]) -> np.ndarray:
    """The minimum of a cost by Newton steps, each with as much damping as it needs to lower the cost."""
    point, terms, damping = start, cost(start), _FIRST_DAMPING
    for _ in range(_MAX_STEPS):
        next_point = _newton_step(point, terms, damping)
        next_terms = cost(next_point)
        if not next_terms.value < terms.value:
            damping *= 8
            if damping > _MAX_DAMPING:
                break
            continue
        gain = terms.value - next_terms.value
        point, terms, damping = next_point, next_terms, max(damping / 4, _MIN_DAMPING)
        if gain < _TOLERANCE * (1 + abs(terms.value)):
            break
    return point


def _newton_step(point: np.ndarray, terms: CostTerms, damping: float) -> np.ndarray:
    damped_curvature = terms.curvature + damping * np.eye(len(point))
    step = np.clip(-np.linalg.solve(damped_curvature, terms.slope), -_MAX_LOG_STEP, _MAX_LOG_STEP)
    return np.clip(point + step, -_MAX_LOG_WEIGHT, _MAX_LOG_WEIGHT)
