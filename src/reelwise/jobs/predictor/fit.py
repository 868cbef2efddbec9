"""Train one network that predicts frames."""

from reelwise.jobs.clips.fit import TrainingStart, clips_to_fit, fit_clips
from reelwise.jobs.clips.plan import ClipPlan
from reelwise.jobs.clips.videos import ClipVideos
from reelwise.jobs.runs.context import RunContext
from reelwise.training.batches import TrainingData
from reelwise.training.fit import FitResult
from reelwise.training.frames_objective import FramesObjective


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
    clips = clips_to_fit(context, data, plan, start)
    batches = TrainingData(clips.train, clips.validation)
    return fit_clips(context, data, plan, FramesObjective(), (batches, clips.config), start)
