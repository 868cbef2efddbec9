"""How much each of a network's answers counts in what the model says, fitted on videos it has not learned from."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reelwise.core.errors import DataError
from reelwise.core.modalities import TASKS
from reelwise.core.output import TEMPERATURE_RANGE
from reelwise.core.probabilities import softmax
from reelwise.metrics.calibration import fit_temperature

PRIOR_STRENGTH = 1.0
"""What letting one answer count for more than another must gain, in nats per nat of inequality."""

_LOG_SCALE_SPREAD = float(np.log(2.0))
_LOWEST_ERROR = 1e-4
_MAX_STEPS = 100
_FARTHEST_LOG = 12.0


@dataclass(frozen=True)
class _Bend:
    """Value, slope and curvature of a cost in the weights: a number, (H,) and (H, H)."""

    value: float
    slope: np.ndarray
    curvature: np.ndarray


def fit_answer_weights(answers: np.ndarray, targets: np.ndarray, task: str) -> np.ndarray:
    """The H weights, 0 or more, with which the answers' sum explains the videos best.

    Their sum is free, so that it is a temperature too: with one answer and a class the weight is 1 / temperature. A
    prior keeps few videos from deciding wildly: normal in the logarithm of the sum, around 1, as that of
    :func:`~reelwise.metrics.calibration.fit_temperature`; and on the shares :data:`PRIOR_STRENGTH` × their divergence
    from equal shares, which stays finite when an answer is dropped. Deterministic.

    Args:
        answers: (N, H, C) logits, or standardised numbers with C = 1, of each answer. N may be 0.
        targets: (N, C): one 1 per row; 0 or 1 per label; or standardised numbers.
        task: One of ``core.modalities.TASKS``.

    Returns:
        (H,) float64, with a sum of 0.05 to 20; 1 / H each without videos. Of numbers the sum is 1 at most: what was
        learned by its squared error is in the right units already, and a few videos must not stretch it.

    Raises:
        DataError: Shapes that do not fit, or numbers that are not finite.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> truth = np.eye(2)[rng.integers(2, size=100)]
        >>> noise = rng.normal(size=(2, 100, 2))
        >>> answers = np.stack([truth + noise[0], 4 * noise[1]], axis=1)  # one knows something, one guesses
        >>> knows, guesses = fit_answer_weights(answers, truth, "classification")
        >>> bool(knows > 10 * guesses)
        True

    Source: linear opinion pools in logits, after Genest and Zidek 1986, "Combining probability distributions",
    Statistical Science 1; fitted as temperatures are (Guo et al. 2017, arXiv 1706.04599, section 4.2). Prior and
    optimiser (damped Newton steps in the logarithms, after Levenberg 1944) are ours.
    """
    answers, targets = _checked(answers, targets, task)
    num_videos, num_answers = answers.shape[:2]
    if num_videos == 0:
        return np.full(num_answers, 1 / num_answers)
    if task == "classification":
        scale = 1 / fit_temperature(answers.mean(axis=1), targets.argmax(axis=1))
        if num_answers == 1:
            return np.array([scale])
    else:
        scale = 1.0
    logs = _descend(np.full(num_answers, np.log(scale / num_answers)), lambda at: _cost(at, answers, targets, task))
    weights, (least, most) = np.exp(logs), TEMPERATURE_RANGE
    most = 1.0 if task == "regression" else most
    return weights * np.clip(weights.sum(), least, most) / weights.sum()


def combine_answers(answers: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(…, C) float64 logits: the weighted sum over H of (…, H, C) answers.

    Args:
        answers: (…, H, C).
        weights: (H,).

    Example:
        >>> combine_answers(np.array([[[1.0, 0.0], [0.0, 2.0]]]), np.array([0.5, 1.0])).tolist()
        [[0.5, 2.0]]
    """
    return (np.asarray(answers, np.float64) * np.asarray(weights, np.float64)[..., None]).sum(axis=-2)


def _checked(answers: np.ndarray, targets: np.ndarray, task: str) -> tuple[np.ndarray, np.ndarray]:
    answers, targets = np.asarray(answers, np.float64), np.asarray(targets, np.float64)
    if task not in TASKS:
        raise DataError(f"the task is {task!r}, expected {' or '.join(TASKS)}.")
    if answers.ndim != 3 or not answers.shape[1] or targets.shape != (len(answers), answers.shape[2]):
        raise DataError(f"answers of shape {answers.shape} do not fit targets of shape {targets.shape}.")
    if not np.isfinite(answers).all() or not np.isfinite(targets).all():
        raise DataError("answers or targets are not finite numbers.")
    return answers, targets


def _cost(logs: np.ndarray, answers: np.ndarray, targets: np.ndarray, task: str) -> _Bend:
    """Cost in the logarithms of the weights; of its curvature the part that is never negative."""
    weights = np.exp(logs)
    said = _LIKELIHOODS[task](answers, combine_answers(answers, weights), targets)
    total, shares = weights.sum(), weights / weights.sum()
    log_total, log_shares = np.log(total), logs - np.log(total)
    inequality = float(shares @ log_shares) + np.log(len(logs))
    prior = 0.5 * (log_total / _LOG_SCALE_SPREAD) ** 2 + PRIOR_STRENGTH * inequality
    slope = shares * log_total / _LOG_SCALE_SPREAD**2
    slope = slope + PRIOR_STRENGTH * shares * (log_shares - float(shares @ log_shares))
    apart = np.diag(shares) - np.outer(shares, shares)
    curvature = np.outer(shares, shares) / _LOG_SCALE_SPREAD**2 + PRIOR_STRENGTH * apart
    return _Bend(
        said.value + float(prior),
        weights * said.slope + slope,
        np.outer(weights, weights) * said.curvature + curvature,
    )


def _class_likelihood(answers: np.ndarray, logits: np.ndarray, targets: np.ndarray) -> _Bend:
    highest = logits.max(axis=1, keepdims=True)
    log_probs = logits - highest - np.log(np.exp(logits - highest).sum(axis=1, keepdims=True))
    probs = softmax(logits)
    expected = np.einsum("nhc,nc->nh", answers, probs)
    curvature = np.einsum("nhc,nc,ngc->hg", answers, probs, answers, optimize=True) - expected.T @ expected
    return _Bend(-float((targets * log_probs).sum()), np.einsum("nhc,nc->h", answers, probs - targets), curvature)


def _label_likelihood(answers: np.ndarray, logits: np.ndarray, targets: np.ndarray) -> _Bend:
    value = float((np.logaddexp(0.0, logits) - targets * logits).sum())
    probs = 0.5 * (1.0 + np.tanh(0.5 * logits))
    curvature = np.einsum("nhc,nc,ngc->hg", answers, probs * (1 - probs), answers, optimize=True)
    return _Bend(value, np.einsum("nhc,nc->h", answers, probs - targets), curvature)


def _number_likelihood(answers: np.ndarray, numbers: np.ndarray, targets: np.ndarray) -> _Bend:
    """Of a normal error whose spread is what it turns out to be."""
    residual = numbers - targets
    error = float((residual**2).mean()) + _LOWEST_ERROR
    slope = np.einsum("nhc,nc->h", answers, residual) / error
    curvature = np.einsum("nhc,ngc->hg", answers, answers) / error
    return _Bend(0.5 * residual.size * np.log(error), slope, curvature)


_LIKELIHOODS: dict[str, Callable[[np.ndarray, np.ndarray, np.ndarray], _Bend]] = {
    "classification": _class_likelihood,
    "multilabel": _label_likelihood,
    "regression": _number_likelihood,
}


def _descend(start: np.ndarray, cost: Callable[[np.ndarray], _Bend]) -> np.ndarray:
    """Where the cost is lowest: Newton steps, shortened (by more damping) until each one lowers it."""
    at, here, damping = start, cost(start), 1e-3
    for _ in range(_MAX_STEPS):
        lifted = here.curvature + damping * np.eye(len(at))
        step = np.clip(-np.linalg.solve(lifted, here.slope), -2.0, 2.0)
        moved = np.clip(at + step, -_FARTHEST_LOG, _FARTHEST_LOG)
        there = cost(moved)
        if not there.value < here.value:
            damping *= 8
            if damping > 1e9:
                break
            continue
        gained = here.value - there.value
        at, here, damping = moved, there, max(damping / 4, 1e-9)
        if gained < 1e-10 * (1 + abs(here.value)):
            break
    return at
