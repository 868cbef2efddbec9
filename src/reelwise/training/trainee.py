"""A network with its optimizer: takes steps, is evaluated in float32, gives and takes its variables as arrays."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from reelwise.core.backend import compiles_steps
from reelwise.core.errors import TrainingError
from reelwise.training.arrays import assign_all, to_array
from reelwise.training.averaging_optimizer import averaging_adamw
from reelwise.training.batch_parts import in_parts
from reelwise.training.batches import Batch
from reelwise.training.config import TrainConfig
from reelwise.training.objective import Objective
from reelwise.training.steps.choose import make_step

Build = Callable[[], keras.Model]


@dataclass(frozen=True)
class StepResult:
    """Sums over the samples of one step, weighted by their sample weights.

    Args:
        loss: Sum of losses.
        weight: Sum of the sample weights.
        metrics: Sum of each of the objective's step metrics, by name.
    """

    loss: float
    weight: float
    metrics: dict[str, float] = field(default_factory=dict)


class Trainee:
    """A network that is being trained.

    ``network`` is float32 and the one to evaluate and hand over. With bfloat16 or a running mean of weights, steps are
    taken by a twin of it, whose weights ``publish`` copies; else both are one.

    Args:
        build: Makes the network; called a second time for the twin.
        objective: Loss and step metrics.
        config: Optimizer and precision.
    """

    def __init__(self, build: Build, objective: Objective, config: TrainConfig) -> None:
        self.network = build()
        self.network.jit_compile = compiles_steps()
        self.objective = objective
        self.config = config
        self._twin: Any = self.network
        if config.bfloat16 or config.ema is not None:
            self._twin = _build_as(build, "mixed_bfloat16" if config.bfloat16 else "float32")
            _check_twins(self._twin, self.network)
            assign_all(self._twin.weights, self.network.weights)
        self._stepping: Any = in_parts(self._twin, config.batch_size)
        self._stepping.compile(
            optimizer=_optimizer(config),
            loss=objective.loss(),
            weighted_metrics=objective.step_metrics(),
            jit_compile=compiles_steps(),
        )
        self._stepping.optimizer.build(self._twin.trainable_variables)
        self._steps = make_step(self._stepping)
        self._sizes: list[tuple[float, int]] = []  # sum of weights and rows of the steps that were not read

    @property
    def stepping(self) -> keras.Model:
        """The model that takes the steps; what Keras callbacks see."""
        return self._stepping

    def take_step(self, batch: Batch, learning_rate: float) -> None:
        """Take a training step; the device may still work on it when this returns."""
        self._sizes.append((float(batch.sample_weights.sum()), len(batch.sample_weights)))
        self._steps.take(batch, learning_rate)

    def read_steps(self) -> list[StepResult]:
        """What the steps gave since the last reading, in their order; waits for the device."""
        sizes, self._sizes = self._sizes, []
        return [_step_result(logs, *size) for logs, size in zip(self._steps.read(), sizes, strict=True)]

    def step(self, batch: Batch, learning_rate: float) -> StepResult:
        """Take one training step and wait for what it gives."""
        self.take_step(batch, learning_rate)
        return self.read_steps()[-1]

    def sync(self) -> None:
        """Put the state of the steps taken into the variables of ``stepping``, which may be read then."""
        self._steps.sync()

    def publish(self) -> None:
        """Bring ``network`` up to date with the steps taken."""
        self.sync()
        if self._twin is self.network:
            return
        assign_all(self.network.weights, self._twin.weights)
        if self.config.ema is not None:
            means = self.network.trainable_variables
            self._stepping.optimizer.finalize_variable_values(means)
            assign_all(means, means)

    def variables(self) -> list:
        """All variables that decide how training goes on: weights, random states, the optimizer's."""
        return [*self._stepping.variables, *self._stepping.optimizer.variables]

    def arrays(self) -> list[np.ndarray]:
        """Copies of ``variables``."""
        self.sync()
        return [to_array(variable) for variable in self.variables()]

    def load_arrays(self, arrays: Sequence[np.ndarray]) -> None:
        """Put back what ``arrays`` gave.

        Raises:
            TrainingError: They are of another network; start anew without ``--resume``.
        """
        self.sync()
        variables = self.variables()
        expected = [(tuple(v.shape), keras.backend.standardize_dtype(v.dtype)) for v in variables]
        got = [(array.shape, str(array.dtype)) for array in arrays]
        if expected != got:
            raise TrainingError(
                f"the checkpoint holds {len(got)} arrays that do not fit this network's {len(expected)}.",
                hint="It is of another network; start anew in a new --out.",
            )
        assign_all(variables, arrays)

    def weights(self) -> list[np.ndarray]:
        """Copies of the weights of ``network``, in Keras' order."""
        self.sync()
        return [to_array(weight) for weight in self.network.weights]

    def load_weights(self, arrays: Sequence[np.ndarray]) -> None:
        """Put weights into ``network`` (not into the twin)."""
        self.sync()
        assign_all(self.network.weights, arrays)


def _step_result(logs: Mapping[str, float], weight: float, batch_size: int) -> StepResult:
    """Sums: Keras divides the loss by the batch, its weighted metrics by the weights."""
    metrics = {name: value * weight for name, value in logs.items() if name != "loss"}
    return StepResult(logs["loss"] * batch_size, weight, metrics)


def _build_as(build: Build, policy: str) -> keras.Model:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        return build()
    finally:
        keras.config.set_dtype_policy(before)


def _check_twins(twin: keras.Model, network: keras.Model) -> None:
    ours = [tuple(weight.shape) for weight in twin.weights]
    if ours != [tuple(weight.shape) for weight in network.weights]:
        raise ValueError("the factory of the network gave two networks with different weights")


def _optimizer(config: TrainConfig) -> keras.optimizers.Optimizer:
    make: Any = averaging_adamw if config.ema_warmup else keras.optimizers.AdamW
    optimizer = make(
        learning_rate=config.learning_rate,
        weight_decay=config.weight_decay,
        global_clipnorm=config.clip_norm,
        use_ema=config.ema is not None,
        # Keras checks the momentum even where it is not used; 0.99 is its own default.
        ema_momentum=0.99 if config.ema is None else config.ema,
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta", "scale"])
    return optimizer
