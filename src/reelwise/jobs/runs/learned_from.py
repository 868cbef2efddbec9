"""Whether a model is tested on videos that it was trained on."""

from collections.abc import Callable

from reelwise.core.errors import ModelFileError
from reelwise.core.progress import Progress
from reelwise.evaluation.training_videos import TrainingVideos
from reelwise.evaluation.verdict import training_videos_caution
from reelwise.inference.model import Model
from reelwise.jobs.runs.decoding import VideoSet


def num_learned_from(
    model: Model,
    video_set: VideoSet,
    progress: Progress,
    caution: Callable[[int, int], str] = training_videos_caution,
) -> int | None:
    """How many of these videos the model was trained on, with a warning; None when its file does not say.

    Args:
        model: Loaded.
        video_set: The videos that it is tested on.
        progress: Shows the warning.
        caution: The warning, from how many it was trained on of how many.
    """
    contents = [video_set.contents[record.name] for record in video_set.dataset.records]
    try:
        training_videos = TrainingVideos.from_arrays(model.arrays)
    except ModelFileError as problem:
        progress.warn(f"whether the model was trained on these videos is not known: {problem.message}")
        return None
    count = training_videos.count(contents)
    if count is None:
        progress.log(
            "The model file does not list all its training videos; if these are among them, the score is too good."
        )
    elif count:
        progress.warn(f"{caution(count, len(contents))}.")
    return count
