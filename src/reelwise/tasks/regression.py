"""A number for each video."""

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from reelwise.core.errors import UsageError
from reelwise.core.output import LabelOutput, Score
from reelwise.tasks.task import Task


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

    def activate(self, logits: np.ndarray) -> np.ndarray:
        """(..., 1) float64, in units of the number."""
        return logits * self.scale + self.mean

    def top(self, probs: np.ndarray, k: int) -> list[Score]:
        """Nothing: a number has no probabilities."""
        del probs, k
        return []

    def value(self, probs: np.ndarray) -> float | None:
        """The number; None when the prediction failed."""
        return float(probs[0]) if len(probs) else None


class RegressionTask(Task):
    """A number for each video."""

    name = "regression"
    output_type = RegressionOutput
    mixes_clips = False

    def loss(self, *, several_heads: bool = False, separate_streams: bool = False, label_smoothing: float = 0.0) -> Any:
        """Squared error of the standardised number."""
        from reelwise.losses import HeadsLoss

        del several_heads, separate_streams, label_smoothing
        return HeadsLoss("mean_squared_error")

    def clip_losses(self, targets: np.ndarray, logits: np.ndarray) -> np.ndarray:
        """Squared error of the standardised number."""
        return ((logits - targets) ** 2).mean(axis=1)


REGRESSION = RegressionTask()
