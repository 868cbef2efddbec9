"""Calibration: whether probabilities match how often predictions are right, and the temperature that makes them so."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reelwise.core.output import TEMPERATURE_RANGE
from reelwise.core.probabilities import softmax
from reelwise.metrics.bootstrap import group_codes

NUM_BINS = 10
"""Bins of the reliability diagram. Chosen by reasoning: Guo et al. use 15; a small test set would leave those empty."""
_LOG_TEMPERATURE_SPREAD = float(np.log(2.0))
"""Standard deviation of the prior of ln(temperature). Chosen by reasoning: factors of two are ordinary."""
_MIN_UNITS_FOR_THRESHOLD = 40
"""Fewest units of videos that a threshold for "unsure" is fitted on; see LOG.md for what fewer of them do."""
_MAX_THRESHOLD_WITHOUT_MISTAKES = 0.5
"""Upper limit of the threshold where no prediction is wrong. Chosen by reasoning: above it a class has the majority."""
_NUM_GRID_POINTS = 61
"""Temperatures tried before the fine search. Chosen by reasoning: 0.05 to 20 in steps of 10 %."""


@dataclass(frozen=True)
class ReliabilityBin:
    """The videos whose highest probability lies in (low, high].

    Args:
        low: Lower edge, exclusive (inclusive in the first bin).
        high: Upper edge, inclusive.
        count: Videos in the bin.
        confidence: Their mean highest probability; 0 when the bin is empty.
        accuracy: The share of them that is predicted correctly; 0 when the bin is empty.
    """

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


def reliability_curve(y_true: np.ndarray, probs: np.ndarray, num_bins: int = NUM_BINS) -> list[ReliabilityBin]:
    """Accuracy by confidence: the data of a reliability diagram.

    Args:
        y_true: (N,) int.
        probs: (N, C).
        num_bins: Bins of equal width over [0, 1].

    Returns:
        ``num_bins`` bins by rising confidence, empty ones too.

    Source: Guo et al. 2017, "On Calibration of Modern Neural Networks", arXiv 1706.04599, section 2.
    """
    return _reliability_bins(probs.max(axis=1), probs.argmax(axis=1) == y_true, num_bins)


def expected_calibration_error(y_true: np.ndarray, probs: np.ndarray, num_bins: int = NUM_BINS) -> float:
    """Mean absolute difference between confidence and accuracy over bins of equal width, in [0, 1].

    Source: Guo et al. 2017, arXiv 1706.04599, equation 3 (there with 15 bins).

    Example:
        >>> import numpy as np
        >>> probs = np.tile([0.75, 0.25], (4, 1))
        >>> expected_calibration_error(np.array([0, 0, 0, 1]), probs)
        0.0
    """
    return _mean_gap(reliability_curve(y_true, probs, num_bins))


def binary_calibration_error(is_right: np.ndarray, scores: np.ndarray, num_bins: int = NUM_BINS) -> float:
    """Mean absolute difference between the scores of findings and how often findings of that score are right.

    Args:
        is_right: (N,) bool, N > 0.
        scores: (N,) in [0, 1], each the probability that its finding is right.
        num_bins: Bins of equal width over [0, 1].

    Returns:
        A number in [0, 1].

    Source: Guo et al. 2017, arXiv 1706.04599, equation 3, with the score in the place of the confidence.

    Example:
        >>> import numpy as np
        >>> round(binary_calibration_error(np.array([True, True, False]), np.array([0.9, 0.9, 0.3])), 3)
        0.167
    """
    return _mean_gap(_reliability_bins(np.asarray(scores, np.float64), np.asarray(is_right, bool), num_bins))


def _mean_gap(bins: list[ReliabilityBin]) -> float:
    num_all = sum(one_bin.count for one_bin in bins)
    return sum(one_bin.count * abs(one_bin.accuracy - one_bin.confidence) for one_bin in bins) / num_all


def _reliability_bins(confidence: np.ndarray, correct: np.ndarray, num_bins: int) -> list[ReliabilityBin]:
    edges = np.linspace(0.0, 1.0, num_bins + 1)
    bin_index = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, num_bins - 1)
    bins: list[ReliabilityBin] = []
    for i in range(num_bins):
        inside = bin_index == i
        count = int(inside.sum())
        mean_confidence = float(confidence[inside].mean()) if count else 0.0
        accuracy = float(correct[inside].mean()) if count else 0.0
        bins.append(ReliabilityBin(float(edges[i]), float(edges[i + 1]), count, mean_confidence, accuracy))
    return bins


def averaged_probs(logits: np.ndarray, temperature: float) -> np.ndarray:
    """(N, C) probabilities of (N, C) or (N, V, C) logits: softmax(logits / temperature), then the mean over views."""
    probs = softmax(np.asarray(logits, np.float64) / temperature)
    return probs.mean(axis=1) if probs.ndim == 3 else probs


def fit_temperature(logits: np.ndarray, y_true: np.ndarray) -> float:
    """The temperature from 0.05 to 20 that calibrates the probabilities of validation videos best.

    Logits are divided by it before softmax. For a single view it changes the probabilities, not which class is the most
    probable. A weak prior keeps it near 1 while there are few videos: five right predictions must not turn every
    probability into 1.

    Args:
        logits: (N, C), or (N, V, C) with V views whose probabilities are averaged. N may be 0.
        y_true: (N,) int.

    Returns:
        The temperature with the least log loss plus prior; 1 without videos.

    Example:
        >>> import numpy as np
        >>> logits = 8 * np.array([[1.0, 0.0]] * 50)        # each prediction is 99.97 % sure
        >>> truth = np.arange(50) % 5 == 0                  # and every fifth is wrong
        >>> 4 < fit_temperature(logits, truth.astype(int)) < 7
        True

    Source: Guo et al. 2017, arXiv 1706.04599, section 4.2; the prior (normal in ln T, standard deviation ln 2) is ours.
    """
    logits = np.asarray(logits, np.float64)
    if len(logits) == 0:
        return 1.0
    rows = np.arange(len(logits))

    def cost(log_temperature: float) -> float:
        probs = averaged_probs(logits, float(np.exp(log_temperature)))[rows, y_true]
        prior = 0.5 * (log_temperature / _LOG_TEMPERATURE_SPREAD) ** 2
        return float(-np.log(np.maximum(probs, 1e-300)).sum() + prior)

    # A grid first: with averaged views there may be more than one minimum.
    low, high = np.log(TEMPERATURE_RANGE)
    grid = np.linspace(low, high, _NUM_GRID_POINTS)
    best = int(np.argmin([cost(point) for point in grid]))
    log_best = _golden_section(cost, grid[max(best - 1, 0)], grid[min(best + 1, _NUM_GRID_POINTS - 1)])
    return float(np.clip(np.exp(log_best), *TEMPERATURE_RANGE))


def unsure_threshold(y_true: np.ndarray, probs: np.ndarray, units: Sequence[str | None] | None = None) -> float:
    """The threshold below which the highest probability counts as "unsure", fitted on validation videos.

    It is the lowest threshold that halves the error rate among the videos above it, while at least half of all videos
    are above it; where none does, the one with the lowest error rate. It lies midway between the last video below and
    the first above. Without a wrong prediction it is the lowest confidence of all videos, at most 0.5. It is a quarter
    of the way from chance to certainty where videos cannot tell: of fewer than 40 units, or where none of these
    thresholds would leave out a mistake.

    Args:
        y_true: (N,) int.
        probs: (N, C) after temperature and averaging over views.
        units: N units (recording, person, file) that stay together; None where each video is one.

    Returns:
        A number in [0, 1); predictions strictly below it are unsure.

    Example:
        >>> import numpy as np
        >>> sure = np.linspace(0.5, 0.97, 60)
        >>> wrong_when_low = (sure < 0.6).astype(int)
        >>> round(unsure_threshold(wrong_when_low, np.stack([sure, 1 - sure], axis=1)), 2)
        0.56
    """
    num_classes = probs.shape[1]
    default = 1 / num_classes + (1 - 1 / num_classes) / 4
    if len(y_true) == 0 or int(group_codes(units, len(y_true)).max()) + 1 < _MIN_UNITS_FOR_THRESHOLD:
        return default
    confidence = probs.max(axis=1)
    wrong = probs.argmax(axis=1) != y_true
    if not wrong.any():
        return min(float(confidence.min()), _MAX_THRESHOLD_WITHOUT_MISTAKES)
    order = np.argsort(confidence, kind="stable")
    confidence, wrong = confidence[order], wrong[order]
    num_above = len(wrong) - np.arange(len(wrong))
    error = np.cumsum(wrong[::-1])[::-1] / num_above  # (N,) error rate without the k least sure videos
    # A threshold can only lie where the probability rises: videos of equal probability are on the same side.
    possible = np.append(True, np.diff(confidence) > 0) & (2 * num_above >= len(wrong))
    reaching = np.flatnonzero(possible & (error <= wrong.mean() / 2))
    first = int(reaching[0]) if len(reaching) else int(np.argmin(np.where(possible, error, np.inf)))
    return default if first == 0 else float((confidence[first - 1] + confidence[first]) / 2)


def _golden_section(cost, low: float, high: float, tolerance: float = 1e-6) -> float:
    shrink = (np.sqrt(5) - 1) / 2
    left, right = high - shrink * (high - low), low + shrink * (high - low)
    left_cost, right_cost = cost(left), cost(right)
    while high - low > tolerance:
        if left_cost <= right_cost:
            high, right, right_cost = right, left, left_cost
            left = high - shrink * (high - low)
            left_cost = cost(left)
        else:
            low, left, left_cost = left, right, right_cost
            right = low + shrink * (high - low)
            right_cost = cost(right)
    return float((low + high) / 2)
