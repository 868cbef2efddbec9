"""Are the commands as fast as they were on another commit? Target: at most 1.05 times the time, each.

Both trees run the same commands in processes of their own, in turn: ``--help``, a short training from a warm cache, and
predictions with the model that came of it.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from compare import MIN_REPEATS, compare, timed
from targets import exit_status

REPOSITORY = Path(__file__).parents[1]
SLOWEST_ALLOWED = 1 / 1.05
"""Lowest ratio of rates that passes: 1.05 times the time of before is allowed."""
BASELINE = "commit"


def main() -> int:
    """Compare every command; 1 if one is slower than allowed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("commit", help="the commit to compare with, such as 434cb07")
    parser.add_argument("--repeats", type=int, default=MIN_REPEATS)
    parser.add_argument("--clips", type=int, default=48, help="clips to train on")
    parser.add_argument("--epochs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        trees = {BASELINE: check_out(options.commit, work / "tree"), "this tree": REPOSITORY / "src"}
        make_clips(trees[BASELINE], work / "clips", options.clips)
        is_slower = False
        for command, arguments in commands(work, options.epochs).items():
            rivals: dict[str, Callable[[], float]] = {
                tree: partial(run_once, source, arguments, work / "run" / tree) for tree, source in trees.items()
            }
            summary = compare(f"commits {command}", rivals, BASELINE, options.repeats)
            is_slower |= summary["this tree"]["ratio"] < SLOWEST_ALLOWED
    return exit_status(is_met=not is_slower)


def commands(work: Path, epochs: int) -> dict[str, list[str]]:
    """What is timed, by name; ``OUT`` stands for a folder of each tree's own."""
    cache = ["--cache-dir", str(work / "cache")]
    train = ["train", str(work / "clips"), "--model", "cnn_lstm", "--epochs", str(epochs), "--seed", "0", "--quiet"]
    predict = ["predict", "OUT/model.keras", str(work / "clips"), "--quiet"]
    return {
        "--help": ["--help"],
        "train": [*train, "--out", "OUT", *cache],
        "predict": [*predict, *cache],
    }


def run_once(source: Path, arguments: list[str], out: Path) -> float:
    """Runs per second of one command."""
    if arguments[0] == "train":
        shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-m", "reelwise", *(text.replace("OUT", str(out)) for text in arguments)]
    environment = os.environ | {"PYTHONPATH": str(source)}
    return timed(lambda: subprocess.run(command, check=True, capture_output=True, env=environment), 1)


def check_out(commit: str, folder: Path) -> Path:
    """The sources of a commit."""
    folder.mkdir(parents=True)
    archive = subprocess.run(["git", "-C", REPOSITORY, "archive", commit, "src"], check=True, capture_output=True)
    subprocess.run(["tar", "x", "-C", folder], input=archive.stdout, check=True)
    return folder / "src"


def make_clips(source: Path, folder: Path, num_clips: int) -> None:
    """Labelled clips, made by the older tree."""
    script = f"from reelwise.media.synthetic import write_motion_set; write_motion_set({str(folder)!r}, {num_clips}, 0)"
    script = "from pathlib import Path; " + script.replace(f"({str(folder)!r}", f"(Path({str(folder)!r})")
    subprocess.run([sys.executable, "-c", script], check=True, env=os.environ | {"PYTHONPATH": str(source)})


if __name__ == "__main__":
    sys.exit(main())
