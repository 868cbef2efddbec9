"""Runs the same small jobs on another commit and on this tree, and compares every number that a user gets.

Usage: ``.venv/bin/python scripts/same_numbers.py COMMIT [--only NAME] [--keep FOLDER]``. Each job is a training of a
few epochs with a fixed seed, then evaluate, predict, check and info on its model. Fields that are new are listed; a
field that is gone, or a number that differs in its last digit, is a breach (exit 1). Times and rates are left out.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[1]
PYTHON = REPOSITORY / ".venv/bin/python"
TIMES = {"seconds", "clips_per_second", "created", "tool", "versions", "path", "run", "model_sha256"}
"""Fields that may differ between two runs of the same code: wall-clock times, rates, and where files lie."""

JOBS: dict[str, list[str]] = {
    "split": ["synthetic:motion", "--epochs", "3"],
    "folds": ["motion", "--folds", "2", "--model", "cnn_lstm", "--epochs", "2", "--ablate", "off"],
    "several": ["motion", "--model", "cnn,lstm", "--epochs", "2", "--no-refit"],
    "modalities": ["sound", "--modalities", "frames,sound,metadata", "--columns", "site,hour", "--model", "cnn",
                   "--epochs", "2"],
    "multilabel": ["multilabel.csv", "--model", "cnn", "--epochs", "2"],
    "regression": ["regression.csv", "--model", "cnn", "--epochs", "2", "--task", "regression"],
    "regression_folds": ["regression.csv", "--model", "motion", "--epochs", "2", "--task", "regression",
                         "--folds", "2"],
}  # fmt: skip
SMALL = ["--size", "48", "--num-frames", "8", "--batch-size", "6"]


def main() -> int:
    """Run every job on both trees; print what differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("commit", help="the commit to compare with")
    parser.add_argument("--only", choices=sorted(JOBS), action="append", help="run this job alone")
    parser.add_argument("--keep", type=Path, help="work here and keep it: results of the commit are used again")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = (options.keep or Path(temporary)).resolve()
        before = check_out(options.commit, work / "before-tree")
        make_data(before, work / "data")
        breaches = 0
        for name in options.only or JOBS:
            old = work / f"before-{name}"
            if not (old / "done").exists():
                run_job(before, name, work, old)
            new = work / f"after-{name}-{os.getpid()}"
            run_job(REPOSITORY / "src", name, work, new)
            breaches += report(name, read_results(old), read_results(new))
    return int(breaches > 0)


def check_out(commit: str, folder: Path) -> Path:
    """The sources of a commit."""
    if not folder.exists():
        folder.mkdir(parents=True)
        archive = subprocess.run(["git", "-C", REPOSITORY, "archive", commit, "src"], check=True, capture_output=True)
        subprocess.run(["tar", "x", "-C", folder], input=archive.stdout, check=True)
    return folder / "src"


def make_data(source: Path, folder: Path) -> None:
    """The labelled clips that the jobs learn from, made once by the older tree."""
    if (folder / "done").exists():
        return
    script = f"""
import csv
from pathlib import Path
from reelwise.media.synthetic import Look, write_motion_set
from reelwise.media.synthetic.audio_visual import write_audio_visual_set
root = Path({str(folder)!r})
look = Look(size=64, num_frames=14, num_groups=6)
write_motion_set(root / "motion", 24, 0, look=look, labels=("bounce", "down", "up"))
write_audio_visual_set(root / "sound", 24, 0, "sound", look=look, without_sound=0.3)
rows = list(csv.DictReader((root / "motion/labels.csv").open()))
labels = {{
    "multilabel": lambda i, row: row["label"] + ("|odd" if i % 2 else ""),
    "regression": lambda i, row: i * 1.5,
}}
for name, label in labels.items():
    with (root / (name + ".csv")).open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("file", "label", "group"))
        writer.writerows(("motion/" + r["file"], label(i, r), r["group"]) for i, r in enumerate(rows))
(root / "done").touch()
"""
    subprocess.run([PYTHON, "-c", script], check=True, env=environment(source))


def run_job(source: Path, name: str, work: Path, out: Path) -> None:
    """Train, then evaluate, predict and check with what came of it."""
    data, *options = JOBS[name]
    where = data if data.startswith("synthetic:") else str(work / "data" / data)
    cache = ["--cache-dir", str(work / "cache")]
    clips = work / "data" / ("sound" if name == "modalities" else "motion")
    out.mkdir(parents=True)
    reelwise(
        source, ["train", where, "--out", str(out / "run"), "--seed", "0", *cache, *SMALL, *options], out / "train.json"
    )
    model = str(out / "run" / "model.keras")
    labelled = str(clips) if where.startswith("synthetic:") else where
    reelwise(source, ["evaluate", model, labelled, *cache], out / "evaluate.json")
    metadata = ["--metadata", str(clips / "labels.csv")] if name == "modalities" else []
    reelwise(source, ["predict", model, str(clips), *cache, *metadata], out / "predict.json")
    reelwise(source, ["check", where, *cache], out / "check.json")
    reelwise(source, ["info", model], out / "info.json")
    (out / "done").touch()


def reelwise(source: Path, arguments: list[str], answer: Path) -> None:
    """One command with ``--json``; its document goes to ``answer``."""
    command = [PYTHON, "-m", "reelwise", arguments[0], "--json", *arguments[1:]]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(source), check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stderr[-3000:]}")
    answer.write_text(done.stdout, encoding="utf-8")


def environment(source: Path) -> dict[str, str]:
    """The same machine settings for both trees."""
    return os.environ | {"PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}


def read_results(folder: Path) -> dict[str, Any]:
    """Every number of a job: {file: {path of the field: value}}."""
    found: dict[str, Any] = {}
    for name in ("train.json", "evaluate.json", "predict.json", "check.json", "info.json", "run/metrics.json"):
        text = (folder / name).read_text(encoding="utf-8").replace(str(folder), "OUT")
        found[name] = dict(flatten(json.loads(text)))
    for name in ("splits.csv", "predictions.csv", "history.csv", "skipped.csv"):
        with (folder / "run" / name).open(newline="", encoding="utf-8") as stream:
            found[name] = dict(flatten(list(csv.DictReader(stream))))
    return found


def flatten(value: Any, path: str = "") -> list[tuple[str, Any]]:
    """Every leaf of a document with the path to it, times left out."""
    if isinstance(value, dict):
        return [leaf for key, item in value.items() if key not in TIMES for leaf in flatten(item, f"{path}.{key}")]
    if isinstance(value, list):
        return [leaf for index, item in enumerate(value) for leaf in flatten(item, f"{path}[{index}]")]
    return [(path, value)]


def report(job: str, before: dict[str, Any], after: dict[str, Any]) -> int:
    """Print what differs; how many fields are gone or changed."""
    breaches = 0
    for name in before:
        old, new = before[name], after[name]
        changed = [path for path in old if path not in new or new[path] != old[path]]
        added = [path for path in new if path not in old]
        breaches += len(changed)
        print(f"{job}: {name}: {len(old)} fields, {len(changed)} gone or changed, {len(added)} added", flush=True)
        for path in changed[:10]:
            print(f"    {path}: {old[path]!r} -> {new.get(path, 'gone')!r}")
        for path in added[:10]:
            print(f"    {path} is new: {new[path]!r}")
    return breaches


if __name__ == "__main__":
    sys.exit(main())
