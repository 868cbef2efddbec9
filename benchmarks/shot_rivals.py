"""Boundaries by each detector: `reelwise analyze` and the rivals, each in a process and an environment of its own."""

import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reelwise.analysis.document import read_analysis
from reelwise.analysis.results import SegmentTrack
from reelwise.core.files import write_json
from reelwise.metrics.boundaries import Boundary

HERE = Path(__file__).parent
ENVIRONMENTS = HERE.parent / ".bench"
RIVALS = {
    "pyscenedetect": ("venv-scenedetect", "pyscenedetect_shots.py"),
    "scdet": ("venv-scdet", "scdet_shots.py"),
    "transnetv2": ("venv-transnetv2", "transnetv2_shots.py"),
}
"""Environment under .bench that scripts/bench makes, and script under benchmarks/rivals."""

Boundaries = Mapping[Path, tuple[Boundary, ...]]
"""Predictions of one run by file."""


@dataclass(frozen=True)
class Detections:
    """What a detector, or a package of several, predicts.

    Args:
        runs: For each detector and setting the predictions by file.
        defaults: Names of the runs at default settings.
        ms_per_frame: Processor time of the default runs, decoding included.
        duration_seconds: Length of each file; empty where a detector does not say.
    """

    runs: Mapping[str, Boundaries]
    defaults: tuple[str, ...]
    ms_per_frame: Mapping[str, float]
    duration_seconds: Mapping[Path, float]


def detect_by_reelwise(
    files: Sequence[Path], timed_files: Sequence[Path], work: Path, options: Sequence[str] = ()
) -> Detections:
    """Shots by the public command, ``reelwise analyze --do shots``; its start-up counts in the time.

    Args:
        files: What to detect in.
        timed_files: What to measure the processor time on.
        work: Folder for results.
        options: More options of the command.
    """
    predictions, durations, _ = _analyze(files, work / "reelwise", options)
    times = {"reelwise": _analyze(timed_files, work / "reelwise-timed", options)[2]} if timed_files else {}
    return Detections({"reelwise": predictions}, ("reelwise",), times, durations)


def _analyze(files: Sequence[Path], out: Path, options: Sequence[str]) -> tuple[Boundaries, dict[Path, float], float]:
    """Predictions and durations by file, and milliseconds of processor time a frame."""
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "reelwise", "analyze", *map(str, files), "--do", "shots", "--out", str(out)]
    before = _children_seconds()
    subprocess.run([*command, *options, "--quiet"], check=True, stdout=subprocess.DEVNULL)
    seconds = _children_seconds() - before
    index = json.loads((out / "index.json").read_text(encoding="utf-8"))
    predictions: dict[Path, tuple[Boundary, ...]] = {}
    durations: dict[Path, float] = {}
    num_frames = 0
    for video in index["videos"]:
        analysis = read_analysis(out / video["folder"])
        shots = [track for track in analysis.tracks if isinstance(track, SegmentTrack) and track.id == "shots"]
        transitions = [item.transition_in for track in shots for item in track.items]
        path = Path(video["file"])
        predictions[path] = tuple(Boundary(t.start_frame, t.end_frame, t.type, t.score) for t in transitions if t)
        durations[path] = analysis.media.duration_seconds
        num_frames += analysis.media.num_frames
    return predictions, durations, 1000 * seconds / max(num_frames, 1)


def detect_by_rival(name: str, files: Sequence[Path], timed_files: Sequence[Path], work: Path) -> Detections | None:
    """Boundaries by a rival, or None where its environment is not there.

    What it found in a file is kept in ``work`` and used again while file and script are the same; times are always
    measured.

    Args:
        name: One of ``RIVALS``.
        files: What to detect in.
        timed_files: What to measure the processor time on.
        work: Folder for results.
    """
    environment, script = RIVALS[name]
    python, path = ENVIRONMENTS / environment / "bin" / "python", HERE / "rivals" / script
    if not python.exists():
        print(f"shots: no {name} in {python}: scripts/bench makes that environment", flush=True)
        return None
    folder = work / "rivals" / f"{name}-{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    results = {file: folder / f"{_fingerprint(file)}.json" for file in files}
    for file, result in results.items():  # One by one, so that an interrupted run goes on where it was.
        if not result.exists():
            document = _run(python, path, [file], [])
            by_run = {run: by_file[str(file)] for run, by_file in document["runs"].items()}
            write_json(result, {"defaults": document["defaults"], "runs": by_run})
            print(f"shots: {name}: {file.name}", flush=True)
    documents = {file: json.loads(result.read_text(encoding="utf-8")) for file, result in results.items()}
    first = next(iter(documents.values()))
    runs = {
        run: {
            file: tuple(Boundary(a, b, None) for a, b in document["runs"][run]) for file, document in documents.items()
        }
        for run in first["runs"]
    }
    times = _run(python, path, [], timed_files)["ms_per_frame"] if timed_files else {}
    return Detections(runs, tuple(first["defaults"]), times, {})


def _fingerprint(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]


def _run(python: Path, script: Path, files: Sequence[Path], timed_files: Sequence[Path]) -> dict[str, Any]:
    request = json.dumps({"files": [str(file) for file in files], "timed": [str(file) for file in timed_files]})
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    process = subprocess.run(
        [str(python), str(script)],
        input=request,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
        check=True,
    )
    return json.loads(process.stdout)


def _children_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
