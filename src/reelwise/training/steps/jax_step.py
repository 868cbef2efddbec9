"""The training step of JAX: one compiled function of the whole state, which stays on the device."""

from collections import deque
from typing import Any

import keras
import numpy as np

from reelwise.training.arrays import to_array
from reelwise.training.batches import Batch
from reelwise.training.steps.step import Logs, TrainingStep

_MOST_AHEAD = 8
"""Steps that may wait for the device at most: each holds its batch there."""

State = tuple[list[Any], list[Any], list[Any], list[Any]]
"""Weights, other variables of the model, of its optimizer and of its metrics."""


class JaxStep(TrainingStep):
    """Compiled once. The state of one step is given to the next, which may overwrite it in place.

    Between two calls of ``sync`` the model's variables are not to be read: their memory is the state's.

    Args:
        model: Compiled.
    """

    def __init__(self, model: keras.Model) -> None:
        import jax  # this module is read where JAX is not installed, too

        super().__init__(model)
        self._state: State | None = None
        self._no_metrics: list[np.ndarray] = []
        self._waiting: deque[Any] = deque()
        self._function = jax.jit(self._step, donate_argnums=0)
        self._device_get = jax.device_get

    def _take(self, batch: Batch, learning_rate: np.float32) -> Logs:
        if self._state is None:
            self._state = self._pull()
        logs, self._state = self._function(
            self._state, (batch.inputs, batch.targets, batch.sample_weights), learning_rate
        )
        self._waiting.append(logs["loss"])
        if len(self._waiting) > _MOST_AHEAD:
            self._waiting.popleft().block_until_ready()
        return logs

    def sync(self) -> None:
        """Put the state into the model's variables; the next step takes it from there."""
        if self._state is None:
            return
        for variables, values in zip(self._variables(), self._state, strict=True):
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
        self._state = None

    def _fetch(self, logs: list[Logs]) -> list[dict[str, float]]:
        return [{name: float(value) for name, value in one.items()} for one in self._device_get(logs)]

    def _step(self, state: State, data: tuple[Any, Any, Any], learning_rate: Any) -> tuple[Logs, State]:
        weights, others, optimizer_values, _ = state
        rate: Any = self.model.optimizer.learning_rate
        optimizer_values = [
            learning_rate if variable is rate else value
            for variable, value in zip(self.model.optimizer.variables, optimizer_values, strict=True)
        ]
        metrics = [keras.ops.convert_to_tensor(value) for value in self._no_metrics]
        return self.model.train_step((weights, others, optimizer_values, metrics), data)

    def _pull(self) -> State:
        self.model.reset_metrics()
        self._no_metrics = [to_array(variable) for variable in self.model.metrics_variables]
        weights, others, optimizer_values, metrics = self._variables()
        return (
            [variable.value for variable in weights],
            [variable.value for variable in others],
            [variable.value for variable in optimizer_values],
            [variable.value for variable in metrics],
        )

    def _variables(self) -> tuple[Any, Any, Any, Any]:
        model: Any = self.model
        return (
            model.trainable_variables,
            model.non_trainable_variables,
            model.optimizer.variables,
            model.metrics_variables,
        )
