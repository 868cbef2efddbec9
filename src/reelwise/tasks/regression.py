"""A number for each video."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from reelwise.core.errors import UsageError
from reelwise.core.output import LabelOutput
from reelwise.core.output import Score as LabelScore
from reelwise.metrics.regression import regression_metrics
from reelwise.tasks.labels import LabelCell
from reelwise.tasks.metrics import Fields, RegressionMetrics
from reelwise.tasks.number_labels import are_quantities, parse_all
from reelwise.tasks.number_verdict import number_cautions, number_verdict
from reelwise.tasks.predictions import LabeledPredictions
from reelwise.tasks.score import Score
from reelwise.tasks.task import Task
from reelwise.tasks.wording import Wording


@dataclass(frozen=True)
class RegressionOutput(LabelOutput):
    """A number. The network is trained on standardised targets; ``mean`` and ``scale`` bring its output back.

    Args:
        labels: One label, the name of the number.
        head_weights: As in LabelOutput.
        mean: The number that an output of 0 stands for: the mean over the training videos.
        scale: Units of the number for each 1 of the output, over 0: their standard deviation.

    Example:
        >>> output = RegressionOutput(("speed",), mean=10.0, scale=2.0)
        >>> output.value(output.activate(np.array([0.5])))
        11.0
    """

    task: ClassVar[str] = "regression"

    mean: float = 0.0
    scale: float = 1.0

    def __post_init__(self) -> None:
        if len(self.labels) != 1:
            raise UsageError(f"a number is one label, got {len(self.labels)}.")
        super().__post_init__()
        if not math.isfinite(self.mean) or not 0 < self.scale < math.inf:
            raise UsageError(f"mean and scale are {self.mean} and {self.scale}, expected numbers, scale over 0.")

    @property
    def name(self) -> str:
        """What the number is called."""
        return self.labels[0]

    @property
    def standardization(self) -> tuple[float, float]:
        """Mean and scale."""
        return self.mean, self.scale

    def activate(self, logits: np.ndarray) -> np.ndarray:
        """(..., 1) float64, in units of the number."""
        return logits * self.scale + self.mean

    def with_calibration_of(self, other: LabelOutput) -> LabelOutput:
        """This output with the other's head weights; mean and scale belong to the training videos of each."""
        return replace(self, head_weights=other.head_weights)

    def top(self, probs: np.ndarray, k: int) -> list[LabelScore]:
        """Nothing: a number has no probabilities."""
        del probs, k
        return []

    def value(self, probs: np.ndarray) -> float | None:
        """The number; None when the prediction failed."""
        return float(probs[0]) if len(probs) else None


class RegressionTask(Task[RegressionMetrics]):
    """A number for each video."""

    name = "regression"
    output_type = RegressionOutput
    metrics_type = RegressionMetrics
    wording = Wording(loss_curve="Loss (squared error; 1 is what always predicting the mean gets)")
    score = Score("mae", rises=False, words="mean absolute error", is_share=False)
    report_section = "numbers"

    def recognize(self, cells: Sequence[LabelCell]) -> str | None:
        """Where every label comes from a column and is a number, with decimals or with many different values."""
        if not cells or not all(cell.label_column for cell in cells):
            return None
        labels = [cell.label.strip() for cell in cells]
        numbers = parse_all(labels)
        if not numbers or not are_quantities(labels, numbers):
            return None
        return (
            f"labels are numbers from {min(numbers):g} to {max(numbers):g}: the model learns the number"
            f" {cells[0].label_column!r} (--task classification takes each value as a class)"
        )

    def loss(self, *, several_heads: bool = False, separate_streams: bool = False, label_smoothing: float = 0.0) -> Any:
        """Squared error of the standardised number."""
        from reelwise.losses import HeadsLoss

        del several_heads, separate_streams, label_smoothing
        return HeadsLoss("mean_squared_error")

    def clip_losses(self, targets: np.ndarray, logits: np.ndarray) -> np.ndarray:
        """Squared error of the standardised number."""
        return ((logits - targets) ** 2).mean(axis=1)

    def metrics(self, predictions: LabeledPredictions, seed: int, split: str) -> Fields:
        """Mean absolute and squared errors, the share of the variance that is explained, bias."""
        p = predictions
        return regression_metrics(p.labels[0], p.y_true, p.values, p.units, seed, split=split)

    def verdict(self, metrics: RegressionMetrics) -> str:
        """How far off it is on average, and what share of the variance it explains."""
        return number_verdict(metrics)

    def cautions(self, metrics: RegressionMetrics) -> list[str]:
        """Few videos, predictions that lean to one side or hardly move."""
        return number_cautions(metrics)


REGRESSION = RegressionTask()
