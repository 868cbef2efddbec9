"""Does training wait for its clips? The fit loop from the cache against the same step on one batch in memory."""

import argparse
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

import numpy as np

from compare import compare, timed
from reelwise.core.backend import prepare, start_backend
from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract, InputSpec, NetworkSpec
from reelwise.core.frames import DecodedVideo, FrameTimes
from reelwise.core.modalities import Encoder
from reelwise.core.video import VideoFacts
from reelwise.models.catalogue import find_entry
from reelwise.tasks.classification import ClassificationOutput
from targets import Target, exit_status

# The fit loop's share of the speed without a feed, at least.
TARGETS = {"fit": 0.9, "fit_augmented": 0.8}
LABELS = ("a", "b", "c", "d", "e", "f")
NUM_VIDEOS, NUM_FRAMES = 48, 150


def cached_videos(folder: Path, size: int) -> list[DecodedVideo]:
    """Videos as the cache gives them: memory maps of uint8 frames."""
    path = folder / "frames"
    shape = (NUM_VIDEOS, NUM_FRAMES, size, size, 3)
    frames = np.memmap(path, np.uint8, "w+", shape=shape)
    rng = np.random.default_rng(0)
    for video in frames:
        video[:] = rng.integers(0, 256, video.shape, np.uint8)
    frames.flush()
    times = FrameTimes(np.arange(NUM_FRAMES, dtype=np.int64), NUM_FRAMES, Fraction(1, 30))
    facts = VideoFacts(NUM_FRAMES, size, size, NUM_FRAMES / 30, Fraction(30), False, 0, "h264", "mov")
    kept = np.memmap(path, np.uint8, "r", shape=shape)
    return [DecodedVideo(video, times, facts) for video in kept]


def rivals(name: str, folder: Path, seed: int = 0) -> dict:
    """The step alone, the fit loop, and the fit loop with the augmentation that this model has by default."""
    import keras

    from reelwise.core.interrupt import StopToken
    from reelwise.core.progress import Silent
    from reelwise.datasets.batches import ClipBatches
    from reelwise.models.build import build_network
    from reelwise.training.batches import TrainingData
    from reelwise.training.config import TrainConfig
    from reelwise.training.loop import TrainingLoop
    from reelwise.training.task_objective import TaskObjective
    from reelwise.training.trainee import Trainee
    from reelwise.transforms.augment import augmentation

    entry = find_entry(name)
    defaults = entry.training
    wanted = entry.preset().clip
    spec = ClipSpec(wanted.num_frames, input_size=wanted.input_size)
    decode = DecodeSettings(size=wanted.decode_size)
    contract = Contract(
        InputSpec(decode, spec),
        NetworkSpec((Encoder(name, entry.default_preset, entry.resolve()),)),
        ClassificationOutput(LABELS),
    )
    config = TrainConfig(epochs=10_000, batch_size=defaults.batch_size)
    trainee = Trainee(lambda: build_network(contract), TaskObjective(label_smoothing=0.1), config)
    videos = cached_videos(folder, wanted.decode_size)
    targets = np.eye(len(LABELS), dtype=np.float32)[np.arange(NUM_VIDEOS) % len(LABELS)]

    def loop(augment, mixup):
        data = ClipBatches(videos, targets, spec, augment, config.batch_size, seed, mixup=mixup)
        return TrainingLoop(trainee, TrainingData(data), config, None, Silent())

    plain = loop(None, 0.0)
    varied = loop(augmentation(defaults.augment, flip=True), defaults.mixup)
    batch = plain.batches.batch(0, 0)
    silent = keras.callbacks.CallbackList([], model=trainee.stepping)

    def epoch(of: TrainingLoop) -> float:
        of.state.step = 0
        of.state.epoch += 1
        return timed(lambda: of.run_epoch(StopToken(), silent), NUM_VIDEOS)

    def in_memory() -> float:
        return timed(lambda: [trainee.step(batch, 1e-4) for _ in range(len(plain.batches))], NUM_VIDEOS)

    return {"one_batch_in_memory": in_memory, "fit": lambda: epoch(plain), "fit_augmented": lambda: epoch(varied)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="cnn_lstm")
    parser.add_argument("--repeats", type=int, default=11)
    chosen = parser.parse_args()
    start_backend()
    prepare(0)
    with tempfile.TemporaryDirectory() as folder:
        found = compare(
            f"feed_{chosen.model}", rivals(chosen.model, Path(folder)), "one_batch_in_memory", repeats=chosen.repeats
        )
    targets = [
        Target(f"feed_{chosen.model}: {rival}", found[rival]["ratio"], bound, is_least=True)
        for rival, bound in TARGETS.items()
    ]
    print(*targets, sep="\n")
    return exit_status(is_met=all(target.is_met for target in targets))


if __name__ == "__main__":
    sys.exit(main())
