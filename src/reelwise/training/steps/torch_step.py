"""The training step of PyTorch, eager."""

from typing import Any

import keras
import numpy as np

from reelwise.training.batches import Batch
from reelwise.training.steps.step import Logs, TrainingStep


class TorchStep(TrainingStep):
    """The state lives in PyTorch's parameters all the time."""

    def _take(self, batch: Batch, learning_rate: np.float32) -> Logs:
        model: Any = self.model
        model.optimizer.learning_rate = float(learning_rate)
        model.reset_metrics()
        data = keras.tree.map_structure(
            keras.ops.convert_to_tensor, (batch.inputs, batch.targets, batch.sample_weights)
        )
        return {name: value.detach() for name, value in model.train_step(data).items()}
