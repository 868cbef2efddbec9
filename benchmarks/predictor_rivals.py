"""Which predictor is best after some minutes? ``simvp``, ``convlstm`` and OpenSTL's SimVP on two moving digits.

``python benchmarks/predictor_rivals.py --minutes 5 --threads 1`` trains each on the same videos, 10 frames to 10 at 64
pixels, and judges all on the same windows of other hands. Ours are trained as ``reelwise train`` does (``training.fit``
with the catalogue's settings), OpenSTL's in eager PyTorch with its own settings (``rivals/torch_openstl.py``), with the
same number of threads. ``--clock processor`` counts seconds of processors, so that a busy machine can be used as well.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from compare import save
from prediction_sets import FRAME_RATE, decoded
from reelwise.core.backend import prepare, start_backend
from reelwise.core.window import WindowSpec
from reelwise.datasets.prediction_windows import prediction_windows
from reelwise.datasets.window_batches import WindowBatches
from reelwise.media.synthetic.moving_digits import moving_digits_clips
from reelwise.media.synthetic.scene import Style
from reelwise.metrics.frame_errors import frame_errors
from reelwise.metrics.frame_metrics import FrameMetrics, frame_metrics
from reelwise.sampling.windows import spread_windows
from targets import Load, Target, exit_status
from torch_rival import HERE, required_torch_python

NUM_FRAMES = 10
"""Given, and predicted."""

VIDEO_FRAMES = 40
TEST_WINDOWS, VALIDATION_WINDOWS = 4, 1
"""Of each video."""

SAMPLES_PER_EPOCH = 512
CLOCKS: dict[str, Callable[[], float]] = {"wall": time.perf_counter, "processor": time.process_time}
OURS = ("simvp", "convlstm_prediction")
RIVAL = "openstl_simvp"
RIVAL_SHAPE: dict[str, Any] = {
    "num_context": NUM_FRAMES,
    "num_targets": NUM_FRAMES,
    "channels": 1,
    "patch": 1,
    "num_halvings": 2,
    "norm": "group",
    "mixer": "gsta",
    "num_blocks": 8,
    "kernel_size": 21,
    "expansion": 8,
    "activation": "gelu",
    "skip": "each",
    "adds_to_last_frame": False,
}
"""OpenSTL's settings for Moving MNIST, on one channel as there; its widths are 64 and 512."""

RIVAL_TRAINING = {"batch_size": 16, "learning_rate": 1e-3}


@dataclass(frozen=True, eq=False)
class DigitSet:
    """Two moving digits in each video.

    Args:
        videos: N decoded videos.
        splits: ``train``, ``val`` or ``test`` of each.
        size: Pixels along each side.
    """

    videos: Sequence[Any]
    splits: Sequence[str]
    size: int

    @classmethod
    def draw(cls, num_clips: int, size: int, seed: int) -> "DigitSet":
        """New videos."""
        style = Style(size=size, num_frames=VIDEO_FRAMES, frame_rate=FRAME_RATE, noise=0.0)
        clips = list(moving_digits_clips(num_clips, seed, style))
        return cls([decoded(clip.frames) for clip in clips], [clip.columns["split"] for clip in clips], size)

    def windows(
        self, split: str, batch_size: int, most: int | None = None, num_samples: int | None = None, seed: int = 0
    ) -> WindowBatches:
        """Windows of a split: ``most`` of each video in order, or ``num_samples`` drawn for each epoch."""
        videos = [video for video, word in zip(self.videos, self.splits, strict=True) if word == split]
        windows = prediction_windows(videos, WindowSpec(NUM_FRAMES, NUM_FRAMES, 1))
        windows = windows if most is None else spread_windows(windows, most)
        return WindowBatches(videos, windows, self.size, batch_size, num_samples, seed)

    def test_clips(self) -> tuple[np.ndarray, np.ndarray]:
        """Context and truth of the windows that are judged, (N, 10, S, S, 3) uint8 each."""
        batches = self.windows("test", 1, TEST_WINDOWS)
        whole = self.windows("test", len(batches.windows), TEST_WINDOWS).batch(0, 0)
        return np.asarray(whole.inputs), whole.targets


@dataclass(frozen=True)
class Trained:
    """What came out of one training.

    Args:
        frames: (N, 10, S, S, 3) uint8 predicted for the test windows.
        steps: That were taken.
        weights: That were trained.
    """

    frames: np.ndarray
    steps: int
    weights: int


def train_ours(name: str, data: DigitSet, seed: int, plan: argparse.Namespace) -> Trained:
    """A model of the catalogue in the preset for 64 pixels, as ``reelwise train`` trains it."""
    import keras

    from reelwise.core.backend import bfloat16_pays
    from reelwise.core.clip import ClipSpec, DecodeSettings
    from reelwise.core.contract import Contract, InputSpec, NetworkSpec
    from reelwise.core.modalities import Encoder
    from reelwise.inference.frame_predictor import FramePredictor
    from reelwise.models.build import build_network
    from reelwise.models.catalogue import find_entry
    from reelwise.models.cost import network_cost
    from reelwise.tasks.prediction import PredictionOutput
    from reelwise.training.config import TrainConfig

    entry = find_entry(name)
    defaults, preset = entry.training, plan.preset or entry.default_preset
    encoder = Encoder(entry.name, preset, dict(entry.preset(preset).arguments))
    spec = InputSpec(DecodeSettings(size=data.size, fit="crop"), ClipSpec(NUM_FRAMES, input_size=data.size))
    contract = Contract(spec, NetworkSpec((encoder,)), PredictionOutput(NUM_FRAMES, FRAME_RATE))
    build: Callable[[], keras.Model] = lambda: build_network(contract)  # noqa: E731
    prepare(seed)
    network = build()
    config = TrainConfig(
        batch_size=defaults.batch_size,
        learning_rate=defaults.learning_rate,
        weight_decay=defaults.weight_decay,
        augment="none",
        bfloat16=bfloat16_pays(network_cost(network).multiply_adds),
        seed=seed,
    )
    weights = sum(math.prod(variable.shape) for variable in network.trainable_variables)
    trained, steps = _fit(build, data, config, plan)
    return Trained(FramePredictor(trained, contract).predict(data.test_clips()[0]), steps, weights)


def _fit(build: Any, data: DigitSet, config: Any, plan: argparse.Namespace) -> tuple[Any, int]:
    """Train for the minutes of the clock: a short training first tells what an epoch takes."""
    from dataclasses import replace

    import keras

    from reelwise.training.batches import TrainingData
    from reelwise.training.fit import fit
    from reelwise.training.frames_objective import FramesObjective

    now = CLOCKS[plan.clock]
    drawn = data.windows("train", config.batch_size, num_samples=plan.samples_per_epoch, seed=1000 * config.seed)
    fit_data = TrainingData(drawn, data.windows("val", config.batch_size, VALIDATION_WINDOWS))

    def train(epochs: int) -> tuple[Any, list[float]]:
        ends = [now()]
        note = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: ends.append(now()))
        result = fit(build, FramesObjective(), fit_data, replace(config, epochs=epochs), callbacks=[note])
        return result.network, np.diff(ends).tolist()

    first, second = train(2)[1]
    epochs = max(1, 1 + int((60 * plan.minutes - first) / second))  # the first one compiles as well
    network, seconds = train(epochs)
    print(f"  {epochs} epochs of {len(drawn)} steps, {sum(seconds):.0f} s of the {plan.clock} clock", flush=True)
    return network, epochs * len(drawn)


def train_rival(name: str, data: DigitSet, seed: int, plan: argparse.Namespace) -> Trained:
    """OpenSTL's SimVP in a process of its own; its widths are those of the paper, divided by the same number."""
    python = required_torch_python()
    widths = {"width": plan.rival_width, "mixer_width": 8 * plan.rival_width}
    with tempfile.TemporaryDirectory() as folder:
        clips, predictions = Path(folder, "clips.npz"), Path(folder, "predictions.npy")
        own = [video for video, word in zip(data.videos, data.splits, strict=True) if word == "train"]
        np.savez(clips, train=np.stack([v.frames[..., 0] for v in own]), contexts=data.test_clips()[0][..., 0])
        order = {
            "shape": {**RIVAL_SHAPE, **widths},
            **RIVAL_TRAINING,
            "seed": seed,
            "threads": plan.threads,
            "clock": plan.clock,
            "seconds": 60 * plan.minutes,
            "data": str(clips),
            "predictions": str(predictions),
        }
        result = subprocess.run(
            [str(python), str(HERE / "rivals" / "torch_openstl.py"), json.dumps(order)],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            env={**os.environ, "OMP_NUM_THREADS": str(plan.threads)},
        )
        facts, frames = json.loads(result.stdout), np.load(predictions)
    return Trained(np.repeat(frames[..., None], 3, axis=-1), facts["steps"], facts["parameters"])


MODELS: dict[str, Callable[[str, DigitSet, int, argparse.Namespace], Trained]] = {
    **dict.fromkeys(OURS, train_ours),
    RIVAL: train_rival,
}


def measure(plan: argparse.Namespace) -> tuple[dict[str, Any], list[Target]]:
    """Train and judge every model with every seed; the models take turns."""
    data = DigitSet.draw(plan.clips, plan.size, seed=0)
    contexts, truth = data.test_clips()
    copied = judge(np.repeat(contexts[:, -1:], NUM_FRAMES, axis=1), truth, contexts)
    print(f"{len(truth)} test windows; copy_last: {line_of(copied)}", flush=True)
    rows: dict[str, list[dict[str, float]]] = {name: [] for name in plan.models}
    for seed in range(plan.seeds):
        for name in plan.models:
            trained = MODELS[name](name, data, seed, plan)
            metrics = judge(trained.frames, truth, contexts)
            facts = f"{trained.steps} steps, {trained.weights / 1e6:.2f} M weights"
            print(f"{name:20} seed {seed}: {line_of(metrics)}   {facts}", flush=True)
            rows[name].append({**figures_of(metrics), "steps": trained.steps, "weights": trained.weights})
    means = {name: statistics.mean(row["psnr"] for row in of_model) for name, of_model in rows.items()}
    for name, of_model in rows.items():
        scores = [row["psnr"] for row in of_model]
        print(f"{name:20} mean psnr {means[name]:.2f}, {min(scores):.2f} to {max(scores):.2f}, {len(scores)} seeds")
    others = [name for name in means if name != OURS[0]] if OURS[0] in means else []
    targets = [Target(f"simvp above {name} (dB)", means[OURS[0]] - means[name], 0.0, is_least=True) for name in others]
    return {"copy_last": figures_of(copied), "models": rows}, targets


def judge(frames: np.ndarray, truth: np.ndarray, contexts: np.ndarray) -> FrameMetrics:
    """The metrics of predicted frames."""
    return frame_metrics(frame_errors(truth, frames, contexts[:, -1]))


def figures_of(metrics: FrameMetrics) -> dict[str, float]:
    """PSNR in dB, SSIM, and the squared error of a frame of one channel, summed as OpenSTL does."""
    return {"psnr": metrics.psnr, "mse_summed": metrics.mse_summed / 3, "ssim": metrics.ssim or float("nan")}


def line_of(metrics: FrameMetrics) -> str:
    return "psnr {psnr:.2f}, squared error of a frame {mse_summed:.1f}, ssim {ssim:.3f}".format(**figures_of(metrics))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5, help="of each training")
    parser.add_argument("--clock", choices=tuple(CLOCKS), default="wall")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--models", nargs="*", default=tuple(MODELS), choices=tuple(MODELS))
    parser.add_argument("--preset", help="of our models [default: that for 64 pixels]")
    parser.add_argument("--rival-width", type=int, default=16, help="64 in OpenSTL; the mixer is eight times as wide")
    parser.add_argument("--clips", type=int, default=600, help="of all splits together")
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--samples-per-epoch", type=int, default=SAMPLES_PER_EPOCH)
    parser.add_argument("--backend")
    plan = parser.parse_args()
    load = Load.now()
    start_backend(plan.backend, plan.threads)
    figures, targets = measure(plan)
    print(*targets, f"predictor_rivals: {load}; {plan.minutes:g} minutes of the {plan.clock} clock", sep="\n")
    save("predictor_rivals", {**figures, "targets": [target.as_dict() for target in targets], **load.as_dict()})
    return exit_status(is_met=all(target.is_met for target in targets))


if __name__ == "__main__":
    sys.exit(main())
