"""One class of several for each video."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from reelwise.core.errors import UsageError
from reelwise.core.output import LabelOutput, check_temperature
from reelwise.core.probabilities import softmax
from reelwise.metrics.head_weights import CLASS_LIKELIHOOD
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
    smooths_labels = True
    has_accuracy = True
    likelihood = CLASS_LIKELIHOOD

    def loss(self, *, several_heads: bool = False, separate_streams: bool = False, label_smoothing: float = 0.0) -> Any:
        """Softmax cross-entropy."""
        from reelwise.losses import class_loss

        return class_loss(several_heads, separate_streams, label_smoothing)

    def clip_losses(self, targets: np.ndarray, logits: np.ndarray) -> np.ndarray:
        """Softmax cross-entropy, in nats."""
        highest = logits.max(axis=1, keepdims=True)
        log_sums = np.log(np.exp(logits - highest).sum(axis=1)) + highest[:, 0]
        return log_sums - (targets * logits).sum(axis=1)

    def step_metrics(self, several_heads: bool) -> list[Any]:
        """The share of clips whose best class is right."""
        from reelwise.losses.step_metrics import class_accuracy

        return class_accuracy(several_heads)

    def clip_accuracies(self, targets: np.ndarray, logits: np.ndarray) -> np.ndarray | None:
        """1 where the best class is right, else 0."""
        return (logits.argmax(axis=1) == targets.argmax(axis=1)).astype(np.float64)

    def validation_scores(
        self, outputs: np.ndarray, targets: np.ndarray, weights: np.ndarray
    ) -> tuple[float, float | None]:
        """As of every task; of one head in float32 by Keras' own metrics, as its ``evaluate`` would give them."""
        if outputs.ndim == 3:
            return super().validation_scores(outputs, targets, weights)
        from reelwise.losses.step_metrics import class_scores

        return class_scores(outputs, targets, weights)


CLASSIFICATION = ClassificationTask()
