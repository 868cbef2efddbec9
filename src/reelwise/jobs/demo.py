"""The whole job on synthetic clips: shows that everything works, and what comes out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reelwise.core.progress import Progress
from reelwise.core.results import Prediction
from reelwise.jobs.runs.folder import Run, make_numbered_folder
from reelwise.jobs.runs.option_checks import check_numbers
from reelwise.jobs.runs.options import DemoOptions, PredictOptions, TrainOptions
from reelwise.jobs.runs.synthetic_data import make_clips

NUM_CLIPS = 72
"""Clips to train on and to test with: enough for a model that beats its baselines within minutes on a CPU."""
NUM_NEW_CLIPS = 3
"""Clips to predict afterwards: one of most classes."""


@dataclass(frozen=True)
class Demo:
    """What the demo made.

    Args:
        clips: Folder of the clips that the model was trained on.
        run: The run.
        predictions: Of clips that were made after training.
    """

    clips: Path
    run: Run
    predictions: tuple[Prediction, ...]

    @property
    def document(self) -> dict[str, Any]:
        """What ``--json`` prints: metrics.json."""
        return self.run.metrics


def demo_job(options: DemoOptions, progress: Progress) -> Demo:
    """Make clips, train and evaluate a model, and let it predict clips that it was not trained on.

    Each demo gets a folder of its own below ``out``; nothing is overwritten.
    """
    from reelwise.jobs.predict import predict_job
    from reelwise.jobs.train import train_job

    check_numbers(options)
    folder = make_numbered_folder(options.out, "demo")
    clips = folder / "clips"
    make_clips(clips, NUM_CLIPS, options.seed, progress)
    train_options = TrainOptions(
        str(clips), out=folder / "run", seed=options.seed, backend=options.backend, threads=options.threads,
        cache_dir=folder / "cache", device=options.device,
    )  # fmt: skip
    run = train_job(train_options, progress)
    new = folder / "new-clips"
    make_clips(new, NUM_NEW_CLIPS, options.seed + 1, progress)
    predict_options = PredictOptions(
        run.path, (str(new),), cache_dir=folder / "cache", backend=options.backend, device=options.device
    )
    return Demo(clips, run, tuple(predict_job(predict_options, progress)))
