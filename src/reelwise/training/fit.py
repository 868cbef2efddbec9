"""Train a network: our own loop over Keras' training step, exact to resume."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras

from reelwise.core.interrupt import listen_for_stop, token_of
from reelwise.core.progress import Progress, Silent
from reelwise.training.batches import TrainingData
from reelwise.training.checkpoint import Checkpoints
from reelwise.training.config import TrainConfig
from reelwise.training.loop import TrainingLoop
from reelwise.training.objective import Objective
from reelwise.training.trainee import Trainee


@dataclass(frozen=True, eq=False)
class FitResult:
    """A finished training.

    Args:
        network: Float32, with the weights to hand over.
        history: A row per epoch, in the columns of history.csv.
        epochs: Epochs that were planned (a budget may have changed their number).
        best_epoch: The epoch whose weights these are, from 1.
        stop_reason: ``epochs``, ``patience`` or ``callback``.
        seconds: Wall time of all epochs.
        warnings: What went wrong without stopping.
    """

    network: keras.Model
    history: tuple[dict[str, Any], ...]
    epochs: int
    best_epoch: int
    stop_reason: str
    seconds: float
    warnings: tuple[str, ...] = ()


def fit(
    build: Callable[[], keras.Model],
    objective: Objective,
    data: TrainingData,
    config: TrainConfig,
    *,
    checkpoints: Checkpoints | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    progress: Progress | None = None,
) -> FitResult:
    """Train the network that ``build`` makes, and give it back with its best weights.

    What happens depends on the arguments and the back end's seed alone: a run that was killed and continues from its
    checkpoint ends with the same bits as one that was left alone. Call ``core.backend.prepare`` before.

    Args:
        build: Makes the network, which takes the batches' inputs. Called twice when training needs a bfloat16 twin.
        objective: What a step minimises, and what is measured.
        data: What to train on, and what to choose the best epoch by.
        config: How.
        checkpoints: Where to save, and whether to continue from there; None saves nothing.
        callbacks: Keras callbacks; they see the model that takes the steps.
        progress: Shows how far it is.

    Returns:
        The network and what happened.

    Raises:
        LossNotFinite: The loss is NaN or infinite; it carries the last good weights.
        TrainingError: Out of memory, or checkpoints that cannot be saved, or are of another run.
        Interruption: Ctrl-C, SIGTERM or the stop token of ``progress``; with ``checkpoints`` the state was saved.
    """
    trainee = Trainee(build, objective, config)
    progress = progress or Silent()
    loop = TrainingLoop(trainee, data, config, checkpoints, progress)
    loop.restore()
    with listen_for_stop(token_of(progress)) as stop:
        loop.run(stop, keras.callbacks.CallbackList(list(callbacks), model=trainee.stepping, **loop.parameters()))
    state = loop.state
    if loop.best_weights is not None:
        trainee.load_weights(loop.best_weights)
    return FitResult(
        network=trainee.network,
        history=tuple(state.history),
        epochs=state.planned_epochs,
        best_epoch=(state.best.epoch if loop.best_weights is not None else state.epoch - 1) + 1,
        stop_reason=state.stop_reason,
        seconds=state.seconds,
        warnings=tuple(checkpoints.warnings) if checkpoints else (),
    )
