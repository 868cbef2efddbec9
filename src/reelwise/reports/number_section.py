"""What the report says of a predicted number: predictions against true numbers, and how large the errors are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from reelwise.core.number_text import percent, plain_number
from reelwise.reports.scatter import scatter_chart
from reelwise.tasks import LabeledPredictions
from reelwise.tasks.metrics import RegressionMetrics

_LARGE_BIAS = 0.25
"""In units of the mean absolute error: a larger mean error in one direction is pointed out."""

_MAX_WORST = 8
"""Rows of the table of largest errors."""


@dataclass(frozen=True)
class Miss:
    """A video with one of the largest errors, as text."""

    name: str
    truth: str
    value: str
    off: str


@dataclass(frozen=True)
class NumberSection:
    """The section; ``scatter`` is None without predictions.

    Args:
        scatter: Predicted against true numbers.
        sentences: What the picture says.
        residuals: Name and value of each figure about the errors.
        worst: The videos with the largest errors.
    """

    scatter: Markup | None
    sentences: tuple[str, ...]
    residuals: tuple[tuple[str, str], ...]
    worst: tuple[Miss, ...]


@dataclass(frozen=True)
class NumberScale:
    """The model's error on a line from 0 to that of a constant prediction; places in percent of the line.

    Args:
        value: Where the error stands.
        low: Begin of its interval.
        high: End of its interval.
        floor: Where the median of the training numbers, always predicted, stands; None if it is not known.
        end: The number at the right end.
        ends: The interval in words; None where there is none.
    """

    value: float
    low: float
    high: float
    floor: float | None
    end: str
    ends: tuple[str, str] | None


def number_section(metrics: RegressionMetrics, predictions: LabeledPredictions | None) -> NumberSection:
    """The scatter plot, what it says, and the errors in figures.

    Args:
        metrics: metrics.json for ``regression``.
        predictions: The predictions; None leaves the picture out.
    """
    sentences = (_along(metrics), *_leaning(metrics))
    residuals = _residuals(metrics, predictions)
    if predictions is None:
        return NumberSection(None, sentences, residuals, ())
    truth, values = np.asarray(predictions.y_true, np.float64), predictions.values
    description = f"Scatter plot of predicted against true {metrics.labels[0]}. {' '.join(sentences)}"
    chart = scatter_chart(truth, values, predictions.names, metrics.labels[0], description)
    return NumberSection(chart, sentences, residuals, _worst(truth, values, predictions.names))


def number_scale(metrics: RegressionMetrics) -> NumberScale:
    """Where the mean error lies beside that of always predicting the median."""
    floor = (metrics.get("baselines") or {}).get("majority", {}).get("mae")
    low, high = metrics.mae_ci95 or (metrics.mae, metrics.mae)
    end = max(high, 1.05 * (floor or 0.0), 1e-300)
    ends = (plain_number(low), plain_number(high)) if metrics.mae_ci95 else None
    place = None if floor is None else 100 * floor / end
    return NumberScale(100 * metrics.mae / end, 100 * low / end, 100 * high / end, place, plain_number(end, 2), ends)


def _along(metrics: RegressionMetrics) -> str:
    if metrics.r2 is None:
        return "All videos have the same number, so nothing can be sentences of how the answers follow it."
    if metrics.r2 <= 0:
        return "The points do not follow the dashed line: always predicting the mean would do as well."
    share = percent(metrics.r2)
    near = "lie close to" if metrics.r2 > 0.9 else "follow" if metrics.r2 > 0.5 else "follow only loosely"
    line = "the dashed line, on which every prediction would be right"
    return f"The points {near} {line}: {share} of the differences between the numbers is explained."


def _leaning(metrics: RegressionMetrics) -> list[str]:
    sentences = []
    if metrics.mae and abs(metrics.bias) > _LARGE_BIAS * metrics.mae:
        side = "high" if metrics.bias > 0 else "low"
        sentences.append(f"On average its predictions are {plain_number(abs(metrics.bias))} too {side}.")
    if metrics.spread and metrics.predicted_spread < 0.6 * metrics.spread:
        sentences.append("It is cautious: its predictions lie closer together than the true numbers.")
    return sentences


def _residuals(metrics: RegressionMetrics, predictions: LabeledPredictions | None) -> tuple[tuple[str, str], ...]:
    rows = [("off by on average", plain_number(metrics.mae))]
    if predictions is not None:
        errors = np.abs(predictions.values - predictions.y_true)
        rows.append(("half of all videos off by less than", plain_number(float(np.median(errors)))))
    rows.append(("9 of 10 videos off by less than", plain_number(metrics.error_p90)))
    if predictions is not None:
        rows.append(("largest error", plain_number(float(np.abs(predictions.values - predictions.y_true).max()))))
    rows.append(("mean of predicted minus true", plain_number(metrics.bias)))
    rows.append(("standard deviation of the numbers", plain_number(metrics.spread)))
    rows.append(("standard deviation of the predictions", plain_number(metrics.predicted_spread)))
    return tuple(rows)


def _worst(truth: np.ndarray, values: np.ndarray, names: Sequence[str]) -> tuple[Miss, ...]:
    errors = values - truth
    order = np.argsort(-np.abs(errors), kind="stable")[:_MAX_WORST]
    return tuple(
        Miss(
            str(names[i]),
            plain_number(float(truth[i]), 4),
            plain_number(float(values[i]), 4),
            f"{'+' if errors[i] > 0 else '−'}{plain_number(float(abs(errors[i])))}",
        )
        for i in order
        if errors[i]
    )
