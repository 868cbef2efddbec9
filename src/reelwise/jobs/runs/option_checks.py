"""Checks of numbers and data names that every command shares, made before any work is done."""

import dataclasses
from collections.abc import Collection
from pathlib import Path
from typing import Any

from reelwise.core.devices import PRECISIONS
from reelwise.core.errors import DataError, UsageError
from reelwise.core.local_paths import not_a_file
from reelwise.jobs.runs.durations import parse_duration
from reelwise.jobs.runs.options import TrainOptions
from reelwise.jobs.runs.synthetic_data import SYNTHETIC_PREFIX, check_synthetic

RANGES: dict[str, tuple[float, float]] = {
    "epochs": (1, 100_000),
    "batch_size": (1, 4096),
    "size": (16, 512),
    "num_frames": (1, 256),
    "num_targets": (1, 255),
    "frame_stride": (1, 1000),
    "folds": (2, 100),
    "views": (1, 100),
    "top": (1, 1000),
    "keyframes": (1, 20),
    "min_shot": (0, 100_000),
    "sensitivity": (0, 1),
    "min_score": (0, 1),
    "num": (1, 10_000),
    "frames": (1, 2000),
    "at": (0, 1_000_000),
    "fps": (0.1, 240),
    "steps": (1, 1000),
    "guidance": (0, 100),
    "threads": (1, 1024),
    "seed": (0, 4_000_000),
}
"""Lowest and highest value of each numeric option. The seeds of a run's trainings are 1000 times the seed and more,
and must fit 32 bits; the other upper ends only catch slips of the finger."""


def check_numbers(options: Any) -> None:
    """Refuse a number out of its range, in the options of any command.

    Raises:
        UsageError: It names the flag, what was got and what may be given.
    """
    for field, (low, high) in RANGES.items():
        value = getattr(options, field, None)
        if value is not None and not low <= value <= high:
            flag = "--" + field.replace("_", "-")
            raise UsageError(f"{flag} is {value}, expected {low:,} to {high:,}.", hint=f"Leave {flag} out.")
    gigabytes = getattr(options, "cache_gb", 1.0)
    if not gigabytes > 0:
        raise UsageError(f"--cache-gb is {gigabytes:g}, expected more than 0.", hint="Leave --cache-gb out.")


def check_training(options: TrainOptions) -> None:
    """What every training checks of its options, whatever it trains.

    Args:
        options: Of the command.

    Raises:
        UsageError: An option out of its range.
        DataError: Data or a list of splits that is not there.
    """
    check_numbers(options)
    if options.image_features not in ("auto", "on", "off"):
        text = f"--image-features is {options.image_features!r}, expected auto, on or off."
        raise UsageError(text, hint="Leave --image-features out.")
    if options.flip not in ("auto", "on", "off"):
        raise UsageError(f"--flip is {options.flip!r}, expected auto, on or off.", hint="Leave --flip out.")
    if options.precision not in PRECISIONS:
        hint = "Leave --precision out."
        raise UsageError(f"--precision is {options.precision!r}, expected auto, float32 or bfloat16.", hint=hint)
    parse_duration(options.budget)
    check_data(options.data)
    if options.splits is not None and not options.splits.is_file():
        raise DataError(not_a_file(options.splits), hint="Give --splits a CSV with the columns file,split.")


def refuse_other_options(options: Any, usable: Collection[str], purpose: str, hint: str = "Leave it out.") -> None:
    """Refuse by name an option that a part of a verb has no use for; a new option is refused until it is listed.

    Args:
        options: Of a command; only what differs from its default counts as given.
        usable: Names of the fields that have a meaning.
        purpose: What the others have none for, such as ``"--model shots"``.
        hint: What to do about it.

    Raises:
        UsageError: It names the flag.
    """
    for field in dataclasses.fields(options):
        if field.name not in usable and getattr(options, field.name) != field.default:
            # `from` is a Python keyword, so such fields are called from_model or from_inputs.
            flag = "--from" if field.name.startswith("from_") else "--" + field.name.replace("_", "-")
            raise UsageError(f"{flag} makes no sense for {purpose}.", hint=hint)


def check_data(data: str) -> None:
    """Refuse data that is not there.

    Raises:
        UsageError: The name is empty, or an unknown synthetic set.
        DataError: There is no such file or folder.
    """
    if not data.strip():
        raise UsageError("DATA is empty.", hint="Name a folder of class folders, or a CSV list. A dot is this folder.")
    if data.startswith(SYNTHETIC_PREFIX):
        check_synthetic(data)
    elif not Path(data).exists():
        raise DataError(f"{data}: there is no such file or folder.", hint="Check the name; quote it if it has blanks.")
