"""Does the training step keep its device busy? Ours against Keras' train_on_batch, and the fit loop against both.

``python benchmarks/step.py --backend jax --models cnn_lstm:small`` measures in this process, round by round: what Keras
does for each step, our step on one batch, and whole epochs from videos in memory with the model's augmentation. Without
``--models`` every family at ``small`` and three at ``base``.
"""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from compare import MIN_REPEATS, compare, timed
from feed import LABELS, NUM_VIDEOS, cached_videos
from reelwise.core.backend import prepare, start_backend
from reelwise.models.catalogue import CATALOG
from targets import Load, Target

BASES = ("cnn_lstm:base", "motion:base", "r2plus1d:base")
TARGETS = {"step": 0.98, "small step": 1.3, "fit": 0.95}
"""Of the rate of ``train_on_batch``, the same of networks that take less than ``SMALL_SECONDS`` a step, and the rate of
the fit loop over that of our step for those of at least ``FIT_MULTIPLY_ADDS``."""

SMALL_SECONDS = 0.01
FIT_MULTIPLY_ADDS = 2.5e7
"""50 MFLOP a clip."""

ROUND_SECONDS = 1.5
"""So many steps make a round as take this long."""


def rivals(name: str, folder: Path, *, bfloat16: bool) -> tuple[dict[str, Callable[[], float]], float, float]:
    """What is compared, the seconds of one step of Keras, and multiply-adds of a clip."""
    import keras

    from clips import plan_model
    from reelwise.core.interrupt import StopToken
    from reelwise.core.progress import Silent
    from reelwise.datasets.batches import ClipBatches
    from reelwise.models.build import build_network
    from reelwise.models.inputs import clip_transform
    from reelwise.models.unallocated import contract_cost
    from reelwise.training.batches import TrainingData
    from reelwise.training.config import TrainConfig
    from reelwise.training.loop import TrainingLoop
    from reelwise.training.trainee import Trainee
    from reelwise.transforms.augment import augmentation

    plan = plan_model(name, LABELS, NUM_VIDEOS)
    contract, batch_size = plan.contract, plan.config.batch_size
    config = TrainConfig(epochs=10_000, batch_size=batch_size, bfloat16=bfloat16)
    trainee = Trainee(lambda: build_network(contract), plan.objective, config)
    videos = cached_videos(folder, contract.input.decode.size)
    targets = np.eye(len(LABELS), dtype=np.float32)[np.arange(NUM_VIDEOS) % len(LABELS)]
    augment = augmentation(plan.config.augment, flip=True)
    clips = ClipBatches(
        videos,
        targets,
        contract.input.clip,
        augment,
        batch_size,
        0,
        mixup=plan.config.mixup,
        clip_transform=clip_transform(plan.entry.input_kind),
    )
    loop = TrainingLoop(trainee, TrainingData(clips), config, None, Silent())
    batch = next(clips.epoch(0))
    silent = keras.callbacks.CallbackList([], model=trainee.stepping)
    model: Any = trainee.stepping

    def keras_steps(count: int) -> None:
        for _ in range(count):
            model.optimizer.learning_rate = 1e-4
            model.train_on_batch(batch.inputs, batch.targets, batch.sample_weights, return_dict=True)

    def our_steps(count: int) -> None:
        for _ in range(count):
            trainee.take_step(batch, 1e-4)
        trainee.read_steps()
        trainee.sync()

    def epochs(count: int) -> None:
        for _ in range(count):
            loop.state.step = 0
            loop.state.epoch += 1
            loop.run_epoch(StopToken(), silent)
        trainee.sync()

    keras_steps(2)
    step_seconds = 1 / timed(lambda: keras_steps(3), 3)
    steps = max(2, round(ROUND_SECONDS / step_seconds))
    num_epochs = max(1, round(steps / len(clips)))
    compared = {
        "keras": lambda: timed(lambda: keras_steps(steps), steps * batch_size),
        "step": lambda: timed(lambda: our_steps(steps), steps * batch_size),
        "fit": lambda: timed(lambda: epochs(num_epochs), num_epochs * NUM_VIDEOS),
    }
    return compared, step_seconds, contract_cost(contract).multiply_adds


def targets_of(name: str, rows: dict, step_seconds: float, multiply_adds: float) -> list[Target]:
    """What the figures must reach."""
    is_small = step_seconds < SMALL_SECONDS
    bound = TARGETS["small step" if is_small else "step"]
    targets = [Target(f"{name}: step / keras", rows["step"]["ratio"], bound, is_least=True)]
    if multiply_adds >= FIT_MULTIPLY_ADDS:
        share = rows["fit"]["rate"] / rows["step"]["rate"]
        targets.append(Target(f"{name}: fit / step", share, TARGETS["fit"], is_least=True))
    return targets


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", default="tensorflow", choices=("tensorflow", "jax", "torch"))
    parser.add_argument("--models", nargs="*", help="name:preset [default: every family at small, three at base]")
    parser.add_argument("--bfloat16", action="store_true")
    parser.add_argument("--repeats", type=int, default=MIN_REPEATS)
    plan = parser.parse_args()
    load = Load.now()
    start_backend(plan.backend)
    prepare(0)
    names = plan.models or [f"{entry.name}:small" for entry in CATALOG if entry.modality == "frames"] + [*BASES]
    targets = []
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            compared, step_seconds, multiply_adds = rivals(name, Path(folder), bfloat16=plan.bfloat16)
            title = f"step_{plan.backend}_{name.replace(':', '_')}{'_bfloat16' if plan.bfloat16 else ''}"
            rows = compare(title, compared, "keras", repeats=plan.repeats)
        targets += targets_of(title, rows, step_seconds, multiply_adds)
    print(*targets, sep="\n")
    print(f"step: {load}")


if __name__ == "__main__":
    main()
