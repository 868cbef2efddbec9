"""How much faster is an epoch from the cache than one that decodes? Target: 5 x, with as many processes.

Both epochs run the same training steps of a catalogue model on the same 10 s clips; the rival decodes each clip anew in
supervised workers, as toolkits without a cache do, and trains on each batch as soon as its clips are there.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from clips import plan_model, start, write_clips
from compare import compare, timed
from reelwise.cache.frame_cache import FrameCache
from reelwise.core.backend import available_processors
from reelwise.core.clip import DecodeSettings
from reelwise.core.frames import DecodedVideo
from reelwise.core.records import Record
from reelwise.datasets.batches import ClipBatches
from reelwise.media.requests.decode import DecodeTask
from reelwise.media.workers.pool import WorkerPool
from targets import exit_status

NUM_CLIPS = 48


def main() -> int:
    arguments = start(__doc__, NUM_CLIPS)
    plan, trainee = _trainee(arguments.model)
    settings, step = plan.contract.input.decode, lambda batch: trainee.step(batch, 1e-3)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = write_clips(folder / "clips", arguments.clips)
        records = [Record(path.name, path, "ab"[index % 2]) for index, path in enumerate(paths)]
        cache = FrameCache(folder / "cache")
        cache.fill(records, settings)
        with WorkerPool() as pool:
            rivals = {
                "epoch that decodes": lambda: timed(lambda: _decoding(pool, paths, folder, plan, step), len(paths)),
                "epoch from the cache": lambda: timed(lambda: _cached(cache, records, plan, step), len(paths)),
            }
            print(f"decode_once: {len(paths)} clips of 10 s, {available_processors()} processes, {arguments.model}")
            found = compare("decode_once", rivals, baseline="epoch that decodes")
    return exit_status(is_met=found["epoch from the cache"]["ratio"] >= 5)


def _trainee(model: str) -> tuple[Any, Any]:
    from reelwise.models.build import build_network
    from reelwise.training.trainee import Trainee

    plan = plan_model(model, ("a", "b"), NUM_CLIPS)
    return plan, Trainee(lambda: build_network(plan.contract), plan.objective, plan.config)


def _batches(videos: list[DecodedVideo], plan: Any) -> ClipBatches:
    from reelwise.transforms.augment import augmentation

    targets = np.eye(2, dtype=np.float32)[np.arange(len(videos)) % 2]
    varied = augmentation(plan.config.augment, flip=True)
    return ClipBatches(videos, targets, plan.contract.input.clip, varied, plan.config.batch_size, seed=0)


def _cached(cache: FrameCache, records: list[Record], plan: Any, step: Callable[[Any], Any]) -> None:
    from reelwise.training.batches import batch_makers
    from reelwise.training.feed import prefetch

    videos = [cache.open(record, plan.contract.input.decode) for record in records]
    with prefetch(batch_makers(_batches(videos, plan), epoch=0)) as feed:
        for batch in feed:
            step(batch)


def _decoding(pool: WorkerPool, paths: list[Path], folder: Path, plan: Any, step: Callable[[Any], Any]) -> None:
    for videos in _decoded(pool, paths, folder, plan.contract.input.decode, plan.config.batch_size):
        for batch in _batches(videos, plan).epoch(0):
            step(batch)


def _decoded(
    pool: WorkerPool, paths: list[Path], folder: Path, settings: DecodeSettings, batch_size: int
) -> Iterator[list[DecodedVideo]]:
    """Decoded videos, a batch at a time, while the workers go on with the next."""
    tasks = [DecodeTask(path, settings, (None,), (folder / f"{path.name}.frames",)) for path in paths]
    waiting: list[DecodedVideo] = []
    for task, result in pool.run(tasks):
        segment = result.segments[0]
        frames = np.fromfile(task.outputs[0], np.uint8).reshape(-1, settings.size, settings.size, 3)
        task.outputs[0].unlink()
        waiting.append(DecodedVideo(frames, segment.times, result.facts))
        if len(waiting) == batch_size:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


if __name__ == "__main__":
    sys.exit(main())
