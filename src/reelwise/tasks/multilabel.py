"""Any number of labels for each video, each by itself."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from reelwise.core.errors import UsageError
from reelwise.core.output import LabelOutput, check_temperature
from reelwise.core.probabilities import sigmoid
from reelwise.metrics.head_weights import LABEL_LIKELIHOOD
from reelwise.tasks.task import Task

DEFAULT_THRESHOLD = 0.5
"""Without calibration a label is given from the probability on at which it is as likely as not."""


@dataclass(frozen=True)
class MultilabelOutput(LabelOutput):
    """A probability of each label by itself; they need not sum to 1.

    Args:
        labels: The labels.
        head_weights: As in LabelOutput.
        temperature: Logits are divided by it before the sigmoid.
        thresholds: C probabilities from which on each label is given; empty for 0.5.

    Example:
        >>> output = MultilabelOutput(("dog", "car"), thresholds=(0.5, 0.9))
        >>> output.labels_given(np.array([0.7, 0.8]))
        ('dog',)
    """

    task: ClassVar[str] = "multilabel"

    temperature: float = 1.0
    thresholds: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        check_temperature(self.temperature)
        if self.thresholds and len(self.thresholds) != len(self.labels):
            raise UsageError(f"{len(self.thresholds)} thresholds for {len(self.labels)} labels.")
        if not all(0 <= threshold <= 1 for threshold in self.thresholds):
            raise UsageError(f"thresholds are {self.thresholds[:5]}, expected 0 to 1.")

    def activate(self, logits: np.ndarray) -> np.ndarray:
        """(..., C) float64 probabilities in [0, 1]."""
        return sigmoid(logits / self.temperature)

    def labels_given(self, probs: np.ndarray) -> tuple[str, ...]:
        """The labels whose probabilities reach their thresholds."""
        thresholds = self.thresholds or (DEFAULT_THRESHOLD,) * len(self.labels)
        # A video that failed has no probabilities, and so no labels.
        rows = zip(self.labels, probs, thresholds, strict=False)
        return tuple(label for label, prob, threshold in rows if prob >= threshold)


class MultilabelTask(Task):
    """Any number of labels for each video, each by itself."""

    name = "multilabel"
    output_type = MultilabelOutput
    has_accuracy = True
    likelihood = LABEL_LIKELIHOOD

    def loss(self, *, several_heads: bool = False, separate_streams: bool = False, label_smoothing: float = 0.0) -> Any:
        """Sigmoid cross-entropy, the mean over labels."""
        from reelwise.losses import HeadsLoss

        del several_heads, separate_streams
        return HeadsLoss("binary_crossentropy", from_logits=True, label_smoothing=label_smoothing, smoothing_target=0.5)

    def clip_losses(self, targets: np.ndarray, logits: np.ndarray) -> np.ndarray:
        """Sigmoid cross-entropy in nats, the mean over labels."""
        return (np.logaddexp(0.0, logits) - targets * logits).mean(axis=1)

    def step_metrics(self, several_heads: bool) -> list[Any]:
        """The share of all labels that are right at a probability of 0.5."""
        from reelwise.losses.step_metrics import label_accuracy

        del several_heads
        return label_accuracy()

    def clip_accuracies(self, targets: np.ndarray, logits: np.ndarray) -> np.ndarray | None:
        """The share of the labels that are right at a probability of 0.5."""
        return ((logits > 0) == (targets > 0.5)).mean(axis=1)


MULTILABEL = MultilabelTask()
