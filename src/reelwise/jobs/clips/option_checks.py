"""Checks of the options of a training on clips of videos."""

from collections.abc import Collection

from reelwise.core.devices import PRECISIONS
from reelwise.core.errors import DataError, UsageError
from reelwise.jobs.runs.durations import parse_duration
from reelwise.jobs.runs.option_checks import check_data, check_numbers, refuse_other_options
from reelwise.jobs.runs.options import TrainOptions


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
    check_numbers(options)
    if options.flip not in ("auto", "on", "off"):
        raise UsageError(f"--flip is {options.flip!r}, expected auto, on or off.", hint="Leave --flip out.")
    if options.precision not in PRECISIONS:
        hint = "Leave --precision out."
        raise UsageError(f"--precision is {options.precision!r}, expected auto, float32 or bfloat16.", hint=hint)
    parse_duration(options.budget)
    check_data(options.data)
    if options.splits is not None and not options.splits.is_file():
        raise DataError(
            f"{options.splits}: there is no such file.", hint="Give --splits a CSV with the columns file,split."
        )
