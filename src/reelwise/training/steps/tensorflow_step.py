"""The training step of TensorFlow: one traced function."""

from typing import Any

import keras
import numpy as np

from reelwise.training.batches import Batch
from reelwise.training.steps.step import Logs, TrainingStep


class TensorFlowStep(TrainingStep):
    """Traced once; the state lives in TensorFlow's variables all the time.

    Args:
        model: Compiled.
    """

    def __init__(self, model: keras.Model) -> None:
        import tensorflow as tf  # this module is read where TensorFlow is not installed, too

        super().__init__(model)
        self._function = tf.function(self._step, reduce_retracing=True, jit_compile=model.jit_compile)

    def _take(self, batch: Batch, learning_rate: np.float32) -> Logs:
        return self._function(batch.inputs, batch.targets, batch.sample_weights, learning_rate)

    def _step(self, inputs: Any, targets: Any, sample_weights: Any, learning_rate: Any) -> Logs:
        optimizer: Any = self.model.optimizer
        optimizer.learning_rate.assign(learning_rate)
        self.model.reset_metrics()
        return self.model.train_step((inputs, targets, sample_weights))
