"""Trains a shot detector: makes examples, fits the network, calibrates its scores, measures it."""

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from safetensors.numpy import save_file

from reelwise.analysis.shots.decoding import Calibration
from reelwise.analysis.shots.weights import DetectorWeights
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
    start: Mapping[str, np.ndarray] | None = None,
    teach: Teach | None = None,
    on_progress: Callable[[str], None] = print,
) -> TrainedDetector:
    """Train a detector.

    Args:
        training: Scenes whose takes are cut together; made-up ones are added.
        validation: Scenes for calibration, none of them in ``training``.
        plan: How.
        start: Weights to go on from; None for new ones.
        teach: Softens the exact targets by what another detector says; None leaves them.
        on_progress: Called with a line now and then.
    """
    arrays = _fit(training, plan, start, teach, on_progress) if plan.fit.epochs or start is None else start
    raw = DetectorWeights(arrays, Calibration())
    videos = validation_videos(validation, raw, plan.num_validation, plan.seed + VALIDATION_SEED)
    weights = DetectorWeights(arrays, calibrate(videos))
    return TrainedDetector(weights, measure(videos, weights.calibration))


def _fit(
    training: Sequence[Scene],
    plan: DetectorPlan,
    start: Mapping[str, np.ndarray] | None,
    teach: Teach | None,
    on_progress: Callable[[str], None],
) -> dict[str, np.ndarray]:
    with tempfile.TemporaryDirectory(prefix="reelwise-shots-") as folder:
        on_progress(f"{plan.num_sequences + plan.num_gradual} training sequences of {SEQUENCE_FRAMES} frames")
        examples = []
        for name, kind in (
            ("all", ExamplePlan(plan.num_sequences, plan.seed)),
            ("gradual", ExamplePlan(plan.num_gradual, plan.seed + GRADUAL_SEED, gradual_style)),
        ):
            (Path(folder) / name).mkdir()
            exact = make_examples(Path(folder) / name, training, kind, plan.num_processes)
            examples.append(exact if teach is None else teach(exact, training, kind))
        arrays = fit_detector(examples[:1], plan.fit, start=start, on_step=_every(100, on_progress))
        return fit_detector(examples, plan.refine, start=arrays, on_step=_every(100, on_progress))


def validation_videos(
    scenes: Sequence[Scene], weights: DetectorWeights, num_videos: int, seed: int
) -> list[JudgedVideo]:
    """Edits and single takes of scenes, with what the network says of them."""
    cv2.setNumThreads(1)  # the order of sums must not depend on the machine
    videos = []
    for number in range(num_videos):
        sequence = make_sequence(scenes, SEQUENCE_FRAMES, np.random.default_rng([seed, number]))
        videos.append(judge(sequence.thumbnails, transitions_of(sequence), weights))
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


def _every(num_steps: int, on_progress: Callable[[str], None]) -> Callable[[int, int, float], None]:
    losses: list[float] = []

    def note(step: int, total: int, loss: float) -> None:
        losses.append(loss)
        if (step + 1) % num_steps == 0 or step + 1 == total:
            on_progress(f"step {step + 1} of {total}: loss {np.mean(losses[-num_steps:]):.3f}")

    return note
