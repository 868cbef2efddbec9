"""What does `reelwise analyze` cost? Times beside PySceneDetect's and beside decoding alone, and peak memory.

``python benchmarks/analyze.py`` makes its videos once (a minute of real footage, repeated) and finds them there again;
``--hours 2`` analyzes one long video of 720p. Wall and processor time count the start of every process. PSS is what a
tree really occupies: pages that processes share count once.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from analyze_footage import FRAME_RATE, SIZES, make_video
from compare import MIN_REPEATS, save
from memory import peak_memory
from shot_rivals import ENVIRONMENTS, RIVALS
from targets import Load, Target, exit_status

WORK = Path(os.environ.get("REELWISE_BENCH_WORK", Path(__file__).parents[1] / ".bench" / "analyze"))
PARTS = Path(__file__).with_name("analyze_parts.py")
MINUTES = 10.0
MEMORY_MINUTES = (5.0, 20.0)
MAX_RATIOS = {"shots / pyscenedetect": 1.2, "everything / (decode + slowest analyzer)": 1.25}
MIN_SPEED = 3.0
"""Times real time, of everything at 720p."""

MAX_MIB, MAX_MIB_WITH_MODEL, MAX_GROWTH = 600, 1229, 1.05
"""Peak PSS of the tree; with a model 1.2 GiB; of the longer video over the shorter one."""

_PYSCENEDETECT = "import sys; from scenedetect import AdaptiveDetector, detect; detect(sys.argv[1], AdaptiveDetector())"


@dataclass(frozen=True)
class Cost:
    """Of one run: seconds of wall and processor time, of the whole tree."""

    wall: float
    processor: float


def run_command(command: Sequence[str]) -> Cost:
    """Run a command to its end; its children count as far as it has waited for them."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | _own_path(command)
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit {process.returncode}")
    return Cost(time.monotonic() - began, usage.ru_utime + usage.ru_stime)


def _own_path(command: Sequence[str]) -> dict[str, str]:
    """The rivals' environments must not see the packages of this one."""
    return {"PYTHONPATH": os.environ.get("PYTHONPATH", "")} if command[0] == sys.executable else {}


def analyze_command(video: Path, out: Path, *options: str) -> list[str]:
    """The public command, into an empty folder."""
    shutil.rmtree(out, ignore_errors=True)
    return [sys.executable, "-m", "reelwise", "analyze", str(video), "--out", str(out), "--quiet", *options]


def measure_times(size: str, plan: argparse.Namespace, out: Path) -> dict[str, Any]:
    """Costs of all rivals on one video, interleaved, and of each analyzer by itself."""
    video = make_video(plan.work, size, plan.minutes)
    rivals: dict[str, Callable[[], list[str]]] = {
        "decode": lambda: [sys.executable, str(PARTS), str(video)],
        "shots": lambda: analyze_command(video, out, "--do", "shots"),
        "everything": lambda: analyze_command(video, out),
    }
    python = ENVIRONMENTS / RIVALS["pyscenedetect"][0] / "bin" / "python"
    python = plan.pyscenedetect or python
    if python.exists():
        rivals["pyscenedetect"] = lambda: [str(python), "-c", _PYSCENEDETECT, str(video)]
    else:
        print(f"analyze: no PySceneDetect in {python}: scripts/bench makes that environment", flush=True)
    costs: dict[str, list[Cost]] = {name: [] for name in rivals}
    for turn in range(plan.repeats):
        for name, make_command in rivals.items():
            costs[name].append(run_command(make_command()))
        print(f"analyze: {size}, round {turn + 1} of {plan.repeats}", flush=True)
    seconds, num_frames = _seconds_by_analyzer(video)
    return {
        "video_seconds": num_frames / FRAME_RATE,
        "num_frames": num_frames,
        "runs": {name: [asdict(cost) for cost in own] for name, own in costs.items()},
        "median": {name: _median(own) for name, own in costs.items()},
        "analyzer_ms_per_frame": {name: 1000 * own / num_frames for name, own in seconds.items()},
    }


def _seconds_by_analyzer(video: Path) -> tuple[dict[str, float], int]:
    """Of each analyzer in one pass of all, with as many threads as the command uses; and the number of frames."""
    one_thread = {"OPENBLAS_NUM_THREADS": "1", "OPENCV_FOR_THREADS_NUM": "1"}
    command = [sys.executable, str(PARTS), str(video), "--analyzers"]
    process = subprocess.run(command, stdout=subprocess.PIPE, env=os.environ | one_thread, check=True)
    document = json.loads(process.stdout)
    return document["seconds"], document["num_frames"]


def _median(costs: Sequence[Cost]) -> dict[str, float]:
    return {name: statistics.median(getattr(cost, name) for cost in costs) for name in ("wall", "processor")}


def print_times(size: str, times: Mapping[str, Any]) -> None:
    """A line per rival: medians, spread and rate."""
    for name, median in times["median"].items():
        walls = [run["wall"] for run in times["runs"][name]]
        ms = 1000 / times["num_frames"]
        print(
            f"{size} {name:<14} wall {median['wall']:7.1f} s ({min(walls):.1f} to {max(walls):.1f}),"
            f" {median['wall'] * ms:5.2f} ms a frame; processor {median['processor'] * ms:5.2f} ms a frame;"
            f" {times['video_seconds'] / median['wall']:5.1f} x real time"
        )
    parts = ", ".join(f"{name} {ms:.2f}" for name, ms in times["analyzer_ms_per_frame"].items())
    print(f"{size} analyzers, ms a frame: {parts}", flush=True)


def time_targets(size: str, times: Mapping[str, Any]) -> list[Target]:
    """The targets of times; ratios are medians of those within a round."""
    runs, targets = times["runs"], []
    slowest = max(times["analyzer_ms_per_frame"].values()) * times["num_frames"] / 1000
    pairs = {"everything / (decode + slowest analyzer)": ("everything", "decode", slowest)}
    if "pyscenedetect" in runs:
        pairs["shots / pyscenedetect"] = ("shots", "pyscenedetect", 0.0)
    for name, (above, below, more) in pairs.items():
        rounds = zip(runs[above], runs[below], strict=True)
        ratio = statistics.median(one["wall"] / (other["wall"] + more) for one, other in rounds)
        targets.append(Target(f"{size} {name}", ratio, MAX_RATIOS[name], is_least=False))
    speed = times["video_seconds"] / times["median"]["everything"]["wall"]
    if size == "720p":
        targets.append(Target("720p everything, x real time", speed, MIN_SPEED, is_least=True))
    return targets


def measure_memory(plan: argparse.Namespace, out: Path) -> dict[str, Any]:
    """Peak PSS of the tree by length of the video, without and with a model."""
    rows = {}
    for minutes in MEMORY_MINUTES:
        video = make_video(plan.work, "720p", minutes)
        for name, options in {"": (), ", model": ("--model", str(plan.model))}.items():
            if not name or plan.model:
                rows[f"{minutes:g} min{name}"] = _memory_row(video, out, options)
    return rows


def _memory_row(video: Path, out: Path, options: Sequence[str] = ()) -> dict[str, float]:
    peak, seconds = peak_memory(analyze_command(video, out, *options))
    row = {"peak_mib": round(peak / 2**20, 1), "seconds": round(seconds, 1)}
    print(f"analyze: {video.name} {' '.join(options)}: peak {row['peak_mib']} MiB, {row['seconds']} s", flush=True)
    return row


def memory_targets(rows: Mapping[str, Mapping[str, float]]) -> list[Target]:
    """The targets of memory."""
    targets = []
    for name, row in rows.items():
        limit = MAX_MIB_WITH_MODEL if "model" in name else MAX_MIB
        targets.append(Target(f"peak MiB, {name}", row["peak_mib"], limit, is_least=False))
    short, long = (rows.get(f"{minutes:g} min") for minutes in MEMORY_MINUTES)
    if short and long:
        growth = long["peak_mib"] / short["peak_mib"]
        targets.append(Target("peak of the longer over the shorter", growth, MAX_GROWTH, is_least=False))
    return targets


def make_plan() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=WORK, help="folder for the videos")
    parser.add_argument("--sizes", nargs="*", default=tuple(SIZES), choices=tuple(SIZES))
    parser.add_argument("--minutes", type=float, default=MINUTES, help="length of the videos that times are of")
    parser.add_argument("--repeats", type=int, default=MIN_REPEATS, help="rounds; 0 for no times")
    parser.add_argument("--model", type=Path, help="a classifier, for its memory")
    parser.add_argument("--pyscenedetect", type=Path, help="the Python that has PySceneDetect [default: .bench]")
    parser.add_argument("--no-memory", action="store_true", help="times alone")
    parser.add_argument("--hours", type=float, help="only one video of 720p of this length: its memory and time")
    parser.add_argument("--name", help="of the JSON file, where one size is measured at a time")
    parser.add_argument("--make-only", action="store_true", help="make the videos and stop")
    return parser.parse_args()


def main() -> int:
    load, plan = Load.now(), make_plan()
    if plan.make_only:
        lengths = {size: [plan.minutes] if plan.repeats else [] for size in plan.sizes}
        lengths.setdefault("720p", []).extend([] if plan.no_memory else MEMORY_MINUTES)
        print(*(make_video(plan.work, size, minutes) for size in lengths for minutes in lengths[size]), sep="\n")
        return 0
    result: dict[str, Any] = load.as_dict()
    name = plan.name or ("analyze-long" if plan.hours else "analyze")
    targets: list[Target] = []
    plan.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=plan.work) as folder:
        out = Path(folder) / "out"
        if plan.hours:
            result["memory"] = {f"{plan.hours:g} h": _memory_row(make_video(plan.work, "720p", 60 * plan.hours), out)}
        for size in () if plan.hours or not plan.repeats else plan.sizes:
            times = result.setdefault("times", {})[size] = measure_times(size, plan, out)
            print_times(size, times)
            targets += time_targets(size, times)
            save(name, result | {"targets": [target.as_dict() for target in targets]})  # for those who stop it here
        if not plan.hours and not plan.no_memory:
            result["memory"] = measure_memory(plan, out)
        targets += memory_targets(result.get("memory", {}))
    print("\n".join(str(target) for target in targets))
    print(f"analyze: {load}")
    save(name, result | {"targets": [target.as_dict() for target in targets]})
    return exit_status(is_met=all(target.is_met for target in targets))


if __name__ == "__main__":
    sys.exit(main())
