"""The objective of a labelled task: classes, sets of labels, numbers."""

from dataclasses import dataclass
from typing import Any

import keras

from reelwise.tasks import TASKS, Task
from reelwise.training.batches import Batches
from reelwise.training.objective import Metric, Objective
from reelwise.training.validation import predict


@dataclass(frozen=True)
class TaskObjective(Objective):
    """Loss, accuracy and validation score as the task has them.

    Args:
        task: What is predicted.
        several_heads: Whether the network gives (B, H, C), one output for each modality and one for all.
        separate_streams: Whether its (B, C) output is the mean of two streams, each trained by itself.
        label_smoothing: Share of each target that is spread over all outputs, in [0, 1).
    """

    task: Task = TASKS[0]
    several_heads: bool = False
    separate_streams: bool = False
    label_smoothing: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.label_smoothing < 1:
            raise ValueError(f"label_smoothing is {self.label_smoothing}, expected 0 to less than 1")
        if self.separate_streams and (self.several_heads or not self.task.output_type.averages_streams):
            raise ValueError(f"task, separate_streams and several_heads do not go together: {self}")

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Loss and accuracy; the columns of a task without accuracy stay empty."""
        wording = self.task.wording
        return (Metric("loss", wording.loss_curve), Metric("accuracy", wording.accuracy_curve, is_share=True))

    def loss(self) -> keras.losses.Loss:
        """The task's."""
        return self.task.loss(
            several_heads=self.several_heads,
            separate_streams=self.separate_streams,
            label_smoothing=self.label_smoothing,
        )

    def step_metrics(self) -> list[keras.metrics.Metric]:
        """The task's: one called ``accuracy``, or none."""
        return self.task.step_metrics(self.several_heads)

    def validate(self, network: keras.Model, batches: Batches) -> dict[str, float | None]:
        """The plain loss of the task, without smoothing or class weights, so that runs can be compared; and accuracy.

        Args:
            network: Gives logits, or standardised numbers.
            batches: Not shuffled, not augmented.
        """
        loss, accuracy = self.task.validation_scores(*predict(network, batches))
        return {"val_loss": loss, "val_accuracy": accuracy}

    def settings(self) -> dict[str, Any]:
        """As they have stood in the fingerprint since the first version, so that older runs can still be resumed."""
        settings: dict[str, Any] = {
            "label_smoothing": self.label_smoothing,
            "separate_streams": self.separate_streams,
        }
        # These came later, and are left out where they say what was meant before: the default task, one head.
        if self.task is not TASKS[0]:
            settings["task"] = self.task.name
        if self.several_heads:
            settings["several_answers"] = True
        return settings
