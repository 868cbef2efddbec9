"""New video, shown on clips that are made for it: one model goes on from clips, another draws new ones by class."""

import csv
import time
from dataclasses import dataclass
from pathlib import Path

from reelwise.core.progress import Progress
from reelwise.jobs.documents import DemoMetrics
from reelwise.jobs.generate import GeneratedSamples, generate_job
from reelwise.jobs.runs.folder import Run, make_numbered_folder
from reelwise.jobs.runs.option_checks import check_numbers
from reelwise.jobs.runs.options import DemoOptions, GenerateOptions, TrainOptions
from reelwise.jobs.runs.synthetic_data import data_folder
from reelwise.jobs.train import train_job

PREDICTION_DATA, PREDICTION_MODEL = "synthetic:moving_digits", "simvp:nano"
GENERATION_DATA, GENERATION_MODEL = "synthetic:moving_digit", "flowdit:nano"

_PREDICTION_SECONDS = 70
"""Training of the first model on two quiet cores: enough for a lead of decibels over the simple rules. More only fits
the clips of the training."""

_ALL_SECONDS = 460
"""Of both models and all that is around them: eight minutes, with the start of the program and a reserve."""

_AROUND = 3.1
"""What is around the second training, its judge above all, takes so many times as long as what is around the first."""

_SHORTEST, _LONGEST = 60, 250
"""Seconds of the second training: where all of the first was there already, it need not be longer."""

NUM_CONTINUED = 8
"""Test clips that the first model goes on from."""

NUM_FRAMES = 16
"""Frames that it makes of each: twice as many as the network gives at once, so that it rolls on from its own."""

_AT_SECONDS = 0.48
"""Where in a clip of 1.6 s it goes on: behind enough frames to be given, before enough to compare with."""

_FRAME_RATE = 10.0
"""Of what is written, slow enough to be looked at."""

_NUM_DRAWN = 8
"""Clips that the second model draws."""

_DIGIT = "3"
"""What it draws."""


@dataclass(frozen=True)
class DemoPart:
    """What one model made.

    Args:
        run: The trained model.
        samples: What it made.
    """

    run: Run
    samples: GeneratedSamples


@dataclass(frozen=True)
class GenerationDemo:
    """What the demo made.

    Args:
        predictor: Two digits that go on.
        generator: One digit by class.
    """

    predictor: DemoPart
    generator: DemoPart

    @property
    def document(self) -> DemoMetrics:
        """What ``--json`` prints."""
        metrics = self.predictor.run.metrics, self.generator.run.metrics
        return {"schema": "reelwise/demo/1", "predictor": metrics[0], "generator": metrics[1]}


def generation_demo_job(options: DemoOptions, progress: Progress) -> GenerationDemo:
    """Train a model that predicts frames of two moving digits, and one that draws a moving digit; judge and use both.

    Each demo gets a folder of its own below ``out``; nothing is overwritten.

    Args:
        options: Of the command.
        progress: Shows how far it is.
    """
    check_numbers(options)
    folder, start = make_numbered_folder(options.out, "demo"), time.monotonic()
    predictor = _prediction(options, folder, progress)
    budget = generation_seconds(time.monotonic() - start)
    return GenerationDemo(predictor, _generation(options, folder, progress, budget))


def generation_seconds(first_seconds: float) -> int:
    """Seconds to train the second model, on a machine of any speed.

    Args:
        first_seconds: Seconds that the first one took, with its data and all that it was judged by.

    Example:
        >>> generation_seconds(100), generation_seconds(130), generation_seconds(300)
        (250, 144, 60)
    """
    left = _ALL_SECONDS - first_seconds - _AROUND * max(0.0, first_seconds - _PREDICTION_SECONDS)
    return round(min(_LONGEST, max(_SHORTEST, left)))


def _prediction(options: DemoOptions, folder: Path, progress: Progress) -> DemoPart:
    run = _train(options, folder / "prediction", PREDICTION_DATA, PREDICTION_MODEL, _PREDICTION_SECONDS, progress)
    clips = Path(data_folder(PREDICTION_DATA, folder / "cache", options.seed, progress))
    generate_options = GenerateOptions(
        run.path, out=folder / "continued", from_inputs=tuple(str(clips / name) for name in _test_clips(run.path)),
        at=_AT_SECONDS, frames=NUM_FRAMES, fps=_FRAME_RATE, backend=options.backend, threads=options.threads,
        cache_dir=folder / "cache", device=options.device,
    )  # fmt: skip
    return DemoPart(run, generate_job(generate_options, progress))


def _generation(options: DemoOptions, folder: Path, progress: Progress, seconds: int) -> DemoPart:
    run = _train(options, folder / "generation", GENERATION_DATA, GENERATION_MODEL, seconds, progress)
    generate_options = GenerateOptions(
        run.path, out=folder / "drawn", label=_DIGIT, num=_NUM_DRAWN, fps=_FRAME_RATE, seed=options.seed,
        backend=options.backend, threads=options.threads, cache_dir=folder / "cache", device=options.device,
    )  # fmt: skip
    return DemoPart(run, generate_job(generate_options, progress))


def _train(options: DemoOptions, out: Path, data: str, model: str, seconds: int, progress: Progress) -> Run:
    train_options = TrainOptions(
        data, model=model, frame_stride=1, budget=f"{seconds}s", out=out, seed=options.seed, backend=options.backend,
        threads=options.threads, cache_dir=out.parent / "cache", device=options.device,
    )  # fmt: skip
    return train_job(train_options, progress)


def _test_clips(path: Path) -> list[str]:
    """Names of test clips of a run, evenly spread over their classes."""
    with (path / "splits.csv").open(newline="", encoding="utf-8") as stream:
        names = [row["file"] for row in csv.DictReader(stream) if row["split"] == "test"]
    return names[:: max(1, len(names) // NUM_CONTINUED)][:NUM_CONTINUED]
