"""A tiny training in a process of its own, which can be told when to die; also lends its network to other tests."""

import hashlib
import json
import os
import signal
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from reelwise.core.backend import prepare, start_backend
from reelwise.core.clip import ClipSpec
from reelwise.core.errors import ReelwiseError
from reelwise.core.frames import DecodedVideo, FrameTimes
from reelwise.core.video import VideoFacts
from reelwise.datasets.batches import ClipBatches
from reelwise.tasks.labels import one_hot
from reelwise.training.batches import TrainingData
from reelwise.transforms.augment import augmentation

SIZE, NUM_FRAMES, NUM_VIDEOS, NUM_CLASSES = 16, 3, 14, 2


def video(number: int) -> DecodedVideo:
    rng = np.random.default_rng(number)
    frames = rng.integers(0, 90, (9, SIZE, SIZE, 3))
    frames[..., number % NUM_CLASSES] += 60
    times = FrameTimes(np.arange(9, dtype=np.int64), 9, Fraction(1, 30))
    facts = VideoFacts(9, SIZE, SIZE, 0.3, Fraction(30), False, 0, "h264", "mov")
    return DecodedVideo(frames.astype(np.uint8), times, facts)


def batches(train: bool = True, **changed) -> ClipBatches:
    plain = {
        "videos": [video(i) for i in range(NUM_VIDEOS)],
        "targets": one_hot(np.arange(NUM_VIDEOS) % NUM_CLASSES, NUM_CLASSES),
        "spec": ClipSpec(num_frames=NUM_FRAMES, input_size=SIZE),
        "augment": augmentation("strong", flip=True) if train else None,
        "batch_size": 4,
        "seed": 0,
        "shuffle": train,
        "mixup": 0.2 if train else 0.0,
    }
    return ClipBatches(**(plain | changed))


def data(validation: bool = True, **train: Any) -> TrainingData:
    return TrainingData(batches(**train), batches(False) if validation else None)


def build():
    import keras

    clips = keras.Input((NUM_FRAMES, SIZE, SIZE, 3), dtype="uint8")
    x = keras.layers.Rescaling(1 / 255, dtype="float32")(clips)
    x = keras.ops.reshape(x, (-1, SIZE, SIZE, 3))
    x = keras.layers.Conv2D(4, 5, strides=4)(x)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dropout(0.3)(x)
    x = keras.ops.reshape(x, (-1, NUM_FRAMES, x.shape[-1]))
    x = keras.layers.GRU(4)(x)
    x = keras.layers.Dropout(0.3)(x)
    return keras.Model(clips, keras.layers.Dense(NUM_CLASSES, dtype="float32")(x))


class Killer:
    """Kills this process at a chosen step or flush to the disk (a checkpoint without best weights has six)."""

    def __init__(self, moment: str) -> None:
        self.kind, _, count = moment.partition(":")
        self.left = int(count or 0)
        if self.kind == "flush":
            self.fsync, os.fsync = os.fsync, self.flushed

    def flushed(self, handle: int) -> None:
        self.fsync(handle)
        self.count(signal.SIGKILL)

    def count(self, number: int) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), number)

    def callback(self):
        import keras

        killer = self

        class Stop(keras.callbacks.Callback):
            def on_train_batch_end(self, batch, logs=None):
                if killer.kind in ("kill", "term"):
                    killer.count(signal.SIGKILL if killer.kind == "kill" else signal.SIGTERM)
                elif killer.kind == "full":
                    killer.left -= 1
                    if killer.left == 0:
                        import resource

                        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, resource.RLIM_INFINITY))

        return Stop()


def digest(network) -> str:
    import keras

    blobs = [np.asarray(keras.ops.convert_to_numpy(weight)).tobytes() for weight in network.weights]
    return hashlib.sha256(b"".join(blobs)).hexdigest()


def main(folder: Path, moment: str, threads: int) -> None:
    start_backend(None, threads)
    prepare(0)
    from reelwise.training.checkpoint import Checkpoints
    from reelwise.training.config import TrainConfig
    from reelwise.training.fit import fit
    from reelwise.training.task_objective import TaskObjective

    killer = Killer(moment)
    config = TrainConfig(epochs=5, batch_size=4)
    checkpoints = Checkpoints(folder, "data", resume=True, every_seconds=0.0)
    checkpoints.due = lambda: True
    result = fit(
        build,
        TaskObjective(label_smoothing=0.1),
        data(),
        config,
        checkpoints=checkpoints,
        callbacks=[killer.callback()],
    )
    rows = [{k: v for k, v in row.items() if "second" not in k} for row in result.history]
    best = result.best_epoch
    norms = [float(np.linalg.norm(array)) for array in result.network.get_weights()]
    answer = {"weights": digest(result.network), "norms": norms, "rows": rows, "best": best}
    print(json.dumps({**answer, "warnings": result.warnings}))


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
    except ReelwiseError as error:
        print(str(error))
        sys.exit(error.exit_code)
