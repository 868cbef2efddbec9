"""The command line that does a run again."""

import shlex
from pathlib import Path

from reelwise.jobs.runs.options import GenerateOptions, TrainOptions

_LEFT_OUT = ("data", "out", "resume", "cache_dir", "cache_gb")
"""The data stands by itself; the others decide where things lie, or are of one call alone."""


def train_command(options: TrainOptions, path: Path) -> str:
    """The command line that does a run again, in a folder of its own.

    Args:
        options: Of the run.
        path: Its folder.
    """
    defaults = TrainOptions(options.data)
    words = ["reelwise", "train", options.data, *_flags(options, defaults, _LEFT_OUT)]
    if options.seed == defaults.seed:
        words += ["--seed", str(options.seed)]
    return shlex.join([*words, "--out", f"{path}-again"])


def generate_command(options: GenerateOptions) -> str:
    """The command line that makes the same samples again, in a folder of its own.

    Args:
        options: Of the call.
    """
    left_out = ("model", "out", "resume", "cache_dir")
    flags = _flags(options, GenerateOptions(options.model), left_out)
    return shlex.join(["reelwise", "generate", str(options.model), *flags, "--out", f"{options.out}-again"])


def _flags(options: TrainOptions | GenerateOptions, defaults: object, left_out: tuple[str, ...]) -> list[str]:
    """The flags of everything that differs from its default."""
    words: list[str] = []
    for name, value in vars(options).items():
        if name in left_out or value == getattr(defaults, name):
            continue
        flag = "--from" if name.startswith("from_") else f"--{name.replace('_', '-')}"
        if value is True:
            words.append(flag)
        elif name == "from_inputs":
            words += [word for each in value for word in (flag, each)]
        else:
            words += [flag, *(map(str, value) if isinstance(value, tuple) else (str(value),))]
    return words
