"""``reelwise train FOLDER --model shots``: the shipped detector goes on learning, on a user's videos cut together."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from reelwise.analysis.shots.weights import WEIGHTS_NAME, shipped_weights
from reelwise.cache.folder import cache_root, mark_cache
from reelwise.cache.scratch import scratch_folder
from reelwise.core.backend import available_processors, backend_environment, reproducible
from reelwise.core.errors import DataError, Interruption, UsageError
from reelwise.core.files import write_json
from reelwise.core.interrupt import Termination, whole_imports
from reelwise.core.progress import Progress
from reelwise.core.short_repr import ShortRepr
from reelwise.jobs.detector.recordings import Recording, read_recordings
from reelwise.jobs.runs.device_notes import naming_device_faults, warn_of_unused_device
from reelwise.jobs.runs.folder import claim_folder, make_run_folder
from reelwise.jobs.runs.folder_lock import folder_in_use
from reelwise.jobs.runs.option_checks import check_data, check_numbers, refuse_other_options
from reelwise.jobs.runs.options import TrainOptions
from reelwise.media.find import find_videos

if TYPE_CHECKING:
    from reelwise.jobs.detector.scenes import Scene

MODEL_NAME = "shots"
"""What ``--model`` says to train a shot detector."""

OPTIONS = ("data", "model", "out", "epochs", "seed", "backend", "device", "threads", "cache_dir")
"""The options of ``reelwise train`` that make sense for a detector."""

HELD_OUT_SHARE = 0.2
"""Of the videos, for calibration and for the comparison with the shipped detector."""

NUM_SEQUENCES, NUM_GRADUAL, NUM_VALIDATION = 320, 160, 100
"""Edits to train on, with all kinds of boundaries and with mostly gradual ones, and edits to judge with: 5 minutes on
two processors."""

NUM_EPOCHS = 2
"""Passes over the examples where ``--epochs`` does not say, before the gradual ones are added and again afterwards."""

LEARNING_RATE = 5e-4
"""A quarter of that of a training from nothing, so that what the shipped detector knows stays."""


@dataclass(frozen=True, repr=False)
class DetectorRun(ShortRepr):
    """A trained detector.

    Args:
        path: The folder with ``shots.safetensors`` and ``metrics.json``.
        metrics: metrics.json: the measures of ``metrics/shot_metrics.py``, and the same of the shipped detector under
            ``baselines``.
    """

    path: Path
    metrics: dict[str, Any]

    def facts(self) -> dict[str, str]:
        """Where it is, and how good beside the shipped one."""
        pair = self.metrics, self.metrics["baselines"]["shipped_detector"]
        scores = [metrics["boundaries"]["1"]["f1"] for metrics in pair]
        ours, baseline = ("none" if score is None else f"{score:.3f}" for score in scores)
        return {"path": str(self.path), "boundary_f1": ours, "shipped_detector": baseline}

    @property
    def weights_path(self) -> Path:
        """The file that ``load_weights`` takes."""
        return self.path / WEIGHTS_NAME


def train_shots(options: TrainOptions, progress: Progress) -> DetectorRun:
    """Train a detector on the videos of a folder; no labels are needed, because we cut them together.

    Raises:
        UsageError: An option that makes no sense here, or a folder that is in use.
        DataError: Fewer than two videos can be used.
        CacheError: The cache cannot hold the training examples.
        Interruption: Ctrl-C, SIGTERM or the stop token of ``progress``; nothing is kept.
    """
    check_shots_options(options)
    root = cache_root(options.cache_dir)
    with ExitStack() as stack:
        stack.enter_context(backend_environment(options.backend, options.threads, root, options.device))
        warn_of_unused_device(progress, options.device)
        path = options.out or make_run_folder(options.data)
        stack.enter_context(_interruption(path))
        stack.enter_context(folder_in_use(path))
        claim_folder(path)
        recordings = read_recordings(find_videos(Path(options.data)), progress)
        if len(recordings) < 2:
            usable = "1 video" if recordings else "no video"
            raise DataError(
                f"{options.data}: {usable} can be used, expected two or more, one of them to judge by.",
                hint="Add videos of half a second or more.",
            )
        with reproducible(options.seed), naming_device_faults():
            return _train(options, path, recordings, progress)


def check_shots_options(options: TrainOptions) -> None:
    """Everything about the training of a detector that can be checked without its videos.

    Raises:
        UsageError: An option that makes no sense, a number out of its range, or data that is no folder.
        DataError: Data that is not there.
    """
    refuse_other_options(options, OPTIONS, f"--model {MODEL_NAME}")
    check_numbers(options)
    check_data(options.data)
    if not Path(options.data).is_dir():
        raise UsageError(f"{options.data}: expected a folder of videos.", hint="Labels are not needed.")


def refuse_detector(model: str) -> None:
    """Refuse a ``--model`` that has the shot detector among classifiers, or in a size.

    Raises:
        UsageError: It says how to train the detector.
    """
    names = [name.strip() for name in model.split(",")]
    detectors = [name for name in names if name.partition(":")[0] == MODEL_NAME]
    if not detectors:
        return
    if len(names) > 1:
        problem = (
            f"--model is {model[:60]!r}: {MODEL_NAME} is a detector without labels, and the others are classifiers."
        )
        raise UsageError(problem, hint=f"Train it in a run of its own, with --model {MODEL_NAME}.")
    raise UsageError(f"--model is {model[:60]!r}: the detector has one size.", hint=f"Use --model {MODEL_NAME}.")


@contextmanager
def _interruption(path: Path) -> Iterator[None]:
    """A stop, Ctrl-C and SIGTERM as the error of a job that cannot be resumed."""
    try:
        yield
    except (Interruption, KeyboardInterrupt) as stop:
        is_from_signal = isinstance(stop, Interruption | Termination)
        number = stop.signal_number if is_from_signal else signal.SIGINT.value
        message = f"{path}: stopped before there was a detector."
        raise Interruption(message, hint="Begin again with the same command.", signal_number=number) from None


def _train(options: TrainOptions, path: Path, recordings: list[Recording], progress: Progress) -> DetectorRun:
    # These load Keras, so they are imported only once a back end is chosen.
    with whole_imports():
        from reelwise.jobs.detector.calibrate import measure
        from reelwise.jobs.detector.fit import FitPlan
        from reelwise.jobs.detector.train_detector import DetectorPlan, judge_edits, save_weights, train_detector

    order = np.random.default_rng(options.seed).permutation(len(recordings))
    num_held_out = max(1, round(HELD_OUT_SHARE * len(recordings)))
    held_out, training = (
        [recordings[place] for place in part] for part in (order[:num_held_out], order[num_held_out:])
    )
    num_epochs = NUM_EPOCHS if options.epochs is None else options.epochs
    fit = FitPlan(epochs=num_epochs, learning_rate=LEARNING_RATE, seed=options.seed)
    num_processes = options.threads or available_processors()
    plan = DetectorPlan(NUM_SEQUENCES, NUM_GRADUAL, NUM_VALIDATION, fit, fit, num_processes, options.seed)
    base = shipped_weights()
    root = cache_root(options.cache_dir)
    mark_cache(root)
    with scratch_folder(root, "train") as scratch:
        result = train_detector(
            _scenes(training), _scenes(held_out), plan, scratch=scratch, progress=progress, start=base.arrays
        )
    metrics, baseline = (
        # Other edits than those of the calibration, the same for both.
        measure(
            judge_edits(_scenes(held_out), weights, NUM_VALIDATION, options.seed + 2, progress, title),
            weights.calibration,
        ).as_dict()
        for weights, title in ((result.weights, "evaluate"), (base, "evaluate the shipped detector"))
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
