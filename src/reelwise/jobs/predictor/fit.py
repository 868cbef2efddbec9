"""Train one network that predicts frames."""

import keras

from reelwise.core.backend import reproducible
from reelwise.core.errors import DataError
from reelwise.datasets.window_batches import WindowBatches
from reelwise.jobs.clips.batches import Drawing, TrainingStart, per_video, window_batches
from reelwise.jobs.clips.plan import MOST_SAMPLES, ClipPlan
from reelwise.jobs.clips.videos import ClipVideos
from reelwise.jobs.runs.context import RunContext
from reelwise.models.build import build_network
from reelwise.models.transfer import copy_matching_weights
from reelwise.sampling.windows import spread_windows
from reelwise.training.batches import TrainingData
from reelwise.training.checkpoint import Checkpoints
from reelwise.training.fit import FitResult, fit
from reelwise.training.frames_objective import FramesObjective

_FEWEST_SAMPLES = 64
"""Of an epoch, where there are fewer windows: each is then drawn several times."""


def fit_predictor(context: RunContext, data: ClipVideos, plan: ClipPlan, start: TrainingStart) -> FitResult:
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


def _validation(context: RunContext, data: ClipVideos, plan: ClipPlan, batch_size: int) -> WindowBatches | None:
    """The windows that choose the best epoch; None where no validation video is long enough."""
    indices = data.split.validation
    try:
        windows = spread_windows(data.windows(indices, plan.window), per_video(len(indices)))
    except DataError as problem:
        context.warn(f"no epoch is chosen by validation videos: {problem.message}")
        return None
    return window_batches(data, plan, indices, windows, batch_size=batch_size)
