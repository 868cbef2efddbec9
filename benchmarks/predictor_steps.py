"""Would the same predictor in plain PyTorch train faster? Our training step of ``simvp`` against eager PyTorch.

``python benchmarks/predictor_steps.py`` runs ours in this process and PyTorch's in processes of their own, one after
the other in every round, in float32 and bfloat16, and PyTorch's in both memory formats. What ``auto`` chooses must be
at least as fast as the best of PyTorch. The loop of ``train`` over windows of videos in memory runs in the same rounds.
"""

import argparse
import math
import sys
from pathlib import Path
from typing import Any

from compare import MIN_REPEATS, compare, timed
from prediction_sets import FRAME_RATE, decoded
from reelwise.core.backend import bfloat16_pays, prepare, start_backend
from targets import Load, Target, exit_status
from torch_rival import TorchProcess, required_torch_python

SCRIPT = "torch_simvp.py"
PRESETS = ("nano", "small")
MIN_RATIO = 1.0
MIN_FIT = 0.9
"""Of the rate of steps alone that the loop must reach, where ``auto``'s precision is used in both."""

NUM_VIDEOS, SAMPLES_PER_EPOCH = 40, 128
ROUND_SECONDS = 1.5


class OurTraining:
    """The training of a preset on two moving digits, step by step and by whole epochs.

    Args:
        preset: Of ``simvp``.
        bfloat16: Whether steps calculate in it.
        num_samples: Windows in an epoch.
    """

    def __init__(self, preset: str, *, bfloat16: bool, num_samples: int = SAMPLES_PER_EPOCH) -> None:
        import keras

        from reelwise.core.progress import Silent
        from reelwise.core.window import WindowSpec
        from reelwise.datasets.prediction_windows import prediction_windows
        from reelwise.datasets.window_batches import WindowBatches
        from reelwise.media.synthetic.moving_digits import moving_digits_clips
        from reelwise.media.synthetic.scene import Style
        from reelwise.models.cost import network_cost
        from reelwise.models.simvp.backbone import build
        from reelwise.models.simvp.entry import ENTRY
        from reelwise.training.batches import TrainingData
        from reelwise.training.config import TrainConfig
        from reelwise.training.frames_objective import FramesObjective
        from reelwise.training.loop import TrainingLoop
        from reelwise.training.trainee import Trainee

        clip, arguments = ENTRY.preset(preset).clip, ENTRY.resolve(preset)
        num_frames, size = clip.num_frames, clip.input_size
        sizes: Any = arguments
        self.shape = {**arguments, "num_context": num_frames, "num_targets": num_frames, "size": size, "channels": 3}
        self.batch_size = ENTRY.training.batch_size

        def network() -> Any:
            context = keras.Input((num_frames, size, size, 3), dtype="uint8")
            return keras.Model(context, build(context, num_targets=num_frames, **sizes))

        config = TrainConfig(epochs=10_000, batch_size=self.batch_size, bfloat16=bfloat16)
        self._trainee = Trainee(network, FramesObjective(), config)
        self.weights = sum(math.prod(variable.shape) for variable in self._trainee.network.trainable_variables)
        self.multiply_adds = network_cost(self._trainee.network).multiply_adds
        style = Style(size=size, num_frames=3 * num_frames, frame_rate=FRAME_RATE, noise=0.0)
        videos = [decoded(one.frames) for one in moving_digits_clips(NUM_VIDEOS, 0, style)]
        windows = prediction_windows(videos, WindowSpec(num_frames, num_frames, 1))
        batches = WindowBatches(videos, windows, size, self.batch_size, num_samples)
        self._batch, self._num_samples = batches.batch(0, 0), num_samples
        self._loop = TrainingLoop(self._trainee, TrainingData(batches), config, None, Silent())
        self._silent = keras.callbacks.CallbackList([], model=self._trainee.stepping)

    def steps(self, count: int) -> float:
        """Clips a second of steps on one batch, which are read at the end as the loop reads them once a second."""

        def take() -> None:
            for _ in range(count):
                self._trainee.take_step(self._batch, 1e-4)
            self._trainee.read_steps()
            self._trainee.sync()

        return timed(take, count * self.batch_size)

    def epochs(self, count: int) -> float:
        """Clips a second of whole epochs, windows and all."""
        from reelwise.core.interrupt import StopToken

        def take() -> None:
            for _ in range(count):
                self._loop.state.step = 0
                self._loop.state.epoch += 1
                self._loop.run_epoch(StopToken(), self._silent)
            self._trainee.sync()

        return timed(take, count * self._num_samples)


def start_rivals(python: Path, ours: OurTraining, threads: int, steps: int) -> dict[str, TorchProcess]:
    """PyTorch's ways by their names; each has as many weights as ours, or nothing is compared."""
    shape = {**ours.shape, "batch_size": ours.batch_size, "threads": threads}
    rivals = {
        f"torch_{precision}_{layout}": TorchProcess(
            python,
            SCRIPT,
            {**shape, "bfloat16": precision == "bfloat16", "channels_last": layout == "channels_last"},
            steps,
        )
        for precision in ("float32", "bfloat16")
        for layout in ("channels_first", "channels_last")
    }
    for name, rival in rivals.items():
        if rival.weights != ours.weights:
            raise SystemExit(f"{name} has {rival.weights} weights, ours {ours.weights}")
    return rivals


def measure(preset: str, python: Path, plan: argparse.Namespace, threads: int) -> list[Target]:
    """One preset against PyTorch, and the loop against steps alone."""
    ours = {
        precision: OurTraining(preset, bfloat16=precision == "bfloat16", num_samples=plan.samples_per_epoch)
        for precision in ("float32", "bfloat16")
    }
    auto = "bfloat16" if bfloat16_pays(ours["float32"].multiply_adds) else "float32"
    chosen = ours[auto]
    chosen.steps(2)
    rate = chosen.steps(3)
    steps = max(2, round(plan.round_seconds * rate / chosen.batch_size))
    num_epochs = max(1, round(plan.round_seconds * rate / plan.samples_per_epoch))
    rivals = start_rivals(python, chosen, threads, steps)
    title = f"predictor_steps_{plan.backend}_{preset}"
    runs: Any = {f"reelwise_{precision}": lambda one=one: one.steps(steps) for precision, one in ours.items()}
    try:
        rows = compare(
            title,
            {**runs, "reelwise_fit": lambda: chosen.epochs(num_epochs), **rivals},
            f"reelwise_{auto}",
            repeats=plan.repeats,
        )
    finally:
        for rival in rivals.values():
            rival.close()
    best = 1 / max(rows[name]["ratio"] for name in rivals)
    return [
        Target(f"{title}: auto ({auto}) / best of eager PyTorch", best, MIN_RATIO, is_least=True),
        Target(f"{title}: fit loop / steps alone", rows["reelwise_fit"]["ratio"], MIN_FIT, is_least=True),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", default="tensorflow", choices=("tensorflow", "jax", "torch"))
    parser.add_argument("--presets", nargs="*", default=PRESETS, choices=PRESETS)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--repeats", type=int, default=MIN_REPEATS)
    parser.add_argument("--samples-per-epoch", type=int, default=SAMPLES_PER_EPOCH)
    parser.add_argument("--round-seconds", type=float, default=ROUND_SECONDS)
    plan = parser.parse_args()
    python = required_torch_python()
    load = Load.now()
    info = start_backend(plan.backend, plan.threads)
    prepare(0)
    targets = [target for preset in plan.presets for target in measure(preset, python, plan, info.threads)]
    print(*targets, f"predictor_steps: {load}", sep="\n")
    return exit_status(is_met=all(target.is_met for target in targets))


if __name__ == "__main__":
    sys.exit(main())
