"""Kills a run with ``kill -9`` in a chosen phase, resumes it, and compares what comes out with a run left alone.

As a script it kills as often as you say: ``python tests/crash/kill.py --kills 20`` prints one line per kill.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

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


@dataclass(frozen=True)
class Outcome:
    """What one kill did.

    Args:
        phase: Where the run was to be killed.
        killed: Whether the kill came before the run had ended.
        same_metrics: Whether metrics.json is the same, byte for byte.
        same_weights: Whether model.keras is the same, byte for byte.
        problem: What the resumed run said when it failed.
    """

    phase: str
    killed: bool
    same_metrics: bool
    same_weights: bool
    problem: str = ""

    @property
    def good(self) -> bool:
        """Nothing lost, nothing different."""
        return self.same_metrics and self.same_weights and not self.problem


def command(out: Path, cache: Path, options: tuple[str, ...]) -> list[str]:
    """The run that is killed."""
    base = [sys.executable, "-m", "reelwise", "train", "synthetic:motion", "--seed", "3"]
    return [*base, "--out", str(out), "--cache-dir", str(cache), *options]


def run_to_end(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    """Run and wait."""
    return subprocess.run(arguments, capture_output=True, text=True, check=False, timeout=TIMEOUT_SECONDS)


def kill_in(phase: str, arguments: list[str], out: Path, wait_seconds: float) -> bool:
    """Start a run, wait for a phase and then ``wait_seconds``, and kill it; False when it was over already."""
    process = subprocess.Popen(
        arguments, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, start_new_session=True
    )
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
        os.kill(process.pid, signal.SIGKILL)
    process.wait(TIMEOUT_SECONDS)
    process.stderr.close()
    return alive


def _wait_for_saving(out: Path, process: subprocess.Popen[str]) -> None:
    while process.poll() is None:
        if any(out.glob("checkpoints/*/*/.saving-*")):
            return
        time.sleep(0.0005)


def digests(out: Path) -> tuple[str, str]:
    """SHA-256 of metrics.json and model.keras."""
    first, second = (hashlib.sha256((out / name).read_bytes()).hexdigest() for name in ("metrics.json", "model.keras"))
    return first, second


def try_kill(
    phase: str, folder: Path, options: tuple[str, ...], expected: tuple[str, str], wait_seconds: float
) -> Outcome:
    """One kill, one resume, one comparison; scan and cache start from an empty cache."""
    out = folder / f"run-{phase}-{random.random():.9f}"
    cache = folder / "cache"
    if phase in ("scan", "cache"):
        cache = folder / f"cache-{out.name}"
        if (folder / "cache" / "synthetic").exists():
            shutil.copytree(folder / "cache" / "synthetic", cache / "synthetic")
    killed = kill_in(phase, command(out, cache, options), out, wait_seconds)
    resume = ("--resume",) if (out / "run.json").exists() else ()
    done = run_to_end([*command(out, cache, options), *resume])
    if done.returncode != 0:
        return Outcome(phase, killed, False, False, done.stderr[-1500:])
    metrics, weights = digests(out)
    return Outcome(phase, killed, metrics == expected[0], weights == expected[1])


def undisturbed(folder: Path, options: tuple[str, ...]) -> tuple[str, str]:
    """The digests of a run that is left alone."""
    done = run_to_end(command(folder / "alone", folder / "cache", options))
    assert done.returncode == 0, done.stderr
    return digests(folder / "alone")


def main() -> int:
    """Kill ``--kills`` runs, spread over the phases, and say how many ended the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--epochs", type=int, default=12)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="reelwise-kill-"))
    options = ("--epochs", str(arguments.epochs))
    began = time.monotonic()
    expected = undisturbed(folder, options)
    print(f"undisturbed run: {time.monotonic() - began:.0f} s", flush=True)
    outcomes = []
    for number in range(arguments.kills):
        phase = list(PHASES)[number % len(PHASES)]
        longest = {"epoch": 12.0, "evaluation": 0.3, "report": 0.2, "cache": 0.5, "scan": 0.05}.get(phase, 0.0)
        outcome = try_kill(phase, folder, options, expected, random.uniform(0, longest))
        outcomes.append(outcome)
        print(json.dumps(vars(outcome)), flush=True)
    good = sum(outcome.good for outcome in outcomes)
    print(f"{good} of {len(outcomes)} the same; {sum(outcome.killed for outcome in outcomes)} were killed in time")
    shutil.rmtree(folder)
    return int(good != len(outcomes))


if __name__ == "__main__":
    sys.exit(main())
