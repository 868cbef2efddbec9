"""Kills a run with ``kill -9`` in a chosen phase, resumes it, and compares what comes out with a run left alone.

As a script it kills as often as you say, at moments that its seed decides, and prints one line per kill:
``python tests/crash/kill.py --backend jax --kills 20``. With ``--again`` all kills come in one training.
"""

import argparse
import csv
import hashlib
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from reelwise.models.catalogue import find_entry

# A phase begins when stderr shows a line that starts so.
PHASES = {
    "scan": "scan",
    "cache": "decode",
    "epoch": "train",
    "checkpoint": "train",
    "evaluation": "evaluate",
    "report": "report",
}
TIMEOUT_SECONDS = 600
TIMINGS = ("seconds", "clips_per_second")
"""Columns of history.csv that differ between any two runs."""
AGAIN_SECONDS = 1.0
"""The longest wait after a checkpoint of a training that is killed again and again: some epochs."""
SMALL = ("--modalities", "frames", "--size", "32", "--num-frames", "8", "--no-refit")
"""Options of a training of some seconds."""
SMALL_FRAMES = ("--task", "prediction", "--size", "32", "--num-frames", "4", "--frame-stride", "1")
"""The same of a model that predicts frames."""


@dataclass(frozen=True)
class Digests:
    """SHA-256 of what a run leaves that depends on no clock.

    Args:
        metrics: Of metrics.json.
        weights: Of model.keras.
        history: Of history.csv without its timings.
    """

    metrics: str
    weights: str
    history: str


@dataclass(frozen=True)
class Outcome:
    """What one kill did.

    Args:
        phase: Where the run was to be killed.
        wait_seconds: From the start of the phase to the kill.
        killed: Whether the kill came before the run had ended.
        differences: Which files differ from those of the run that was left alone.
        problem: What the resumed run said when it failed.
    """

    phase: str
    wait_seconds: float
    killed: bool
    differences: tuple[str, ...] = ()
    problem: str = ""

    @property
    def good(self) -> bool:
        """Nothing lost, nothing different."""
        return not self.differences and not self.problem


def command(out: Path, cache: Path, options: tuple[str, ...]) -> list[str]:
    """The run that is killed."""
    base = [sys.executable, "-m", "reelwise", "train", "synthetic:motion", "--seed", "3"]
    return [*base, "--out", str(out), "--cache-dir", str(cache), *options]


def start(arguments: list[str]) -> subprocess.Popen[str]:
    """Start a run as the leader of a group, which its decoders belong to."""
    return subprocess.Popen(
        arguments, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, start_new_session=True
    )


def run_to_end(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """Run and wait."""
    return subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=TIMEOUT_SECONDS)


def kill_in(phase: str, arguments: list[str], out: Path, wait_seconds: float) -> bool:
    """Start a run, wait for a phase and then ``wait_seconds``, and kill it; False when it was over already."""
    process = start(arguments)
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith(PHASES[phase]):
            break
    if phase == "checkpoint":
        _wait_for_saving(out, process)
    else:
        time.sleep(wait_seconds)
    alive = process.poll() is None
    if alive:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(TIMEOUT_SECONDS)
    process.stderr.close()
    return alive


def _wait_for_saving(out: Path, process: subprocess.Popen[str]) -> None:
    while process.poll() is None:
        if any(out.glob("checkpoints/*/*/.saving-*")):
            return
        time.sleep(0.0005)


def digests(out: Path) -> Digests:
    """Of a finished run."""
    rows = csv.DictReader(io.StringIO((out / "history.csv").read_text(encoding="utf-8")))
    exact = [{name: text for name, text in row.items() if name not in TIMINGS} for row in rows]
    blobs = ((out / "metrics.json").read_bytes(), (out / "model.keras").read_bytes(), json.dumps(exact).encode())
    return Digests(*(hashlib.sha256(blob).hexdigest() for blob in blobs))


def try_kill(phase: str, folder: Path, options: tuple[str, ...], expected: Digests, wait_seconds: float) -> Outcome:
    """One kill, one resume, one comparison; scan and cache start from an empty cache."""
    out = Path(tempfile.mkdtemp(prefix=f"run-{phase}-", dir=folder))
    cache = folder / "cache"
    if phase in ("scan", "cache"):
        cache = folder / f"cache-{out.name}"
        if (folder / "cache" / "synthetic").exists():
            shutil.copytree(folder / "cache" / "synthetic", cache / "synthetic")
    killed = kill_in(phase, command(out, cache, options), out, wait_seconds)
    resume = ("--resume",) if (out / "run.json").exists() else ()
    done = run_to_end([*command(out, cache, options), *resume])
    if done.returncode != 0:
        return Outcome(phase, wait_seconds, killed, problem=done.stderr[-1500:])
    return Outcome(phase, wait_seconds, killed, differences_of(digests(out), expected))


def try_kill_again(
    folder: Path, options: tuple[str, ...], expected: Digests, waits_seconds: Sequence[float]
) -> list[Outcome]:
    """Kill one training again and again, each time a while after its next checkpoint, and compare once."""
    out, outcomes = folder / "again", []
    arguments = command(out, folder / "cache", options)
    for wait_seconds in waits_seconds:
        process = start([*arguments, *(("--resume",) if out.exists() else ())])
        before = newest_checkpoint(out)
        while process.poll() is None and newest_checkpoint(out) == before:
            time.sleep(0.005)
        time.sleep(wait_seconds)
        alive = process.poll() is None
        if alive:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(TIMEOUT_SECONDS)
        outcomes.append(Outcome("epoch", wait_seconds, alive))
        print(newest_checkpoint(out), json.dumps(asdict(outcomes[-1])), flush=True)
    done = run_to_end([*arguments, "--resume"])
    differences = differences_of(digests(out), expected) if done.returncode == 0 else ()
    problem = done.stderr[-1500:] if done.returncode != 0 else ""
    return [replace(outcome, differences=differences, problem=problem) for outcome in outcomes]


def newest_checkpoint(out: Path) -> str:
    """The name of the newest one of a run of one training; empty where there is none."""
    return max((path.name for path in out.glob("checkpoints/*/*/step-*")), default="")


def differences_of(result: Digests, expected: Digests) -> tuple[str, ...]:
    """Which files differ."""
    return tuple(name for name, digest in asdict(expected).items() if asdict(result)[name] != digest)


def undisturbed(folder: Path, options: tuple[str, ...]) -> tuple[Digests, dict[str, float]]:
    """The digests of a run that is left alone, and how long each of its phases took, in seconds."""
    process = start(command(folder / "alone", folder / "cache", options))
    assert process.stderr is not None
    lines, stages = [], []
    for line in process.stderr:
        lines.append(line)
        if line.rstrip().endswith("…"):  # a stage begins
            stages.append((time.monotonic(), line))
    assert process.wait(TIMEOUT_SECONDS) == 0, "".join(lines)
    process.stderr.close()
    ends = [*(begin for begin, _ in stages[1:]), time.monotonic()]
    seconds = dict.fromkeys(PHASES, 0.0)
    for (begin, line), end in zip(stages, ends, strict=True):
        for phase in (phase for phase, word in PHASES.items() if line.startswith(word)):
            seconds[phase] = seconds[phase] or end - begin
    return digests(folder / "alone"), seconds


def main() -> int:
    """Kill ``--kills`` runs, spread over the phases, and say how many ended the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--model", default="cnn")
    parser.add_argument("--again", action="store_true", help="kill one training again and again")
    parser.add_argument("--backend", help="tensorflow, jax or torch")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="reelwise-kill-"))
    small = SMALL_FRAMES if find_entry(arguments.model.partition(":")[0]).gives == "frames" else SMALL
    options = (*small, "--model", arguments.model, "--epochs", str(arguments.epochs))
    options += ("--backend", arguments.backend) if arguments.backend else ()
    began = time.monotonic()
    expected, seconds = undisturbed(folder, options)
    print(f"undisturbed run: {time.monotonic() - began:.0f} s, {json.dumps(seconds)}", flush=True)
    outcomes, moments = [], random.Random(arguments.seed)
    if arguments.again:
        waits_seconds = [round(moments.uniform(0, AGAIN_SECONDS), 3) for _ in range(arguments.kills)]
        outcomes = try_kill_again(folder, options, expected, waits_seconds)
    for number in range(0 if arguments.again else arguments.kills):
        phase = list(PHASES)[number % len(PHASES)]
        outcome = try_kill(phase, folder, options, expected, round(moments.uniform(0, seconds[phase]), 3))
        outcomes.append(outcome)
        print(json.dumps(asdict(outcome)), flush=True)
    good = sum(outcome.good for outcome in outcomes)
    print(
        f"{good} of {len(outcomes)} the same; {sum(outcome.killed for outcome in outcomes)} were killed in time;"
        f" {time.monotonic() - began:.0f} s"
    )
    shutil.rmtree(folder)
    return int(good != len(outcomes))


if __name__ == "__main__":
    sys.exit(main())
