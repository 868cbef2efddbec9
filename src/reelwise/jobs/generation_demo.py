"""New video, shown on clips that are made for it: a model that predicts frames goes on from clips it has not seen."""

import csv
from dataclasses import dataclass
from pathlib import Path

from reelwise.core.progress import Progress
from reelwise.jobs.generate import GeneratedSamples, generate_job
from reelwise.jobs.runs.folder import Run, free_folder
from reelwise.jobs.runs.option_checks import check_numbers
from reelwise.jobs.runs.options import DemoOptions, GenerateOptions, TrainOptions
from reelwise.jobs.runs.synthetic_data import data_folder
from reelwise.jobs.train import train_job

DATA = "synthetic:moving_digits"

MODEL = "simvp:nano"

BUDGET = "150s"
"""Of two quiet cores: enough for a lead of decibels over the simple rules."""

NUM_CONTINUED = 8
"""Test clips that the model goes on from."""

NUM_FRAMES = 16
"""Frames that it makes of each: twice as many as the network gives at once, so that it rolls on from its own."""

_AT_SECONDS = 0.48
"""Where in a clip of 1.6 s it goes on: behind enough frames to be given, before enough to compare with."""


@dataclass(frozen=True)
class GenerationDemo:
    """What the demo made.

    Args:
        run: The trained model.
        samples: What it made.
    """

    run: Run
    samples: GeneratedSamples


def generation_demo_job(options: DemoOptions, progress: Progress) -> GenerationDemo:
    """Train a model that predicts frames of two moving digits, judge it, and let it go on from test clips.

    Each demo gets a folder of its own below ``out``; nothing is overwritten.

    Args:
        options: Of the command.
        progress: Shows how far it is.
    """
    check_numbers(options)
    folder = free_folder(options.out)
    train_options = TrainOptions(
        DATA, model=MODEL, frame_stride=1, budget=BUDGET, out=folder / "run", seed=options.seed,
        backend=options.backend, threads=options.threads, cache_dir=folder / "cache", device=options.device,
    )  # fmt: skip
    run = train_job(train_options, progress)
    clips = Path(data_folder(DATA, folder / "cache", options.seed, progress))
    generate_options = GenerateOptions(
        run.path, out=folder / "new-video", from_inputs=tuple(str(clips / name) for name in _test_clips(run.path)),
        at=_AT_SECONDS, frames=NUM_FRAMES, fps=10.0, backend=options.backend, threads=options.threads,
        cache_dir=folder / "cache", device=options.device,
    )  # fmt: skip
    return GenerationDemo(run, generate_job(generate_options, progress))


def _test_clips(path: Path) -> list[str]:
    """Names of test clips of a run, evenly spread over their classes."""
    with (path / "splits.csv").open(newline="", encoding="utf-8") as stream:
        names = [row["file"] for row in csv.DictReader(stream) if row["split"] == "test"]
    return names[:: max(1, len(names) // NUM_CONTINUED)][:NUM_CONTINUED]
