"""Checks of the options of a training on clips of videos."""

from collections.abc import Collection

from reelwise.jobs.runs.option_checks import check_training, refuse_other_options
from reelwise.jobs.runs.options import EvaluateOptions, TrainOptions

_FOR_EVALUATION = (
    "model", "data", "out", "group", "seed", "backend", "device", "threads", "cache_dir", "cache_gb", "frame_rate",
)  # fmt: skip


def check_clip_evaluation(options: EvaluateOptions, purpose: str, also_usable: Collection[str] = ()) -> None:
    """Refuse options of an evaluation that models of clips have no use for.

    Args:
        options: Of the command.
        purpose: What they have none for, such as ``models that predict frames``.
        also_usable: Names of options that these models have a use for beside those of all.

    Raises:
        UsageError: It names the flag.
    """
    refuse_other_options(options, (*_FOR_EVALUATION, *also_usable), purpose)


def check_clip_options(options: TrainOptions, usable: Collection[str], purpose: str) -> None:
    """Everything about a training that can be checked without the data.

    Args:
        options: Of the command.
        usable: Names of those that have a meaning.
        purpose: What the others have none for, such as ``models that predict frames``.

    Raises:
        UsageError: An option out of its range, or one without a meaning here.
        DataError: Data or a list of splits that is not there.
    """
    refuse_other_options(options, usable, purpose)
    check_training(options)
