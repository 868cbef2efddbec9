"""Does a model find the class wherever it lies, and does sound do no harm where it is missing or of no use?

``python benchmarks/modalities.py clues`` makes sets whose class lies in the sound, the picture, both or a column of
metadata and trains with the right parts of the videos and without; ``speech`` tells real speech from other sound, one
recording held out at a time; ``missing`` trains real clips of which a third have no usable sound with frames and sound
and with frames alone. Real clips are those of REELWISE_REAL_DATA (docs/contributing/real-videos.md); the figures of
LOG.md are from here.
"""

import argparse
import csv
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from compare import save

RIGHT = {
    "sound": "frames,sound",
    "picture": "frames,sound",
    "both": "frames,sound",
    "metadata": "frames,sound,metadata",
}
WITHOUT = {"sound": ("frames",), "picture": ("sound",), "both": ("frames", "sound"), "metadata": ("frames,sound",)}
CLIP_SECONDS = 3.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("question", choices=("clues", "speech", "missing"))
    parser.add_argument("--only", nargs="+", default=[], help="some of the clues, groupings or sets")
    parser.add_argument("--clips", type=int, default=192, help="of a made-up set")
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--ablate", default="mask", choices=("mask", "retrain", "off"))
    parser.add_argument("--model", default="auto")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--fusion", default="concat")
    parser.add_argument("--skip-without", action="store_true", help="train with the right parts only")
    parser.add_argument("--work", type=Path, help="folder for sets and cache, to use them again")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = arguments.work or Path(temporary)
        rows = list({"clues": clues, "speech": speech, "missing": missing}[arguments.question](arguments, work))
    save(f"modalities_{arguments.question}", {"arguments": {**vars(arguments), "work": None}, "rows": rows})
    return 0


def clues(arguments: argparse.Namespace, work: Path) -> Iterator[dict[str, Any]]:
    """Each made-up set with the right parts of the videos and without them."""
    from reelwise.media.synthetic.audio_visual import CLUES, write_audio_visual_set

    for clue in arguments.only or CLUES:
        data = work / f"{clue}-{arguments.clips}"
        if not (data / "labels.csv").exists():
            write_audio_visual_set(data, arguments.clips, 0, clue)
        asked = (RIGHT[clue], *(() if arguments.skip_without else WITHOUT[clue]))
        for modalities in asked:
            for seed in arguments.seeds:
                yield trained(arguments, work, data, (clue, modalities, seed))


def speech(arguments: argparse.Namespace, work: Path) -> Iterator[dict[str, Any]]:
    """Real speech against scenes by their sound alone, leaving out one recording (or collection) at a time."""
    for grouping in arguments.only or ("recording", "collection"):
        data = write_speech_list(work / f"speech-{grouping}", grouping)
        with data.open(encoding="utf-8") as stream:
            arguments.folds = len({row["group"] for row in csv.DictReader(stream)})
        for seed in arguments.seeds:
            yield trained(arguments, work, data, (grouping, "sound", seed))


def missing(arguments: argparse.Namespace, work: Path) -> Iterator[dict[str, Any]]:
    """Frames with sound against frames alone, where a third of the real clips have no usable sound."""
    for name in arguments.only or ("actions", "excerpts"):
        data = work / name / "labels.csv"
        if not data.exists():
            {"actions": write_actions_with_sound, "excerpts": write_excerpts}[name](data.parent)
        for seed in arguments.seeds:
            both = trained(arguments, work, data, (name, "frames,sound", seed))
            frames = trained(arguments, work, data, (name, "frames", seed))
            yield both
            yield frames
            low, high = difference(both, frames)
            gap = both["accuracy"] - frames["accuracy"]
            print(f"{name}, seed {seed}: sound changes it by {gap:+.3f} (95 %: {low:+.3f} to {high:+.3f})", flush=True)
            yield {"set": name, "seed": seed, "difference": gap, "difference_ci95": [low, high]}


def trained(arguments: argparse.Namespace, work: Path, data: Path, what: tuple[str, str, int]) -> dict[str, Any]:
    """One cross-validation through the public job, printed and as a row."""
    from reelwise.jobs.api import train

    name, modalities, seed = what
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as out:
        run = train(
            data,
            out=Path(out) / "run",
            cache_dir=work / "cache",
            modalities=modalities,
            model=arguments.model,
            fusion=arguments.fusion,
            folds=arguments.folds,
            group="group",
            seed=seed,
            epochs=arguments.epochs,
            ablate=arguments.ablate,
            no_refit=True,
        )
        with (Path(out) / "run" / "predictions.csv").open(encoding="utf-8", newline="") as stream:
            right = {row["file"]: row["label"] == row["predicted"] for row in csv.DictReader(stream)}
        timings = json.loads((Path(out) / "run" / "run.json").read_text(encoding="utf-8"))["timings"]
        groups = groups_of(data)
    seconds = time.monotonic() - began
    tell(what, run.metrics, right, timings)
    kept = {key: run.metrics.get(key) for key in ("accuracy", "accuracy_ci95", "modalities", "time", "baselines")}
    answers = {file: (good, groups.get(Path(file).name, file)) for file, good in right.items()}
    row = {"set": name, "modalities_asked": modalities, "seed": seed, "seconds": seconds, "timings": timings}
    return {**row, **kept, "right": answers}


def tell(
    what: tuple[str, str, int], metrics: dict[str, Any], right: dict[str, bool], timings: dict[str, float]
) -> None:
    """Print what one run found."""
    interval = metrics["accuracy_ci95"]
    likely = "no interval" if interval is None else f"{interval[0]:.3f} to {interval[1]:.3f}"
    named = f"{what[0]}, {what[1]}, seed {what[2]}: {sum(right.values())} of {len(right)}"
    print(f"{named}, {metrics['accuracy']:.3f} ({likely})\n  {metrics['verdict']}", flush=True)
    for kind in ("baselines", "modalities", "time"):
        for key, entry in metrics.get(kind, {}).items():
            ends, gap = (
                [round(float(end), 3) for end in entry.get(f) or ()] for f in ("accuracy_ci95", "difference_ci95")
            )
            print(f"    {kind:<10} {key:<24} {entry['accuracy']:.3f} {ends} {gap}", flush=True)
    spent = timings.get("train", 0) + timings.get("evaluate", 0)
    share = timings.get("hide parts", 0) / max(1e-9, spent)
    print(f"    hiding parts took {100 * share:.0f} % of {spent:.0f} s of training and judging", flush=True)
    wrong = [file for file, good in right.items() if not good]
    if 0 < len(wrong) <= 12:
        print(f"    wrong: {', '.join(wrong)}", flush=True)


def difference(first: dict[str, Any], second: dict[str, Any]) -> tuple[float, float]:
    """The paired interval of first minus second over groups; all that is possible with fewer than four of them."""
    from reelwise.metrics.cluster_intervals import paired_difference_interval

    files = sorted(first["right"])
    said = [np.array([run["right"][file][0] for file in files]) for run in (first, second)]
    interval = paired_difference_interval(said[0], said[1], [first["right"][file][1] for file in files])
    return (interval.low, interval.high) if interval else (-1.0, 1.0)


def groups_of(data: Path) -> dict[str, str]:
    """The group of each file by its own name."""
    table = data / "labels.csv" if data.is_dir() else data
    with table.open(encoding="utf-8", newline="") as stream:
        return {Path(row["file"]).name: row["group"] for row in csv.DictReader(stream)}


def real_data() -> Path:
    """Where the real videos are."""
    return Path(os.environ.get("REELWISE_REAL_DATA", Path(__file__).parents[2] / "shared" / "data")).resolve()


def write_list(path: Path, rows: Sequence[tuple[str, str, str]]) -> Path:
    """A list of file, label and group."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("file", "label", "group"), *rows])
    return path


def write_speech_list(folder: Path, grouping: str) -> Path:
    """The 18 files with sound, as links beside their list.

    Args:
        folder: To make.
        grouping: ``recording``: each file for itself, but the two of what looks like one man together;
            ``collection``: all of GRID together, and all of the faces.
    """
    rows = []
    for file in sorted((real_data() / "audiovisual").rglob("*.*")):
        label, collection = ("scene", file.stem) if file.parent.name == "scenes" else ("speech", file.parent.name)
        recording = "pwij3p" if file.stem == "id2_vcd_swwp2s" else f"{file.parent.name}-{file.stem}"
        link = folder / label / f"{file.parent.name}-{file.name}"
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.exists():
            link.write_bytes(file.read_bytes())
        rows.append((link.relative_to(folder).as_posix(), label, recording if grouping == "recording" else collection))
    return write_list(folder / "labels.csv", rows)


def write_actions_with_sound(folder: Path) -> None:
    """The silent clips of two people, two thirds of them with real sound that has nothing to do with them.

    Nothing can be learned from this sound, so it can only do harm.
    """
    from reelwise.core.clip import DecodeSettings
    from reelwise.core.sound import Sound
    from reelwise.media.decoding.decode import decode_video
    from reelwise.media.sound.decode import decode_sound
    from reelwise.media.writers.writer import write_video

    tracks = [decode_sound(file)[0] for file in sorted((real_data() / "audiovisual").rglob("*.*"))]
    rng = np.random.default_rng(7)
    rows = []
    with (real_data() / "actions" / "labels.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            video = decode_video(real_data() / "actions" / row["file"], DecodeSettings(size=160))
            seconds = float(video.times.duration_seconds)
            track = tracks[rng.integers(len(tracks))]
            length = round(seconds * track.sample_rate)
            first = rng.integers(max(1, len(track) - length))
            sound = Sound(np.array(track.samples[first : first + length]), track.sample_rate)
            file = f"{row['label']}/{Path(row['file']).stem}.mp4"
            keep = rng.random() >= 1 / 3
            rate = Fraction(len(video.frames) / seconds).limit_denominator(1001)
            write_video(folder / file, video.frames, rate, sound=sound if keep else None)
            rows.append((file, row["label"], row["group"]))
    write_list(folder / "labels.csv", rows)


def write_excerpts(folder: Path) -> None:
    """Pieces of speech and scenes, of which a seeded third lose their sound; a group is one recording."""
    from reelwise.core.clip import DecodeSettings
    from reelwise.core.sound import Sound
    from reelwise.media.decoding.decode import decode_video
    from reelwise.media.sound.decode import decode_sound
    from reelwise.media.writers.writer import write_video

    rng = np.random.default_rng(7)
    rows = []
    for path in sorted((real_data() / "audiovisual").rglob("*.*")):
        label = "scene" if path.parent.name == "scenes" else "speech"
        whole, (track, _) = decode_video(path, DecodeSettings(size=160)), decode_sound(path)
        num_pieces = max(2, min(6, int(float(whole.times.duration_seconds) / 1.5)))
        step = float(whole.times.duration_seconds) / num_pieces
        for number in range(num_pieces):
            start, end = Fraction(number * step), Fraction(min(number * step + CLIP_SECONDS, (number + 1) * step))
            inside = (whole.times.seconds >= float(start)) & (whole.times.seconds < float(end))
            piece = track.between(start, end)
            sound = Sound(np.array(piece.samples), piece.sample_rate) if rng.random() >= 1 / 3 else None
            file = f"{label}/{path.parent.name}-{path.stem}-{number}.mp4"
            rate = Fraction(int(inside.sum()) / float(end - start)).limit_denominator(1001)
            write_video(folder / file, whole.frames[inside], rate, sound=sound)
            rows.append((file, label, "pwij3p" if path.stem == "id2_vcd_swwp2s" else path.stem))
    write_list(folder / "labels.csv", rows)


if __name__ == "__main__":
    sys.exit(main())
