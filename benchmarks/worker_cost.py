"""What does it cost to hold a worker? Targets: 2 % of decoding a clip of 2 s, 30 ms more until the first reply.

The rival is the same worker without a sandbox, which opens files by their paths (``bare_worker.py``). What counts is
the processor time of both processes, which other programs hardly change; the start is also taken by the clock.
"""

import argparse
import logging
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import islice
from pathlib import Path
from unittest.mock import patch

import psutil

import clips
from compare import MIN_REPEATS, save
from reelwise.core.clip import DecodeSettings
from reelwise.media.limits import WorkerLimits
from reelwise.media.requests.decode import DecodeTask
from reelwise.media.requests.scan import ScanTask
from reelwise.media.requests.sound import SoundTask
from reelwise.media.sound.track import SoundSettings
from reelwise.media.workers import handover, worker_process
from reelwise.media.workers.pool import WorkerPool
from reelwise.media.writers.writer import Encoding, write_video
from targets import exit_status

SECONDS = 2
MAX_SHARE, MAX_START_MILLISECONDS = 0.02, 30
KINDS = ("held", "bare")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=15)
    arguments = parser.parse_args()
    logging.getLogger("reelwise").setLevel(logging.ERROR)  # the rival is not held, which is said otherwise
    with tempfile.TemporaryDirectory() as name:
        paths = _write_clips(Path(name), arguments.files)
        shares = _decoding(paths, arguments.repeats)
        starts = _starting(arguments.repeats)
    save("worker_cost", {"repeats": arguments.repeats, "decoding": shares, "start_milliseconds": starts})
    is_cheap = shares["held"]["median"] <= 1 + MAX_SHARE and starts["more"]["median"] <= MAX_START_MILLISECONDS
    return exit_status(is_met=is_cheap)


def _write_clips(folder: Path, count: int) -> list[Path]:
    paths = [folder / f"{index}.mp4" for index in range(count)]
    for index, path in enumerate(paths):
        frames = islice(clips._frames(index), int(SECONDS * clips.FRAME_RATE))
        write_video(path, frames, Fraction(clips.FRAME_RATE), encoding=Encoding(crf=23))
    return paths


@contextmanager
def _pool(kind: str) -> Iterator[WorkerPool]:
    """A pool of one worker, held or not."""
    module_path = os.pathsep.join(filter(None, [str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]))
    with (
        patch.object(handover, "IS_THERE", handover.IS_THERE and kind == "held"),
        patch.object(worker_process, "_MODULE", worker_process._MODULE if kind == "held" else "bare_worker"),
        patch.dict(os.environ, {"PYTHONPATH": module_path}),
        WorkerPool(1, limits=WorkerLimits(tasks_per_worker=1_000_000)) as pool,
    ):
        list(pool.run([ScanTask(Path("no such file"))]))  # it starts, while the patches hold
        yield pool


def _decoding(paths: list[Path], repeats: int) -> dict[str, dict[str, float]]:
    """Processor seconds for all files by the bare worker's in the same round: frames, and sound, which is missing."""
    seconds: dict[str, list[float]] = {kind: [] for kind in KINDS}
    with _pool("held") as held, _pool("bare") as bare:
        print(f"worker_cost: held by {', '.join(held.restrictions())}, and by {bare.restrictions() or 'nothing'}")
        pools = {"held": held, "bare": bare}
        for number in range(repeats + 1):  # the first one is a warm-up
            for kind in KINDS if number % 2 else KINDS[::-1]:
                seconds[kind].append(_decode_all(pools[kind], paths))
    rates = {kind: len(paths) / statistics.median(seconds[kind][1:]) for kind in KINDS}
    print(
        f"worker_cost: {rates['bare']:.1f} clips of {SECONDS} s per processor second without, "
        f"{rates['held']:.1f} with a sandbox"
    )
    ratios = [held / bare for held, bare in zip(*(seconds[kind][1:] for kind in KINDS), strict=True)]
    return {"held": _summary("time for a file, by that without", ratios, "x"), "rates": rates}


def _decode_all(pool: WorkerPool, paths: list[Path]) -> float:
    settings = DecodeSettings(size=112, max_frame_rate=None)
    tasks = []
    for path in paths:
        tasks.append(DecodeTask(path, settings, (None,), (path.with_suffix(".frames"),)))
        tasks.append(SoundTask(path, SoundSettings(), path.with_suffix(".samples")))
    start = _processor_seconds(pool)
    for _, result in pool.run(tasks):
        if isinstance(result, Exception):
            raise result
    return _processor_seconds(pool) - start


def _processor_seconds(pool: WorkerPool) -> float:
    """Of this process and of its worker, which stays the same."""
    (pid,) = pool.worker_pids()
    try:
        text = Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii")  # nanoseconds; psutil counts hundredths
    except OSError:
        return time.process_time() + sum(psutil.Process(pid).cpu_times()[:2])
    return time.process_time() + int(text.split()[0]) / 1e9


def _starting(repeats: int) -> dict[str, dict[str, float]]:
    """Seconds from no worker to its first reply, by the clock and of the processor, more than the bare worker's."""
    clock: dict[str, list[float]] = {kind: [] for kind in KINDS}
    processor: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for number in range(repeats + 1):
        for kind in KINDS if number % 2 else KINDS[::-1]:
            start_time, start = time.perf_counter(), time.process_time()
            with _pool(kind) as pool:
                clock[kind].append(1000 * (time.perf_counter() - start_time))
                processor[kind].append(1000 * (_processor_seconds(pool) - start))
    return {
        "clock": _summary("until the first reply, more than without", _more(clock), "ms"),
        "more": _summary("processor time until then, more than without", _more(processor), "ms"),
    }


def _more(values: dict[str, list[float]]) -> list[float]:
    return [held - bare for held, bare in zip(*(values[kind][1:] for kind in KINDS), strict=True)]


def _summary(what: str, values: list[float], unit: str) -> dict[str, float]:
    if len(values) < MIN_REPEATS:
        print(f"worker_cost: {len(values)} rounds, fewer than {MIN_REPEATS}: no figure of these counts")
    summary = {"median": statistics.median(values), "lowest": min(values), "highest": max(values)}
    print(
        f"worker_cost: {what}: {summary['median']:.3f} {unit}"
        f" (lowest {summary['lowest']:.3f}, highest {summary['highest']:.3f}, {len(values)} rounds)"
    )
    return summary


if __name__ == "__main__":
    sys.exit(main())
