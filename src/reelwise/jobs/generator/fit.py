"""Train one network that makes clips."""

from reelwise.datasets.noisy_batches import NoisyBatches
from reelwise.datasets.window_batches import WindowBatches
from reelwise.generation.flow_matching import FlowObjective
from reelwise.jobs.clips.fit import AfterEpoch, TrainingStart, clips_to_fit, fit_clips
from reelwise.jobs.clips.plan import ClipPlan
from reelwise.jobs.clips.videos import ClipVideos
from reelwise.jobs.runs.context import RunContext
from reelwise.tasks.generation import generation_output
from reelwise.training.batches import TrainingData
from reelwise.training.fit import FitResult


def fit_generator(
    context: RunContext, data: ClipVideos, plan: ClipPlan, start: TrainingStart, after_epoch: AfterEpoch
) -> FitResult:
    """Train one network.

    Args:
        context: The run.
        data: All videos.
        plan: Model and configuration, with the classes.
        start: Whether to resume, and the time for it.
        after_epoch: Sees the network after each epoch.

    Raises:
        LossNotFinite: The loss is NaN or infinite; it carries the last good weights.
        DataError: No training video is long enough for a clip.
    """
    num_labels = len(generation_output(plan.contract).labels)

    def with_noise(clips: WindowBatches, indices: tuple[int, ...]) -> NoisyBatches:
        return NoisyBatches(clips, class_numbers(data, plan, indices), num_labels, seed=context.seed * 1000)

    clips, split = clips_to_fit(context, data, plan, start), data.split
    validation = None if clips.validation is None else with_noise(clips.validation, split.validation)
    batches = TrainingData(with_noise(clips.train, split.train), validation)
    return fit_clips(context, data, plan, FlowObjective(), (batches, clips.config), start, after_epoch)


def class_numbers(data: ClipVideos, plan: ClipPlan, indices: tuple[int, ...]) -> list[int] | None:
    """The numbers of the classes of some videos; None where there are no classes.

    Args:
        data: All videos.
        plan: With the classes.
        indices: Of the videos.
    """
    labels, records = generation_output(plan.contract).labels, data.video_set.dataset.records
    return [labels.index(str(records[index].label)) for index in indices] if labels else None
