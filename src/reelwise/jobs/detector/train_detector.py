"""Trains a shot detector: makes examples, fits the network, calibrates its scores, measures it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from safetensors.numpy import save_file

from reelwise.analysis.shots.decoding import Calibration
from reelwise.analysis.shots.weights import DetectorWeights
from reelwise.core.progress import Progress
from reelwise.jobs.detector.calibrate import JudgedVideo, calibrate, judge, measure
from reelwise.jobs.detector.edits import gradual_style
from reelwise.jobs.detector.examples import SEQUENCE_FRAMES, ExamplePlan, Examples, make_examples
from reelwise.jobs.detector.fit import FitPlan, fit_detector
from reelwise.jobs.detector.scenes import Scene
from reelwise.jobs.detector.sequences import make_sequence, transitions_of
from reelwise.metrics.shot_metrics import ShotMetrics

Teach = Callable[[Examples, Sequence[Scene], ExamplePlan], Examples]
"""Gives examples softer targets; takes the scenes and the plan that they were made from."""

VALIDATION_SEED = 1
"""Added to the seed for the edits that scores are calibrated on."""

GRADUAL_SEED = 100
"""Added to the seed for the examples of editors who hardly ever cut."""


@dataclass(frozen=True)
class DetectorPlan:
    """How to train a detector.

    Args:
        num_sequences: Training examples of 448 frames by all kinds of editors.
        num_gradual: And by editors who hardly ever cut.
        num_validation: Edits of held-out scenes for calibration.
        fit: How the network is fitted to the first kind of examples; 0 epochs: weights to go on from are calibrated
            alone.
        refine: How it is fitted to both kinds afterwards.
        num_processes: Processes that make examples; the result does not depend on it.
        seed: Of all chance.
    """

    num_sequences: int = 1000
    num_gradual: int = 600
    num_validation: int = 160
    fit: FitPlan = field(default_factory=FitPlan)
    refine: FitPlan = field(default_factory=lambda: FitPlan(epochs=1.5, learning_rate=1e-3))
    num_processes: int = 2
    seed: int = 0


@dataclass(frozen=True, eq=False)
class TrainedDetector:
    """A detector and how good it is.

    Args:
        weights: With their calibration.
        metrics: On the edits that it was calibrated on.
    """

    weights: DetectorWeights
    metrics: ShotMetrics


def train_detector(
    training: Sequence[Scene],
    validation: Sequence[Scene],
    plan: DetectorPlan,
    *,
    scratch: Path,
    progress: Progress,
    start: Mapping[str, np.ndarray] | None = None,
    teach: Teach | None = None,
) -> TrainedDetector:
    """Train a detector.

    Args:
        training: Scenes whose takes are cut together; made-up ones are added.
        validation: Scenes for calibration, none of them in ``training``.
        plan: How.
        scratch: An empty folder for the examples, 400 kB for each.
        progress: Has the stages "make examples", "train", "train on gradual ones too" and "calibrate"; it is told of
            every step, so that a stop is heard.
        start: Weights to go on from; None for new ones.
        teach: Softens the exact targets by what another detector says; None leaves them.
    """
    arrays = start
    if arrays is None or plan.fit.epochs:
        arrays = _fit(_all_examples(scratch, training, plan, teach, progress), plan, start, progress)
    raw = DetectorWeights(arrays, Calibration())
    videos = judge_edits(
        validation, raw, plan.num_validation, plan.seed + VALIDATION_SEED, progress, "predict held-out edits"
    )
    progress.stage("calibrate")
    calibration = calibrate(videos, lambda step, total: progress.update(step, total, "thresholds"))
    return TrainedDetector(DetectorWeights(arrays, calibration), measure(videos, calibration))


def _all_examples(
    scratch: Path, training: Sequence[Scene], plan: DetectorPlan, teach: Teach | None, progress: Progress
) -> list[Examples]:
    """Examples of all kinds of editors, then those of editors who hardly ever cut."""
    progress.stage("make examples")
    examples: list[Examples] = []
    total = plan.num_sequences + plan.num_gradual
    for name, kind in (
        ("all", ExamplePlan(plan.num_sequences, plan.seed)),
        ("gradual", ExamplePlan(plan.num_gradual, plan.seed + GRADUAL_SEED, gradual_style)),
    ):
        num_before = sum(map(len, examples))

        def note(num_done: int, num_before: int = num_before) -> None:
            progress.update(num_before + num_done, total, "sequences")

        folder = scratch / name
        folder.mkdir()
        exact = make_examples(folder, training, kind, plan.num_processes, note)
        examples.append(exact if teach is None else teach(exact, training, kind))
    return examples


def _fit(
    examples: Sequence[Examples], plan: DetectorPlan, start: Mapping[str, np.ndarray] | None, progress: Progress
) -> dict[str, np.ndarray]:
    def note(step: int, total: int, loss: float) -> None:
        progress.update(step + 1, total, "steps", f"loss {loss:.3f}")

    progress.stage("train")
    arrays = fit_detector(examples[:1], plan.fit, start=start, on_step=note)
    progress.stage("train on gradual ones too")
    return fit_detector(examples, plan.refine, start=arrays, on_step=note)


def judge_edits(
    scenes: Sequence[Scene], weights: DetectorWeights, num_videos: int, seed: int, progress: Progress, title: str
) -> list[JudgedVideo]:
    """Edits and single takes of scenes, with what the network says of them.

    Args:
        scenes: Shown in takes; none that the network was trained on.
        weights: Of the network.
        num_videos: How many edits to make.
        seed: Of all chance.
        progress: Counts them.
        title: Of this stage.
    """
    progress.stage(title)
    cv2.setNumThreads(1)  # the order of sums must not depend on the machine
    videos = []
    for number in range(num_videos):
        sequence = make_sequence(scenes, SEQUENCE_FRAMES, np.random.default_rng([seed, number]))
        videos.append(judge(sequence.thumbnails, transitions_of(sequence), weights))
        progress.update(number + 1, num_videos, "edits")
    return videos


def save_weights(path: Path, weights: DetectorWeights, facts: Mapping[str, object]) -> None:
    """Write a detector.

    Args:
        path: A safetensors file, which ``load_weights`` reads.
        weights: All of it.
        facts: What it was made of: seed, sources, versions; kept as JSON in the file's metadata.
    """
    calibration = weights.calibration
    numbers = np.array([*calibration.cut, *calibration.gradual, *calibration.thresholds], np.float32)
    arrays = {name: weights.arrays[name] for name in sorted(weights.arrays)}
    save_file({**arrays, "calibration": numbers}, path, {"reelwise": json.dumps(facts, sort_keys=True)})
