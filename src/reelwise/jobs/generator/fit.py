"""Train one network that makes clips."""

import keras

from reelwise.core.backend import reproducible
from reelwise.core.errors import DataError
from reelwise.datasets.noisy_batches import NoisyBatches
from reelwise.generation.flow_matching import FlowObjective
from reelwise.jobs.clips.batches import Drawing, TrainingStart, per_video, window_batches
from reelwise.jobs.clips.plan import MOST_SAMPLES, ClipPlan
from reelwise.jobs.clips.videos import ClipVideos
from reelwise.jobs.runs.context import RunContext
from reelwise.models.build import build_network
from reelwise.sampling.windows import spread_windows
from reelwise.tasks.generation import generation_output
from reelwise.training.batches import TrainingData
from reelwise.training.checkpoint import Checkpoints
from reelwise.training.fit import FitResult, fit

FEWEST_SAMPLES = 64
"""Of an epoch, where there are fewer windows: each is then drawn several times, with other noise."""


def fit_generator(context: RunContext, data: ClipVideos, plan: ClipPlan, start: TrainingStart) -> FitResult:
    """Train one network.

    Args:
        context: The run.
        data: All videos.
        plan: Model and configuration, with the classes.
        start: Whether to resume, and the time for it.

    Raises:
        LossNotFinite: The loss is NaN or infinite; it carries the last good weights.
        DataError: No training video is long enough for a clip.
    """
    seed, indices = context.seed * 1000, data.split.train
    windows = data.windows(indices, plan.window)
    samples = min(max(len(windows), FEWEST_SAMPLES), MOST_SAMPLES)
    config = plan.config_for(samples, start.budget_seconds)
    drawing: Drawing = {"batch_size": config.batch_size, "num_samples": samples, "seed": seed, "mirror": plan.mirrors}
    clips = window_batches(data, plan, indices, windows, **drawing)
    num_labels = len(generation_output(plan.contract).labels)
    batches = NoisyBatches(clips, num_labels, class_numbers(data, plan, indices), seed=seed)
    validation = _validation(context, data, plan, config.batch_size)
    folder = context.path / "checkpoints" / plan.folder_name / "split"
    checkpoints = Checkpoints(folder, fingerprint=f"{data.fingerprint}/{plan.name}/split", resume=start.resume)
    context.progress.stage(f"train {plan.name}")

    def build() -> keras.Model:
        return build_network(plan.contract)

    with context.measure("train"), reproducible(seed):
        return fit(
            build,
            FlowObjective(),
            TrainingData(batches, validation),
            config,
            checkpoints=checkpoints,
            progress=context.progress,
        )


def class_numbers(data: ClipVideos, plan: ClipPlan, indices: tuple[int, ...]) -> list[int]:
    """The numbers of the classes of some videos.

    Args:
        data: All videos.
        plan: With the classes.
        indices: Of the videos.
    """
    labels, records = generation_output(plan.contract).labels, data.video_set.dataset.records
    return [labels.index(str(records[index].label)) for index in indices]


def _validation(context: RunContext, data: ClipVideos, plan: ClipPlan, batch_size: int) -> NoisyBatches | None:
    """The clips whose loss history.csv has beside that of training; None where no validation video is long enough."""
    indices = data.split.validation
    try:
        windows = spread_windows(data.windows(indices, plan.window), per_video(len(indices)))
    except DataError as problem:
        context.warn(f"there is no validation loss: {problem.message}")
        return None
    clips = window_batches(data, plan, indices, windows, batch_size=batch_size)
    num_labels = len(generation_output(plan.contract).labels)
    return NoisyBatches(clips, num_labels, class_numbers(data, plan, indices), seed=context.seed * 1000)
