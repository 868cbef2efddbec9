"""Train one network that predicts frames."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Required, TypedDict, Unpack

import keras

from reelwise.core.backend import reproducible
from reelwise.core.errors import DataError
from reelwise.datasets.window_batches import WindowBatches
from reelwise.inference.model import Model
from reelwise.jobs.predictor.data import PredictionVideos
from reelwise.jobs.predictor.plan import MOST_SAMPLES, PredictorPlan
from reelwise.jobs.runs.context import RunContext
from reelwise.models.build import build_network
from reelwise.models.transfer import copy_matching_weights
from reelwise.sampling.windows import Windows, spread_windows
from reelwise.training.batches import TrainingData
from reelwise.training.checkpoint import Checkpoints
from reelwise.training.fit import FitResult, fit
from reelwise.training.frames_objective import FramesObjective

_MOST_VALIDATION = 128
"""Windows that the epochs are compared by: enough for a steady order of epochs, few enough for a second's work."""

_FEWEST_SAMPLES = 64
"""Of an epoch, where there are fewer windows: each is then drawn several times."""


class Drawing(TypedDict, total=False):
    """How :class:`WindowBatches` draws windows.

    Args:
        batch_size: Windows in a batch.
        num_samples: Windows that are drawn for each epoch.
        seed: Of what is drawn.
        mirror: Whether half of the windows are mirrored.
    """

    batch_size: Required[int]
    num_samples: int
    seed: int
    mirror: bool


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


def fit_predictor(context: RunContext, data: PredictionVideos, plan: PredictorPlan, start: TrainingStart) -> FitResult:
    """Train one network.

    Args:
        context: The run.
        data: All videos.
        plan: Model and configuration.
        start: From which weights.

    Raises:
        LossNotFinite: The loss is NaN or infinite; it carries the last good weights.
        DataError: No training video is long enough for a window.
    """
    split, seed = data.split, context.seed * 1000
    train = data.windows(split.train, plan.window)
    samples = min(max(len(train), _FEWEST_SAMPLES), MOST_SAMPLES)
    config = plan.config_for(samples, start.budget_seconds)
    drawing: Drawing = {"batch_size": config.batch_size, "num_samples": samples, "seed": seed, "mirror": plan.mirrors}
    batches = window_batches(data, plan, split.train, train, **drawing)
    validation = _validation(context, data, plan, config.batch_size)

    def build() -> keras.Model:
        network = build_network(plan.contract)
        if start.model is not None:
            copy_matching_weights(start.model.keras, network)
        return network

    folder = context.path / "checkpoints" / plan.folder_name / "split"
    checkpoints = Checkpoints(folder, fingerprint=f"{data.fingerprint}/{plan.name}/split", resume=start.resume)
    context.progress.stage(f"train {plan.name}")
    with context.measure("train"), reproducible(seed):
        return fit(
            build,
            FramesObjective(),
            TrainingData(batches, validation),
            config,
            checkpoints=checkpoints,
            progress=context.progress,
        )


def _validation(
    context: RunContext, data: PredictionVideos, plan: PredictorPlan, batch_size: int
) -> WindowBatches | None:
    """The windows that choose the best epoch; None where no validation video is long enough."""
    indices = data.split.validation
    try:
        windows = spread_windows(data.windows(indices, plan.window), per_video(len(indices)))
    except DataError as problem:
        context.warn(f"no epoch is chosen by validation videos: {problem.message}")
        return None
    return window_batches(data, plan, indices, windows, batch_size=batch_size)


def window_batches(
    data: PredictionVideos, plan: PredictorPlan, indices: Sequence[int], windows: Windows, **options: Unpack[Drawing]
) -> WindowBatches:
    """Batches of windows of some videos; without ``num_samples`` each window once, in order.

    Args:
        data: All videos.
        plan: With the size of the network's input.
        indices: Of the videos.
        windows: Of them.
        **options: Size of the batches, and for training how windows are drawn.
    """
    return WindowBatches(
        videos=[data.videos[i] for i in indices],
        windows=windows,
        size=plan.contract.input.clip.input_size,
        names=[data.names[i] for i in indices],
        **options,
    )


def per_video(num_videos: int, most: int = _MOST_VALIDATION) -> int:
    """Windows of each video, so that they are about ``most`` together and 16 of one at most.

    Example:
        >>> per_video(20), per_video(4), per_video(1000)
        (6, 16, 1)
    """
    return max(1, min(16, most // max(1, num_videos)))
