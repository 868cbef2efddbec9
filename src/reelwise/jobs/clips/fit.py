"""Train one network on clips of decoded videos, whatever it is trained for."""

from collections.abc import Callable
from dataclasses import dataclass

import keras

from reelwise.core.backend import reproducible
from reelwise.core.errors import DataError
from reelwise.datasets.window_batches import WindowBatches
from reelwise.inference.model import Model
from reelwise.jobs.clips.batches import MOST_VALIDATION, Drawing, per_video, window_batches
from reelwise.jobs.clips.plan import ClipPlan, samples_of
from reelwise.jobs.clips.videos import ClipVideos
from reelwise.jobs.runs.context import RunContext
from reelwise.models.build import build_network
from reelwise.models.transfer import copy_matching_weights, prefixes_to_skip
from reelwise.sampling.windows import spread_windows, thin_windows
from reelwise.training.batches import TrainingData
from reelwise.training.checkpoint import Checkpoints
from reelwise.training.config import TrainConfig
from reelwise.training.fit import FitResult, fit
from reelwise.training.objective import Objective

AfterEpoch = Callable[[keras.Model, int], None]
"""From the network to hand over, and the number of epochs that it was trained for."""


@dataclass(frozen=True)
class TrainingStart:
    """What a training begins from.

    Args:
        model: The ``--from`` model; None starts from random weights.
        resume: Whether to go on from the newest checkpoint.
        budget_seconds: Time for this training; None without a budget.
    """

    model: Model | None = None
    resume: bool = False
    budget_seconds: float | None = None


@dataclass(frozen=True, eq=False)
class FitClips:
    """The clips of one training, and its configuration.

    Args:
        train: Windows that are drawn.
        validation: Windows in order; None where no validation video is long enough.
        config: Of the training.
    """

    train: WindowBatches
    validation: WindowBatches | None
    config: TrainConfig


def clips_to_fit(context: RunContext, data: ClipVideos, plan: ClipPlan, start: TrainingStart) -> FitClips:
    """The windows that a model is trained on, and those that its epochs are compared by.

    Args:
        context: The run.
        data: All videos.
        plan: Model and configuration.
        start: With the time for the training.

    Raises:
        DataError: No training video is long enough for a window.
    """
    windows = data.windows(data.split.train, plan.window)
    samples = samples_of(windows)
    config = plan.config_for(samples, start.budget_seconds)
    drawing: Drawing = {
        "batch_size": config.batch_size, "num_samples": samples, "seed": context.seed * 1000, "mirror": plan.mirrors,
    }  # fmt: skip
    train = window_batches(data, plan, data.split.train, windows, **drawing)
    return FitClips(train, validation_windows(context, data, plan, config.batch_size), config)


def fit_clips(
    context: RunContext,
    data: ClipVideos,
    plan: ClipPlan,
    objective: Objective,
    fit_data: tuple[TrainingData, TrainConfig],
    start: TrainingStart,
    after_epoch: AfterEpoch | None = None,
) -> FitResult:
    """Train one network.

    Args:
        context: The run.
        data: All videos.
        plan: Of the model.
        objective: What it is trained for.
        fit_data: Its batches and configuration.
        start: From which weights.
        after_epoch: Called after each epoch with the network to hand over and the number of epochs; it must not change
            it. Only for trainings with a running mean of weights, whose steps another network takes.

    Raises:
        LossNotFinite: The loss is NaN or infinite; it carries the last good weights.
    """
    batches, config = fit_data
    networks: list[keras.Model] = []  # the first one is handed over, a second one takes the steps

    def build() -> keras.Model:
        network = build_network(plan.contract)
        if start.model is not None:
            skip = prefixes_to_skip(start.model.contract, plan.contract)
            copy_matching_weights(start.model.keras, network, skip)
        networks.append(network)
        return network

    callbacks = [] if after_epoch is None else [_AfterEpochs(lambda epochs: after_epoch(networks[0], epochs))]

    folder = context.path / "checkpoints" / plan.folder_name / "split"
    checkpoints = Checkpoints(folder, fingerprint=f"{data.fingerprint}/{plan.name}/split", resume=start.resume)
    context.progress.stage(f"train {plan.name}")
    with context.measure("train"), reproducible(context.seed * 1000):
        result = fit(
            build, objective, batches, config, checkpoints=checkpoints, callbacks=callbacks, progress=context.progress
        )
    for text in result.warnings:
        context.warn(text)
    return result


def validation_windows(context: RunContext, data: ClipVideos, plan: ClipPlan, batch_size: int) -> WindowBatches | None:
    """The windows that epochs are compared by, evenly spread over the validation videos; None where there are none.

    Args:
        context: Is warned where there are none.
        data: All videos.
        plan: Of the model.
        batch_size: Windows in a batch.
    """
    indices = data.split.validation
    try:
        windows = spread_windows(data.windows(indices, plan.window), per_video(len(indices)))
        windows = thin_windows(windows, MOST_VALIDATION)  # with more videos than that, a window each is too many
    except DataError as problem:
        context.warn(f"the epochs are not compared by validation videos: {problem.message}")
        return None
    return window_batches(data, plan, indices, windows, batch_size=batch_size)


class _AfterEpochs(keras.callbacks.Callback):
    """Calls a function with the number of epochs that are done."""

    def __init__(self, function: Callable[[int], None]) -> None:
        super().__init__()
        self._function = function

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        del logs
        self._function(epoch + 1)
