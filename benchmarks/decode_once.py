"""How much faster is an epoch from the cache than one that decodes? Target: 5 x, with as many processes.

Both epochs run the same training steps of `motion` on the same clips; the rival decodes each clip anew in supervised
workers, as toolkits without a cache do, and trains on each batch as soon as its clips are there.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

from clips import write_clips
from compare import compare
from reelwise.core.backend import available_processors, choose_backend, prepare

NUM_CLIPS = 48
BATCH_SIZE = 12


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=NUM_CLIPS)
    arguments = parser.parse_args()
    choose_backend("tensorflow", None)
    prepare(0)
    from reelwise.catalog import find_entry
    from reelwise.catalog.training import training_defaults
    from reelwise.core.backend import has_fast_bfloat16
    from reelwise.core.clip import ClipSpec, DecodeSettings
    from reelwise.core.contract import Contract
    from reelwise.core.records import Record
    from reelwise.datasets.batches import ClipBatches, one_hot
    from reelwise.datasets.cache import FrameCache
    from reelwise.media.decode import decode_video
    from reelwise.models.build import build_network
    from reelwise.training.config import TrainConfig
    from reelwise.training.feed import prefetched
    from reelwise.training.trainee import Trainee
    from reelwise.transforms.augment import augmentation

    shape = find_entry("motion").preset(None).clip
    span = Fraction(training_defaults("motion").max_span_seconds)
    settings = DecodeSettings(size=shape.decode_size)
    spec = ClipSpec(shape.num_frames, None, span, shape.input_size)
    contract = Contract("motion", "small", {}, ("a", "b"), settings, spec)
    config = TrainConfig(batch_size=BATCH_SIZE, bfloat16=has_fast_bfloat16())
    trainee = Trainee(lambda: build_network(contract), config)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = write_clips(folder / "clips", arguments.clips)
        records = [Record(path.name, path, "ab"[index % 2]) for index, path in enumerate(paths)]
        cache = FrameCache(folder / "cache")
        cache.fill(records, settings)
        targets = one_hot([index % 2 for index in range(len(records))], 2)
        varied = augmentation(training_defaults("motion").augment, flip=True)

        def batches(videos: list) -> ClipBatches:
            return ClipBatches(videos, targets[: len(videos)], spec, varied, BATCH_SIZE, seed=0)

        def from_cache() -> float:
            began = time.perf_counter()
            videos = [cache.open(record, settings) for record in records]
            with prefetched(batches(videos).epoch(0)) as feed:
                for batch in feed:
                    trainee.step(batch, 1e-3)
            return len(records) / (time.perf_counter() - began)

        def decoding() -> float:
            began = time.perf_counter()
            for videos in _decoded(paths, settings, folder):
                for batch in batches(videos).epoch(0):
                    trainee.step(batch, 1e-3)
            return len(records) / (time.perf_counter() - began)

        print(f"decode_once: {len(records)} clips of 10 s, {available_processors()} processes")
        found = compare("decode_once", {"epoch that decodes": decoding, "epoch from the cache": from_cache},
                        baseline="epoch that decodes")  # fmt: skip
        del decode_video
    return int(found["epoch from the cache"]["ratio"] < 5)


def _decoded(paths: list[Path], settings, folder: Path) -> Iterator[list]:
    """Decoded videos, a batch at a time, while the workers go on with the next."""
    from reelwise.core.frames import DecodedVideo
    from reelwise.media.pool import DecodePool, DecodeTask

    tasks = [DecodeTask(path, settings, (None,), (folder / f"{path.name}.frames",)) for path in paths]
    waiting = []
    with DecodePool() as pool:
        for task, result in pool.run(tasks):
            segment = result.segments[0]
            shape = (segment.num_frames, settings.size, settings.size, 3)
            frames = np.fromfile(task.outputs[0], np.uint8).reshape(shape)
            waiting.append(DecodedVideo(frames, segment.times, result.facts))
            if len(waiting) == BATCH_SIZE:
                yield waiting
                waiting = []


if __name__ == "__main__":
    sys.exit(main())
