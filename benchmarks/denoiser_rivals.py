"""Would the same denoiser in plain PyTorch train faster? Our training step of ``flowdit`` against eager PyTorch.

``python benchmarks/denoiser_rivals.py`` runs ours in this process and PyTorch's in processes of their own, one after
the other in every round, each in float32 and bfloat16, with the fused optimizer and without a running mean of weights.
What ``auto`` chooses must be at least as fast as the best of PyTorch.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from compare import MIN_REPEATS, compare, timed
from reelwise.core.backend import bfloat16_pays, prepare, start_backend
from targets import Load, Target
from torch_rival import TorchProcess, required_torch_python

SCRIPT = "torch_flowdit.py"
NUM_LABELS = 10
BATCH_SIZES = {"nano": 16, "tiny": 4}
MIN_RATIO = 1.0
ROUND_SECONDS = 1.5


class OurSteps:
    """Training steps of a preset on random clips, as ``training.fit`` takes them.

    Args:
        preset: Of ``flowdit``.
        batch_size: Clips in one step.
        bfloat16: Whether steps calculate in it.
    """

    def __init__(self, preset: str, batch_size: int, *, bfloat16: bool) -> None:
        from reelwise.datasets.batches import Batch
        from reelwise.generation.flow_matching import FlowObjective
        from reelwise.models.cost import network_cost
        from reelwise.models.flowdit.backbone import build_denoiser
        from reelwise.models.flowdit.entry import ENTRY
        from reelwise.training.config import TrainConfig
        from reelwise.training.trainee import Trainee

        clip, arguments = ENTRY.preset(preset).clip, ENTRY.resolve(preset)
        num_frames, size = clip.num_frames, clip.input_size
        sizes: Any = arguments
        self.shape = {**arguments, "num_frames": num_frames, "size": size, "num_labels": NUM_LABELS}
        build = lambda: build_denoiser(num_frames, size, NUM_LABELS, **sizes)  # noqa: E731
        self._trainee = Trainee(build, FlowObjective(), TrainConfig(clip_norm=1.0, bfloat16=bfloat16))
        self.weights = self._trainee.network.count_params()
        self.multiply_adds = network_cost(self._trainee.network).multiply_adds
        rng = np.random.default_rng(0)
        inputs = {
            "frames": rng.normal(size=(batch_size, num_frames, size, size, 3)).astype(np.float32),
            "levels": rng.random((batch_size, num_frames)).astype(np.float32),
            "label": np.arange(batch_size, dtype=np.int32) % NUM_LABELS,
        }
        targets = rng.normal(size=(batch_size, num_frames, size * size * 3 + 1)).astype(np.float32)
        self._batch = Batch(inputs, targets, np.ones(batch_size, np.float32), np.arange(batch_size))

    def __call__(self, steps: int) -> None:
        """Take steps, and wait for each loss as the rival does."""
        for _ in range(steps):
            self._trainee.step(self._batch, 1e-4)


def measure(preset: str, python: Path, plan: argparse.Namespace, threads: int) -> Target:
    """One preset against PyTorch."""
    batch_size = BATCH_SIZES[preset]
    ours = {way: OurSteps(preset, batch_size, bfloat16=way == "bfloat16") for way in ("float32", "bfloat16")}
    auto = "bfloat16" if bfloat16_pays(ours["float32"].multiply_adds) else "float32"
    ours[auto](2)
    steps = max(2, round(ROUND_SECONDS * timed(lambda: ours[auto](3), 3)))
    shape = {**ours[auto].shape, "batch_size": batch_size, "threads": threads, "fused": True}
    rivals = {
        f"torch_{way}": TorchProcess(python, SCRIPT, {**shape, "bfloat16": way == "bfloat16"}, steps) for way in ours
    }
    try:
        for name, rival in rivals.items():
            if rival.weights != ours[auto].weights:
                raise SystemExit(f"{name} has {rival.weights} weights, ours {ours[auto].weights}")
        runs: Any = {
            f"reelwise_{way}": lambda one=one: timed(lambda: one(steps), steps * batch_size)
            for way, one in ours.items()
        }
        title = f"denoiser_rivals_{plan.backend}_{preset}"
        rows = compare(title, {**runs, **rivals}, f"reelwise_{auto}", repeats=plan.repeats)
    finally:
        for rival in rivals.values():
            rival.close()
    best = 1 / max(rows[name]["ratio"] for name in rivals)
    return Target(f"{title}: auto ({auto}) / best of eager PyTorch", best, MIN_RATIO, is_least=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", default="tensorflow", choices=("tensorflow", "jax", "torch"))
    parser.add_argument("--presets", nargs="*", default=tuple(BATCH_SIZES), choices=tuple(BATCH_SIZES))
    parser.add_argument("--threads", type=int)
    parser.add_argument("--repeats", type=int, default=MIN_REPEATS)
    plan = parser.parse_args()
    python = required_torch_python()
    load = Load.now()
    info = start_backend(plan.backend, plan.threads)
    prepare(0)
    print(*[measure(preset, python, plan, info.threads) for preset in plan.presets], sep="\n")
    print(f"denoiser_rivals: {load}")


if __name__ == "__main__":
    main()
