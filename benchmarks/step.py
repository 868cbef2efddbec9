"""Does the training step keep its device busy? Ours against Keras' layers and steps, and the fit loop against both.

``python benchmarks/step.py --backend jax --models cnn_lstm:small`` measures in this process, round by round: the same
network of Keras' layers by its ``train_on_batch``, our step on one batch, and whole epochs from videos in memory with
the model's augmentation. Without ``--models`` every family at ``small`` and three at ``base``.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from compare import MIN_REPEATS, compare, timed
from feed import LABELS, NUM_VIDEOS, cached_videos
from reelwise.core.backend import prepare, start_backend
from reelwise.core.frames import DecodedVideo
from reelwise.core.sound import LogMel
from reelwise.models.catalogue import CATALOG
from targets import Load, Target, exit_status

BASES = ("cnn_lstm:base", "convlstm:base", "r2plus1d:base")
TARGETS = {"step": 0.98, "small step": 1.3, "fit": 0.95}
"""Of the rate of Keras, the same of networks that take less than ``SMALL_SECONDS`` a step, and the rate of
the fit loop over that of our step for those of at least ``FIT_MULTIPLY_ADDS``."""

SMALL_SECONDS = 0.01
FIT_MULTIPLY_ADDS = 2.5e7
"""50 MFLOP a clip."""

ROUND_SECONDS = 0.8
"""So many steps make a round as take this long."""


@dataclass(frozen=True, eq=False)
class Training:
    """A model that is trained on videos in memory, by the loop and step by step.

    Args:
        trainee: Takes the steps.
        before: The same network of Keras' own layers, which Keras' ``train_on_batch`` trains: what was before our own.
        loop: Over whole epochs.
        batch: The one that steps alone are taken on.
        contract: Of the model.
        multiply_adds: Of a clip.
    """

    trainee: Any
    before: Any
    loop: Any
    batch: Any
    contract: Any
    multiply_adds: float

    def keras_steps(self, count: int) -> None:
        """What training did before it had steps and layers of its own."""
        model, batch = self.before.stepping, self.batch
        for _ in range(count):
            model.optimizer.learning_rate = 1e-4
            model.train_on_batch(batch.inputs, batch.targets, batch.sample_weights, return_dict=True)

    def our_steps(self, count: int) -> None:
        """Steps that are read at the end."""
        for _ in range(count):
            self.trainee.take_step(self.batch, 1e-4)
        self.trainee.read_steps()
        self.trainee.sync()

    def epochs(self, count: int) -> None:
        """Whole epochs, clips and all."""
        import keras

        from reelwise.core.interrupt import StopToken

        silent = keras.callbacks.CallbackList([], model=self.trainee.stepping)
        for _ in range(count):
            self.loop.state.step = 0
            self.loop.state.epoch += 1
            self.loop.run_epoch(StopToken(), silent)
        self.trainee.sync()


def make_training(name: str, folder: Path, *, bfloat16: bool) -> Training:
    """The training of a model of the catalogue with every option at its default."""
    from clips import plan_model
    from reelwise.core.progress import Silent
    from reelwise.datasets.batches import ClipBatches
    from reelwise.models.build import build_network
    from reelwise.models.inputs import clip_transform
    from reelwise.models.plain_graph import expand
    from reelwise.models.unallocated import contract_cost
    from reelwise.training.batches import TrainingData
    from reelwise.training.config import TrainConfig
    from reelwise.training.loop import TrainingLoop
    from reelwise.training.trainee import Trainee
    from reelwise.transforms.augment import augmentation

    plan = plan_model(name, LABELS, NUM_VIDEOS)
    contract = plan.contract
    config = TrainConfig(epochs=10_000, batch_size=plan.config.batch_size, bfloat16=bfloat16)
    trainee = Trainee(lambda: build_network(contract), plan.objective, config)
    whole = replace(config, batch_size=1)  # says that no batch is taken in parts; steps have as many rows
    # Layers of Keras alone are there in float32; in bfloat16 our own take Keras' steps.
    in_keras = (lambda: build_network(contract)) if bfloat16 else (lambda: expand(build_network(contract)))
    before = Trainee(in_keras, plan.objective, whole)
    clips = ClipBatches(
        videos=[with_sound_and_metadata(video) for video in cached_videos(folder, contract.input.decode.size)],
        targets=np.eye(len(LABELS), dtype=np.float32)[np.arange(NUM_VIDEOS) % len(LABELS)],
        spec=contract.input.clip,
        augment=augmentation(plan.config.augment, flip=True),
        batch_size=config.batch_size,
        seed=0,
        mixup=plan.config.mixup,
        clip_transform=clip_transform(plan.entry.input_kind),
        input_spec=contract.input,
    )
    loop = TrainingLoop(trainee, TrainingData(clips), config, None, Silent())
    return Training(trainee, before, loop, clips.batch(0, 0), contract, contract_cost(contract).multiply_adds)


def with_sound_and_metadata(video: DecodedVideo) -> DecodedVideo:
    """The same video with a spectrogram of noise and the columns of ``clips.METADATA``."""
    num_steps = int(video.times.duration_seconds * 100)
    values = np.random.default_rng(0).normal(-5, 2, (num_steps, 64)).astype(np.float32)
    log_mel = LogMel(values, np.ones(num_steps, bool), Fraction(0), Fraction(1, 100))
    return replace(video, log_mel=log_mel, metadata={"site": "north", "temperature": "12"})


def rivals(training: Training) -> tuple[dict[str, Callable[[], float]], float]:
    """What is compared, and the seconds of one step of Keras."""
    training.keras_steps(2)
    step_seconds = 1 / timed(lambda: training.keras_steps(3), 3)
    batch_size, num_batches = training.loop.batches.batch_size, len(training.loop.batches)
    steps = max(2, round(ROUND_SECONDS / step_seconds))
    num_epochs = max(1, round(steps / num_batches))
    compared = {
        "keras": lambda: timed(lambda: training.keras_steps(steps), steps * batch_size),
        "step": lambda: timed(lambda: training.our_steps(steps), steps * batch_size),
        "fit": lambda: timed(lambda: training.epochs(num_epochs), num_epochs * NUM_VIDEOS),
    }
    return compared, step_seconds


def targets_of(name: str, rows: dict, step_seconds: float, multiply_adds: float) -> list[Target]:
    """What the figures must reach."""
    is_small = step_seconds < SMALL_SECONDS
    bound = TARGETS["small step" if is_small else "step"]
    targets = [Target(f"{name}: step / keras", rows["step"]["ratio"], bound, is_least=True)]
    if multiply_adds >= FIT_MULTIPLY_ADDS:
        share = rows["fit"]["rate"] / rows["step"]["rate"]
        targets.append(Target(f"{name}: fit / step", share, TARGETS["fit"], is_least=True))
    return targets


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", default="tensorflow", choices=("tensorflow", "jax", "torch"))
    parser.add_argument("--models", nargs="*", help="name:preset [default: every family at small, three at base]")
    parser.add_argument("--bfloat16", action="store_true")
    parser.add_argument("--repeats", type=int, default=MIN_REPEATS)
    plan = parser.parse_args()
    load = Load.now()
    start_backend(plan.backend)
    prepare(0)
    names = plan.models or [f"{entry.name}:small" for entry in CATALOG if entry.gives == "labels"] + [*BASES]
    targets = []
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            training = make_training(name, Path(folder), bfloat16=plan.bfloat16)
            compared, step_seconds = rivals(training)
            title = f"step_{plan.backend}_{name.replace(':', '_')}{'_bfloat16' if plan.bfloat16 else ''}"
            rows = compare(title, compared, "keras", repeats=plan.repeats)
        targets += targets_of(title, rows, step_seconds, training.multiply_adds)
    print(*targets, sep="\n")
    print(f"step: {load}")
    return exit_status(is_met=all(target.is_met for target in targets))


if __name__ == "__main__":
    sys.exit(main())
