"""Which options of a training a model of frames has a use for."""

from reelwise.jobs.clips.option_checks import check_clip_options
from reelwise.jobs.runs.options import TrainOptions

USABLE = (
    "data", "model", "task", "out", "epochs", "batch_size", "size", "num_frames", "num_targets", "frame_stride",
    "group", "splits", "budget", "resume", "seed", "flip", "from_model", "device", "precision", "backend", "threads",
    "cache_dir", "cache_gb", "frame_rate",
)  # fmt: skip


def check_options(options: TrainOptions) -> None:
    """Everything about a training that can be checked without the data.

    Raises:
        UsageError: An option out of its range, or one that models of frames have no use for.
        DataError: Data or a list of splits that is not there.
    """
    check_clip_options(options, USABLE, "models that predict frames")
