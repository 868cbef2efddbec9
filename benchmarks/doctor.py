"""Does the doctor see that two files show one recording, and only then? And how long does `check` take?

``python benchmarks/doctor.py FOLDER`` takes every set of real videos below a folder. Of some videos of each it writes
copies (re-encoded, mirrored, trimmed, a tenth faster or slower, a tenth cropped, and in a longer film after its first
minute), adds those of one kind to the set and compares all as ``check`` and ``train`` do. Recall: the copies that are
joined with their original. False alarms: pairs that are joined and are no copies, among the originals and with copies
beside them. With ``--commit`` the time of ``check`` is compared with that of an older commit, each on an empty cache.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np

from commits import check_out
from compare import MIN_REPEATS, compare, save, timed
from planted_copies import KINDS, read_footage, write_copy
from reelwise.cache.frame_cache import FrameCache
from reelwise.core.clip import DecodeSettings
from reelwise.core.errors import VideoError
from reelwise.core.records import Record
from reelwise.datasets.reading import read_dataset
from reelwise.datasets.recordings.same import find_same_recordings
from shot_sources import DATA
from targets import Load, Target, exit_status

LEAST_RECALL = 0.95
SLOWEST_ALLOWED = 1 / 1.3
"""Lowest ratio of rates that passes: 1.3 times the time of before is allowed."""

LEAST_SECONDS, MOST_SECONDS = 0.5, 20.0
"""Of a video that copies are made of; shorter ones the doctor names, and does not compare."""

ONE_RECORDING = (
    ("flower.", "flower-fragmented."),
    ("sample.", "sample_"),
    ("BA_MW_D",),
    ("bear-vp9",),
    ("carphone_",),
    ("uuid540.", "xmp480qt."),
)
"""Beginnings of names of files that are copies already: one clip in many containers, damaged, and compressed."""


@dataclass(frozen=True)
class RealSet:
    """Videos that somebody would train on.

    Args:
        name: Its folder.
        records: Videos and segments of it.
    """

    name: str
    records: tuple[Record, ...]


def main() -> int:
    """Run all, print a row per set, and write the JSON; 3 if a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=DATA)
    parser.add_argument("--sets", nargs="*", help="names of sets; all without it")
    parser.add_argument("--each", type=int, default=12, help="videos of each set of which copies are made")
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), help="kinds of copies")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--commit", help="also compare the time of `check` with that of this commit")
    parser.add_argument("--timed", nargs="*", default=["actions", "lips"], help="sets whose check is timed")
    parser.add_argument("--repeats", type=int, default=MIN_REPEATS)
    options = parser.parse_args()
    load = Load.now()
    print(load, flush=True)
    targets: list[Target] = []
    rows = {}
    with tempfile.TemporaryDirectory() as name:
        cache = FrameCache(Path(name) / "cache")
        for real_set in real_sets(options.folder):
            if options.sets is None or real_set.name in options.sets:
                rows[real_set.name] = judge_set(real_set, cache, Path(name) / "copies", options)
                targets += targets_of(real_set.name, rows[real_set.name])
    if options.commit:
        targets += [time_check(options.commit, options.folder / name, options.repeats) for name in options.timed]
    for target in targets:
        print(target, flush=True)
    save("doctor", {**load.as_dict(), "sets": rows, "targets": [target.as_dict() for target in targets]})
    return exit_status(is_met=all(target.is_met for target in targets))


def real_sets(folder: Path) -> list[RealSet]:
    """The sets below a folder: each folder in it, and those that lie deeper and are a set of their own."""
    sets = []
    for name in sorted(item.name for item in folder.iterdir() if item.is_dir()):
        for inner in (name, *(f"{name}/{item}" for item in ("asl_gestures",) if (folder / name / item).is_dir())):
            records = read_dataset(folder / inner, strict=False).records
            own = [record for record in records if inner != name or "asl_gestures" not in record.path.parts]
            sets.append(RealSet(inner, tuple(own)))
    return sets


def judge_set(real_set: RealSet, cache: FrameCache, folder: Path, options: argparse.Namespace) -> dict:
    """Pairs that are joined in a set as it is, and with copies of each kind."""
    rng = np.random.default_rng(options.seed)
    row: dict = {"videos": len(real_set.records), "false": false_alarms(joined_pairs(real_set.records, cache), {})}
    print(f"{real_set.name}: {len(real_set.records)} videos, {len(row['false'])} false alarms", flush=True)
    sources = [real_set.records[place] for place in rng.permutation(len(real_set.records))]
    footage = []
    for record in sources:
        if len(footage) == options.each:
            break
        try:
            item = read_footage(record, MOST_SECONDS)
        except VideoError:
            continue
        if item is not None and item.end >= LEAST_SECONDS:
            footage.append((record, item))
    row["kinds"] = {}
    for kind in options.kinds:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        originals: dict[str, str] = {}
        for number, (record, item) in enumerate(footage):
            path = folder / f"copy {number} {kind.replace('%', 'percent')}.mp4"
            write_copy(path, item, kind, np.random.default_rng([options.seed, number]))
            originals[path.name] = record.name
        copies = [Record(name, folder / name, "copy") for name in originals]
        pairs = joined_pairs([*real_set.records, *copies], cache)
        missed = [original for copy, original in originals.items() if frozenset((copy, original)) not in pairs]
        false = false_alarms(pairs, originals)
        row["kinds"][kind] = {"copies": len(originals), "missed": missed, "false": false}
        print(
            f"  {kind:15} {len(originals) - len(missed)} of {len(originals)}, missed {missed}, false {false}",
            flush=True,
        )
    return row


def joined_pairs(records: Sequence[Record], cache: FrameCache) -> set[frozenset[str]]:
    """Pairs of names that ``check`` and ``train`` take for one recording."""
    settings = DecodeSettings()
    fill = cache.fill(records, settings)
    usable = [record for record in records if record.name not in fill.failures]
    same = find_same_recordings(usable, cache, settings, fill.contents, fill.facts)
    return {frozenset(pair) for item in same for pair in combinations(item.names, 2)}


def false_alarms(pairs: set[frozenset[str]], originals: dict[str, str]) -> list[list[str]]:
    """Pairs that are no copies.

    Args:
        pairs: What was joined.
        originals: The original of each copy, by name.
    """
    alarms = []
    for one, other in sorted(sorted(pair) for pair in pairs):
        first, second = originals.get(one, one), originals.get(other, other)
        if first != second and not is_known(first, second):
            alarms.append([one, other])
    return alarms


def is_known(first: str, second: str) -> bool:
    """Whether two files of the folder are one recording, byte for byte or as their names say."""
    names = [Path(name).name for name in (first, second)]
    return any(all(name.startswith(starts) for name in names) for starts in ONE_RECORDING)


def targets_of(name: str, row: dict) -> list[Target]:
    """No false alarm, and nearly every copy."""
    num = sum(kind["copies"] for kind in row["kinds"].values())
    num_missed = sum(len(kind["missed"]) for kind in row["kinds"].values())
    num_false = len(row["false"]) + sum(len(kind["false"]) for kind in row["kinds"].values())
    targets = [Target(f"{name}: false alarms", num_false, 0, is_least=False)]
    return targets + ([Target(f"{name}: recall", 1 - num_missed / num, LEAST_RECALL, is_least=True)] if num else [])


def time_check(commit: str, data: Path, repeats: int) -> Target:
    """How fast `check` is beside that of a commit, both from an empty cache."""
    with tempfile.TemporaryDirectory() as name:
        trees = {"commit": check_out(commit, Path(name) / "tree"), "this tree": Path(__file__).parents[1] / "src"}
        rivals = {tree: partial(run_check, source, data, Path(name) / "cache") for tree, source in trees.items()}
        summary = compare(f"doctor check {data.name}", rivals, "commit", repeats)
    return Target(f"{data.name}: rate of check", summary["this tree"]["ratio"], SLOWEST_ALLOWED, is_least=True)


def run_check(source: Path, data: Path, cache: Path) -> float:
    """Runs per second of one `check`."""
    shutil.rmtree(cache, ignore_errors=True)
    command = [sys.executable, "-m", "reelwise", "check", str(data), "--quiet", "--cache-dir", str(cache)]
    environment = os.environ | {"PYTHONPATH": str(source)}
    return timed(lambda: subprocess.run(command, check=False, capture_output=True, env=environment), 1)


if __name__ == "__main__":
    sys.exit(main())
