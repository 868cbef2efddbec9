"""Would the same network in plain PyTorch train faster? Our training step against eager and compiled PyTorch.

``python benchmarks/step_rivals.py`` measures ours in float32 and bfloat16 in this process, and each of PyTorch's ways
in a process of its own, one after the other in every round. What ``auto`` chooses must be at least as fast as the best
of eager PyTorch.
"""

import argparse
import math
import sys
import tempfile
from pathlib import Path
from typing import Any

from compare import MIN_REPEATS, compare, timed
from feed import LABELS
from reelwise.core.backend import bfloat16_pays, prepare, start_backend
from step import Training, make_training
from targets import Load, Target, exit_status
from torch_rival import TorchRival, required_torch_python

MODELS = ("cnn_lstm:small", "r2plus1d:small")
MIN_RATIO = 1.0
"""Of what ``auto`` chooses over the best of eager PyTorch."""

PRECISIONS = ("float32", "bfloat16")
ROUND_SECONDS = 1.5
BIASES = 4 * 1024
"""By so many weights at most the networks differ: PyTorch's LSTM has two biases where Keras' has one."""


def count_weights(training: Training) -> int:
    """Trained numbers."""
    return sum(math.prod(variable.shape) for variable in training.trainee.network.trainable_variables)


def start_rivals(
    python: Path, training: Training, threads: int, steps: int, plan: argparse.Namespace
) -> dict[str, TorchRival]:
    """PyTorch's ways by their names: eager, with the fused optimizer, compiled; in the precisions asked for."""
    ways: dict[str, dict[str, Any]] = {"eager": {}, "fused": {"fused": True}}
    if plan.compiled:
        ways["compiled"] = {"fused": True, "compiled": True}
    rivals = {}
    for way, options in ways.items():
        for precision in plan.precisions:
            rivals[f"torch_{way}_{precision}"] = TorchRival(
                python,
                training.contract,
                len(LABELS),
                len(training.batch.sample_weights),
                threads,
                bfloat16=precision == "bfloat16",
                steps=steps,
                **options,
            )
    return rivals


def measure(name: str, python: Path, plan: argparse.Namespace, threads: int) -> Target:
    """One model against all rivals."""
    with tempfile.TemporaryDirectory() as folder:
        ours = {
            precision: make_training(name, Path(folder), bfloat16=precision == "bfloat16")
            for precision in plan.precisions
        }
        auto = "bfloat16" if bfloat16_pays(next(iter(ours.values())).multiply_adds) else "float32"
        batch_size = len(ours[auto].batch.sample_weights)
        ours[auto].our_steps(2)
        steps = max(2, round(ROUND_SECONDS * timed(lambda: ours[auto].our_steps(3), 3)))
        rivals = start_rivals(python, ours[auto], threads, steps, plan)
        check_weights(count_weights(ours[auto]), rivals)
        runs: Any = {
            f"reelwise_{precision}": lambda one=one: timed(lambda: one.our_steps(steps), steps * batch_size)
            for precision, one in ours.items()
        }
        title = f"step_rivals_{plan.backend}_{name.replace(':', '_')}"
        try:
            rows = compare(title, {**runs, **rivals}, f"reelwise_{auto}", repeats=plan.repeats)
        finally:
            for rival in rivals.values():
                rival.close()
    best = max(row["rate"] for way, row in rows.items() if way.startswith(("torch_eager", "torch_fused")))
    text = f"{title}: auto ({auto}) / best of eager PyTorch"
    return Target(text, rows[f"reelwise_{auto}"]["rate"] / best, MIN_RATIO, is_least=True)


def check_weights(own_count: int, rivals: dict[str, TorchRival]) -> None:
    """Refuse to compare networks that differ."""
    for name, rival in rivals.items():
        if not 0 <= rival.weights - own_count <= BIASES:
            raise SystemExit(f"{name} has {rival.weights} weights, ours {own_count}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", default="tensorflow", choices=("tensorflow", "jax", "torch"))
    parser.add_argument("--models", nargs="*", default=MODELS, help="name:preset of cnn_lstm or r2plus1d")
    parser.add_argument("--compiled", action="store_true", help="torch.compile as well; it needs a C++ compiler")
    parser.add_argument("--precisions", nargs="*", default=PRECISIONS, choices=PRECISIONS)
    parser.add_argument("--repeats", type=int, default=MIN_REPEATS)
    plan = parser.parse_args()
    python = required_torch_python()
    load = Load.now()
    info = start_backend(plan.backend)
    prepare(0)
    targets = [measure(name, python, plan, info.threads) for name in plan.models]
    print(*targets, sep="\n")
    print(f"step_rivals: {load}")
    return exit_status(is_met=all(target.is_met for target in targets))


if __name__ == "__main__":
    sys.exit(main())
