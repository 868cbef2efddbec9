"""One class of several for each video."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from reelwise.core.errors import UsageError
from reelwise.core.output import LabelOutput, check_temperature
from reelwise.core.probabilities import softmax
from reelwise.tasks.task import Task


@dataclass(frozen=True)
class ClassificationOutput(LabelOutput):
    """Probabilities of classes, which sum to 1.

    Args:
        labels: The classes, two or more.
        head_weights: As in LabelOutput.
        temperature: Logits are divided by it before softmax; calibrated on validation videos.
        unsure_below: A video whose best probability is under this is reported as unsure.

    Example:
        >>> output = ClassificationOutput(("jump", "run"), unsure_below=0.6)
        >>> probs = output.activate(np.array([0.0, np.log(3.0)]))
        >>> output.labels_given(probs), output.is_unsure(probs)
        (('run',), False)
    """

    task: ClassVar[str] = "classification"
    averages_streams: ClassVar[bool] = True

    temperature: float = 1.0
    unsure_below: float = 0.0

    def __post_init__(self) -> None:
        if len(self.labels) < 2 or len(set(self.labels)) != len(self.labels):
            raise UsageError(f"a model needs two or more different labels, got {len(self.labels)}: {self.labels[:5]}.")
        super().__post_init__()
        check_temperature(self.temperature)
        if not 0 <= self.unsure_below <= 1:
            raise UsageError(f"unsure_below is {self.unsure_below}, expected 0 to 1.")

    def activate(self, logits: np.ndarray) -> np.ndarray:
        """(..., C) float64 probabilities, each row sums to 1."""
        return softmax(logits / self.temperature)

    def is_unsure(self, probs: np.ndarray) -> bool:
        """Whether the best probability lies under ``unsure_below``."""
        return bool(probs.max() < self.unsure_below)


class ClassificationTask(Task):
    """One class of several for each video."""

    name = "classification"
    output_type = ClassificationOutput


CLASSIFICATION = ClassificationTask()
