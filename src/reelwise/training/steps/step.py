"""What a training step is: it leaves the state and what it measures on the device until somebody asks."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from reelwise.training.arrays import to_float
from reelwise.training.batches import Batch

Logs = Mapping[str, Any]
"""Scalars of the device by name: the loss and the metrics of one step."""


class TrainingStep(ABC):
    """Takes the steps of one compiled model.

    Each does what ``keras.Model.train_on_batch`` does, number for number: its arithmetic is the model's public
    ``train_step``. What is left out is what Keras does around it for each step: copies of the state, checks of the
    data, and waiting for the loss.

    Args:
        model: Compiled.
    """

    def __init__(self, model: keras.Model) -> None:
        self.model = model
        self._unread_logs: list[Logs] = []
        self._has_metrics = False

    def take(self, batch: Batch, learning_rate: float) -> None:
        """Take a step; the device may still work on it when this returns.

        Args:
            batch: Of the same shapes each time.
            learning_rate: Of this step.
        """
        if not self._has_metrics:
            self._build_metrics(batch)
        self._unread_logs.append(self._take(batch, np.float32(learning_rate)))

    def read(self) -> list[dict[str, float]]:
        """Loss and metrics of all steps since the last reading, in their order; waits for the device."""
        unread_logs, self._unread_logs = self._unread_logs, []
        return self._fetch(unread_logs)

    def sync(self) -> None:
        """Put the state into the model's variables, where it is elsewhere during an epoch."""
        return

    @abstractmethod
    def _take(self, batch: Batch, learning_rate: np.float32) -> Logs:
        """Take a step, with metrics of this one alone."""

    def _fetch(self, logs: list[Logs]) -> list[dict[str, float]]:
        """Plain numbers."""
        return [{name: to_float(value) for name, value in one.items()} for one in logs]

    def _build_metrics(self, batch: Batch) -> None:
        """Make the variables of the metrics, which Keras makes with the first outputs that it sees."""
        shape = [len(batch.sample_weights), *(side or 1 for side in self.model.output_shape[1:])]
        outputs = keras.ops.zeros(shape, "float32")
        self.model.compute_metrics(batch.inputs, batch.targets, outputs, batch.sample_weights)
        self.model.reset_metrics()
        self._has_metrics = True
