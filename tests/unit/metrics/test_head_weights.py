"""Weights of heads: a temperature for one, the best sum for several, moderate weights from few videos."""

import numpy as np
import pytest
from scipy.optimize import minimize

from reelwise.core.errors import DataError
from reelwise.core.output import combine_heads
from reelwise.core.probabilities import softmax
from reelwise.metrics.calibration import fit_temperature
from reelwise.metrics.head_weights import (
    CLASS_LIKELIHOOD,
    LABEL_LIKELIHOOD,
    NUMBER_LIKELIHOOD,
    PRIOR_STRENGTH,
    fit_head_weights,
)

LIKELIHOODS = {
    "classification": CLASS_LIKELIHOOD,
    "multilabel": LABEL_LIKELIHOOD,
    "regression": NUMBER_LIKELIHOOD,
}

TASKS = tuple(LIKELIHOODS)


def problem(task: str, num_videos: int = 120, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Three heads: a good one, a poor one whose probabilities are too extreme, and noise."""
    rng = np.random.default_rng(seed)
    if task == "classification":
        targets = np.eye(4)[rng.integers(4, size=num_videos)]
    elif task == "multilabel":
        targets = (rng.random((num_videos, 4)) < 0.3).astype(float)
    else:
        targets = rng.normal(size=(num_videos, 1))
    noise = rng.normal(size=(3, *targets.shape))
    return np.stack([2 * targets + noise[0], targets + 3 * noise[1], noise[2]], axis=1), targets


def cost(weights: np.ndarray, outputs: np.ndarray, targets: np.ndarray, task: str) -> float:
    """The whole cost, written as directly as possible."""
    logits = combine_heads(outputs, weights)
    if task == "classification":
        negative_log_likelihood = -np.log((softmax(logits) * targets).sum(axis=1)).sum()
    elif task == "multilabel":
        probs = 1 / (1 + np.exp(-logits))
        negative_log_likelihood = -(targets * np.log(probs) + (1 - targets) * np.log(1 - probs)).sum()
    else:
        negative_log_likelihood = 0.5 * len(targets) * np.log(((logits - targets) ** 2).mean() + 1e-4)
    shares = np.maximum(weights / weights.sum(), 1e-300)
    inequality = (shares * np.log(shares)).sum() + np.log(len(weights))
    return float(negative_log_likelihood + 0.5 * (np.log(weights.sum()) / np.log(2)) ** 2 + PRIOR_STRENGTH * inequality)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("num_videos", [6, 120])
def test_no_other_weights_have_a_lower_cost(task, num_videos):
    outputs, targets = problem(task, num_videos)
    weights = fit_head_weights(outputs, targets, LIKELIHOODS[task])
    assert (weights >= 0).all()
    own_cost = cost(weights, outputs, targets, task)
    for start in ([0.3, 0.3, 0.3], [1.0, 0.01, 0.01], [0.1, 0.5, 2.0]):
        optimum = minimize(
            lambda w: cost(np.maximum(w, 1e-9), outputs, targets, task), start, method="Nelder-Mead",
            options={"maxiter": 4000, "xatol": 1e-7, "fatol": 1e-9},
        )  # fmt: skip
        assert own_cost <= optimum.fun + 1e-4


@pytest.mark.parametrize("scale", [0.2, 1.0, 7.0])
def test_the_weight_of_one_classification_head_is_the_inverse_temperature(scale):
    outputs, targets = problem("classification")
    one = scale * outputs[:, :1]
    (weight,) = fit_head_weights(one, targets, LIKELIHOODS["classification"])
    assert weight == pytest.approx(1 / fit_temperature(one[:, 0], targets.argmax(axis=1)), rel=1e-6)


def test_the_descent_finds_the_same_weight_of_one_head_as_the_temperature_fit():
    """The temperature fit for one head and the descent have the same prior."""
    outputs, targets = problem("classification")
    twice = np.repeat(outputs[:, :1], 2, axis=1)
    one = fit_head_weights(outputs[:, :1], targets, LIKELIHOODS["classification"])
    both = fit_head_weights(twice, targets, LIKELIHOODS["classification"])
    assert both == pytest.approx([one[0] / 2] * 2, rel=1e-3)


@pytest.mark.parametrize("task", TASKS)
def test_the_best_head_has_the_largest_weight_and_the_sum_beats_the_mean(task):
    outputs, targets = problem(task)
    good, poor, noise = fit_head_weights(outputs, targets, LIKELIHOODS[task])
    assert good > 3 * poor
    assert good > 3 * noise
    fresh, truth = problem(task, 4000, seed=1)
    weighted_sum = combine_heads(fresh, np.array([good, poor, noise]))
    plain = combine_heads(fresh, np.full(3, 1 / 3))
    if task == "classification":
        assert (weighted_sum.argmax(1) == truth.argmax(1)).mean() > (plain.argmax(1) == truth.argmax(1)).mean() + 0.1
    elif task == "multilabel":
        assert np.abs(softmax_error(weighted_sum, truth)) < np.abs(softmax_error(plain, truth))
    else:
        assert ((weighted_sum - truth) ** 2).mean() < 0.5 * ((plain - truth) ** 2).mean()


def softmax_error(logits: np.ndarray, truth: np.ndarray) -> float:
    return float((np.logaddexp(0, logits) - truth * logits).mean())


def test_few_videos_give_moderate_weights():
    """Four videos, right for both heads, one with slightly higher logits: both keep a weight."""
    targets = np.eye(2)[[0, 1, 0, 1]]
    outputs = np.stack([4 * targets - 2, 3 * targets - 1.5], axis=1)
    first, second = fit_head_weights(outputs, targets, LIKELIHOODS["classification"])
    assert 1 <= first / second < 2
    assert first + second < 3


def test_without_videos_all_weights_are_equal():
    assert fit_head_weights(np.zeros((0, 4, 3)), np.zeros((0, 3)), LIKELIHOODS["multilabel"]).tolist() == [0.25] * 4


@pytest.mark.parametrize("task", TASKS)
def test_useless_and_extreme_outputs_stay_within_limits(task):
    outputs, targets = problem(task, 30)
    for extreme in (np.zeros_like(outputs), 1e4 * outputs, 1e-6 * outputs, -outputs):
        weights = fit_head_weights(extreme, targets, LIKELIHOODS[task])
        assert np.isfinite(weights).all()
        assert 0.05 - 1e-9 <= weights.sum() <= 20 + 1e-9


@pytest.mark.parametrize("task", TASKS)
def test_the_same_input_gives_the_same_bits(task):
    outputs, targets = problem(task)
    first = fit_head_weights(outputs, targets, LIKELIHOODS[task])
    assert np.array_equal(first, fit_head_weights(outputs.copy(), targets.copy(), LIKELIHOODS[task]))


@pytest.mark.parametrize(
    ("outputs", "targets", "task"),
    [
        (np.zeros((3, 2)), np.zeros((3, 2)), "classification"),
        (np.zeros((3, 2, 4)), np.zeros((3, 3)), "classification"),
        (np.full((3, 2, 4), np.nan), np.zeros((3, 4)), "multilabel"),
    ],
)
def test_shapes_that_do_not_match_are_refused(outputs, targets, task):
    with pytest.raises(DataError):
        fit_head_weights(outputs, targets, LIKELIHOODS[task])


def test_the_weights_of_regression_heads_sum_to_1_at_most():
    rng = np.random.default_rng(3)
    truth = rng.normal(size=(12, 1))
    outputs = np.stack([0.2 * truth, rng.normal(size=(12, 1))], axis=1)  # five times too small on these videos
    weights = fit_head_weights(outputs, truth, LIKELIHOODS["regression"])
    assert weights.sum() <= 1 + 1e-12
    assert weights[0] > weights[1]
