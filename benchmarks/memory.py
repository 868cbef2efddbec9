"""How much memory does a very long video take? Inspects and predicts one, and samples the whole process tree.

``python benchmarks/memory.py`` makes one hour of 1080p (``--minutes 60``) by repeating the packets of a 10 s segment;
CI does the same at one minute, with a lower limit. PSS is what a tree really occupies: pages that processes share count
once.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import psutil

from compare import save
from reelwise.media.writers.repeat import repeat_packets
from reelwise.media.writers.writer import Encoding, write_video
from targets import exit_status

SEGMENT_SECONDS = 10
FRAME_RATE = Fraction(30)
LIMIT_BYTES = 1 << 30


def make_long_video(folder: Path, minutes: float) -> Path:
    """A 1080p video of that length, in seconds: one segment is encoded, its packets are copied."""
    segment, target = folder / "segment.mp4", folder / "long.mp4"
    write_video(segment, _frames(), FRAME_RATE, encoding=Encoding(preset="ultrafast"))
    repeat_packets(segment, target, round(minutes * 60 / SEGMENT_SECONDS))
    return target


def _frames():
    ground = np.random.default_rng(0).integers(0, 255, (1080, 1920, 3), np.uint8)
    ground = ground // 8 + 96
    for index in range(int(SEGMENT_SECONDS * FRAME_RATE)):
        frame = ground.copy()
        left = 6 * index % 1700
        frame[400:600, left : left + 200] = (220, 60, 40)
        yield frame


def peak_memory(command: list[str]) -> tuple[int, float]:
    """Run a command; the highest PSS of its tree in bytes, and its seconds."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        peak = max(peak, _tree_pss(process.pid))
        time.sleep(0.05)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: exit {process.returncode}")
    return peak, time.monotonic() - began


def _tree_pss(pid: int) -> int:
    total = 0
    try:
        tree = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for process in tree:
        try:
            total += process.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return total


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--model", type=Path, help="a model file; without it a small one is trained first")
    parser.add_argument("--limit-mib", type=int, default=LIMIT_BYTES >> 20, help="MiB that no command may exceed")
    arguments = parser.parse_args()
    rows = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        reelwise = [sys.executable, "-m", "reelwise"]
        cache = ["--cache-dir", str(folder / "cache")]
        model = arguments.model
        if model is None:
            train = [
                *reelwise,
                "train",
                "synthetic:motion",
                "--epochs",
                "1",
                "--no-refit",
                "--out",
                str(folder / "run"),
            ]
            subprocess.run([*train, *cache], check=True, stdout=subprocess.DEVNULL)
            model = folder / "run" / "model.keras"
        video = make_long_video(folder, arguments.minutes)
        commands = {
            "info": [*reelwise, "info", str(video), "--json"],
            "predict": [*reelwise, "predict", str(model), str(video), "--json", *cache],
        }
        for verb, command in commands.items():
            peak, seconds = peak_memory(command)
            rows[verb] = {"peak_mib": round(peak / 2**20), "seconds": round(seconds, 1)}
            print(f"memory: {verb} of {arguments.minutes:g} minutes of 1080p: {peak / 2**20:.0f} MiB, {seconds:.0f} s")
    save("memory", {"minutes": arguments.minutes, "limit_mib": arguments.limit_mib, "commands": rows})
    return exit_status(is_met=all(row["peak_mib"] <= arguments.limit_mib for row in rows.values()))


if __name__ == "__main__":
    sys.exit(main())
