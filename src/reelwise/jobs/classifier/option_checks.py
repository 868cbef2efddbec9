"""What can be known to be wrong with options before any work is done, and before any folder is made."""

from pathlib import Path
from typing import Any

from reelwise.core.errors import DataError, UsageError
from reelwise.core.modalities import TASKS
from reelwise.jobs.runs.made_clips import SYNTHETIC_PREFIX, check_synthetic
from reelwise.jobs.runs.options import TrainOptions

# Lowest and highest value of each number. Seeds of the parts of a run are made from the seed, and must fit 32 bits.
RANGES: dict[str, tuple[float, float]] = {
    "epochs": (1, 100_000),
    "batch_size": (1, 4096),
    "size": (16, 512),
    "num_frames": (1, 256),
    "frame_stride": (1, 1000),
    "folds": (2, 100),
    "views": (1, 100),
    "top": (1, 1000),
    "threads": (1, 1024),
    "seed": (0, 4_000_000),
}


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


def check_data(data: str) -> None:
    """Refuse data that is not there.

    Raises:
        UsageError: No name was given, or an unknown synthetic set.
        DataError: There is no such file or folder.
    """
    if not data.strip():
        raise UsageError("DATA is empty.", hint="Name a folder of class folders, or a CSV list. A dot is this folder.")
    if data.startswith(SYNTHETIC_PREFIX):
        check_synthetic(data)
    elif not Path(data).exists():
        raise DataError(f"{data}: there is no such file or folder.", hint="Check the name; quote it if it has blanks.")


def check_options(options: TrainOptions) -> None:
    """Everything about a training that needs no look into the data.

    Raises:
        UsageError: An option out of its range, or a model that is not in the catalogue.
        DataError: Data or a list of splits that is not there.
    """
    from reelwise.jobs.classifier.input_plan import check_parts
    from reelwise.jobs.runs.durations import parse_duration
    from reelwise.models.catalogue import parse_model_name

    for name in options.model.split(","):
        if name.strip() not in ("", "auto"):
            parse_model_name(name.strip())
    check_numbers(options)
    if options.task not in ("auto", *TASKS):
        raise UsageError(f"--task is {options.task!r}, expected auto, {', '.join(TASKS)}.", hint="Leave --task out.")
    check_parts(options)
    if options.flip not in ("auto", "on", "off"):
        raise UsageError(f"--flip is {options.flip!r}, expected auto, on or off.", hint="Leave --flip out.")
    if options.folds is not None and options.splits is not None:
        raise UsageError("--folds and --splits were both given.", hint="Leave one of them out.")
    parse_duration(options.budget)
    _check_extractor(options)
    check_data(options.data)
    if options.splits is not None and not options.splits.is_file():
        raise DataError(
            f"{options.splits}: there is no such file.", hint="Give --splits a CSV with the columns file,split."
        )


def _check_extractor(options: TrainOptions) -> None:
    """Weights for a frozen part are there where they are needed, and only there."""
    from reelwise.jobs.classifier.recipe import find_extractor
    from reelwise.models.catalogue import parse_model_name

    path = options.extractor_weights
    if path is not None and options.download_weights:
        text = "--extractor-weights and --download-weights were both given."
        raise UsageError(text, hint="Leave one of them out.")
    if path is not None and not path.is_file():
        raise UsageError(f"{path}: there is no such file.", hint="Check the spelling of --extractor-weights.")
    names = [name.strip() for name in options.model.split(",") if name.strip() not in ("", "auto")]
    looking = [name for name in names if parse_model_name(name)[0].frozen_extractor]
    if (path is not None or options.download_weights) and not looking:
        flag = "--download-weights" if path is None else "--extractor-weights"
        raise UsageError(f"{flag} was given, but {options.model} learns all of its weights.", hint=f"Leave {flag} out.")
    if options.from_model is None:  # else its contract must be read first, and the recipe asks again
        for name in looking:
            find_extractor(options, name, None)
