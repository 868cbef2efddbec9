"""The command line that does a run again."""

import shlex
from pathlib import Path

from reelwise.jobs.runs.options import TrainOptions

_LEFT_OUT = ("data", "out", "resume", "cache_dir", "cache_gb")
"""The data stands by itself; the others decide where things lie, or are of one call alone."""


def train_command(options: TrainOptions, path: Path) -> str:
    """The command line that does a run again, in a folder of its own.

    Args:
        options: Of the run.
        path: Its folder.
    """
    defaults = TrainOptions(options.data)
    words = ["reelwise", "train", options.data]
    for name, value in vars(options).items():
        if name in _LEFT_OUT or value == getattr(defaults, name):
            continue
        flag = "--from" if name == "from_model" else f"--{name.replace('_', '-')}"
        words += [flag] if value is True else [flag, str(value)]
    if options.seed == defaults.seed:
        words += ["--seed", str(options.seed)]
    return shlex.join([*words, "--out", f"{path}-again"])
