"""``reelwise train FOLDER --model shots``: the shipped detector goes on learning, on a user's videos cut together."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from reelwise.analysis.shots.weights import shipped_weights
from reelwise.cache.folder import cache_root
from reelwise.core.backend import available_processors, backend_environment, reproducible
from reelwise.core.errors import DataError, UsageError
from reelwise.core.files import write_json
from reelwise.core.progress import Progress
from reelwise.jobs.detector.recordings import Recording, read_recordings
from reelwise.jobs.runs.folder import claim_folder, new_run_path
from reelwise.jobs.runs.options import TrainOptions
from reelwise.media.find import find_videos

if TYPE_CHECKING:
    from reelwise.jobs.detector.scenes import Scene

MODEL_NAME = "shots"
"""What ``--model`` says to train a shot detector."""

WEIGHTS_NAME = "shots.safetensors"

OPTIONS = ("data", "model", "out", "epochs", "seed", "backend", "threads", "cache_dir", "cache_gb")
"""The options of ``reelwise train`` that make sense for a detector."""

HELD_OUT_SHARE = 0.2
"""Of the videos, for calibration and for the comparison with the shipped detector."""

NUM_SEQUENCES, NUM_GRADUAL, NUM_VALIDATION = 320, 160, 100
"""Edits to train on, with all kinds of boundaries and with mostly gradual ones, and edits to judge with: 5 minutes on
two processors."""

LEARNING_RATE = 5e-4
"""A quarter of that of a training from nothing, so that what the shipped detector knows stays."""


@dataclass(frozen=True)
class DetectorRun:
    """A trained detector.

    Args:
        path: The folder with ``shots.safetensors`` and ``metrics.json``.
        metrics: metrics.json: the measures of ``metrics/shot_metrics.py``, and the same of the shipped detector under
            ``baselines``.
    """

    path: Path
    metrics: dict[str, Any]

    @property
    def weights_path(self) -> Path:
        """The file that ``load_weights`` takes."""
        return self.path / WEIGHTS_NAME


def train_shots(options: TrainOptions, progress: Progress) -> DetectorRun:
    """Train a detector on the videos of a folder; no labels are needed, because we cut them together.

    Raises:
        UsageError: An option that makes no sense here, or a folder that is in use.
        DataError: Fewer than two videos can be used.
    """
    check_shots_options(options)
    path = options.out or new_run_path(options.data)
    claim_folder(path)
    recordings = read_recordings(find_videos(Path(options.data)), progress)
    if len(recordings) < 2:
        raise DataError(
            f"{options.data}: {len(recordings)} videos can be used, expected two or more, one of them to judge by.",
            hint="Add videos of half a second or more.",
        )
    with (
        backend_environment(options.backend, options.threads, cache_root(options.cache_dir)),
        reproducible(options.seed),
    ):
        return _train(options, path, recordings, progress)


def check_shots_options(options: TrainOptions) -> None:
    """Refuse by name what a detector has no use for.

    Raises:
        UsageError: An option that differs from its default and makes no sense, or data that is no folder.
    """
    for field in dataclasses.fields(options):
        if field.name not in OPTIONS and getattr(options, field.name) != field.default:
            flag = "--" + field.name.removesuffix("_model").replace("_", "-")
            raise UsageError(f"{flag} makes no sense for --model {MODEL_NAME}.", hint="Leave it out.")
    if not Path(options.data).is_dir():
        raise UsageError(f"{options.data}: expected a folder of videos.", hint="Labels are not needed.")


def _train(options: TrainOptions, path: Path, recordings: list[Recording], progress: Progress) -> DetectorRun:
    # These load Keras, so they are imported only once a back end is chosen.
    from reelwise.jobs.detector.calibrate import measure
    from reelwise.jobs.detector.fit import FitPlan
    from reelwise.jobs.detector.train_detector import DetectorPlan, save_weights, train_detector, validation_videos

    order = np.random.default_rng(options.seed).permutation(len(recordings))
    num_held_out = max(1, round(HELD_OUT_SHARE * len(recordings)))
    held_out, training = (
        [recordings[place] for place in part] for part in (order[:num_held_out], order[num_held_out:])
    )
    fit = FitPlan(epochs=options.epochs or 2, learning_rate=LEARNING_RATE, seed=options.seed)
    num_processes = options.threads or available_processors()
    plan = DetectorPlan(NUM_SEQUENCES, NUM_GRADUAL, NUM_VALIDATION, fit, fit, num_processes, options.seed)
    progress.stage("train")
    base = shipped_weights()
    result = train_detector(_scenes(training), _scenes(held_out), plan, start=base.arrays, on_progress=progress.log)
    progress.stage("evaluate")
    # Other edits than those of the calibration, the same for both.
    seed = options.seed + 2
    metrics, baseline = (
        measure(validation_videos(_scenes(held_out), weights, NUM_VALIDATION, seed), weights.calibration).as_dict()
        for weights in (result.weights, base)
    )
    document = {**metrics, "baselines": {"shipped_detector": baseline}}
    facts = {"seed": options.seed, "start": "shipped", "training": _names(training), "held_out": _names(held_out)}
    save_weights(path / WEIGHTS_NAME, result.weights, facts)
    write_json(path / "metrics.json", document)
    return DetectorRun(path, document)


def _scenes(recordings: list[Recording]) -> "list[Scene]":
    return [scene for recording in recordings for scene in recording.scenes]


def _names(recordings: list[Recording]) -> list[str]:
    return [recording.path.name for recording in recordings]
