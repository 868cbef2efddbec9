"""Which options of a training a model that makes clips has a use for."""

from reelwise.core.errors import UsageError
from reelwise.jobs.clips.option_checks import check_clip_options
from reelwise.jobs.runs.options import TrainOptions

USABLE = (
    "data", "model", "task", "out", "epochs", "batch_size", "size", "num_frames", "frame_stride", "group", "splits",
    "budget", "resume", "seed", "flip", "from_model", "device", "precision", "backend", "threads", "cache_dir",
    "cache_gb", "frame_rate",
)  # fmt: skip


def check_options(options: TrainOptions) -> None:
    """Everything about a training that can be checked without the data.

    Raises:
        UsageError: An option out of its range, or one that such models have no use for.
        DataError: Data or a list of splits that is not there.
    """
    check_clip_options(options, USABLE, "models that make clips")
    if options.num_frames is not None and options.num_frames < 2:
        raise UsageError("--num-frames is 1, expected 2 or more: a single frame does not move.", hint="Use 8.")
