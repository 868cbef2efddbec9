"""A classifier over long videos: what `analyze --model` finds against a median filter and fixed windows.

``python benchmarks/actions.py --data data`` trains on the actions of some recordings, cuts those of the
others together with other scenes (more than five minutes, every moment known), analyzes the result and prints mAP at
tIoU 0.5 of three ways to make segments of the same probabilities. The figures of LOG.md are from here.
"""

import argparse
import csv
import json
import sys
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from compare import save
from shot_sources import DATA
from targets import exit_status

HELD_OUT = ("seq05", "seq06", "seq07", "seq08", "seq15", "seq16", "seq17", "seq18")
"""Recordings of the long video: half of each of the two places."""

SIZE = (320, 240)
"""Width and height of the long video."""

RATE = 30
"""Frames per second of the long video."""


def main() -> int:
    """Train, splice, analyze, and print the table; 1 where the segments of analyze are not the best."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--model", type=Path, help="a model that was trained by this script before")
    parser.add_argument("--work", type=Path, help="folder for the model and the videos [default: a temporary one]")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    work = options.work or Path(tempfile.mkdtemp(prefix="reelwise-actions-"))
    work.mkdir(parents=True, exist_ok=True)
    rows = list(csv.DictReader((options.data / "actions/labels.csv").open(encoding="utf-8")))
    model = options.model or train(options.data, rows, work, options.seed)
    truths, probs, found, hop = analyze(options.data, rows, work, model, options.seed)
    labels = sorted({row["label"] for row in rows})
    ways = {
        "analyze": found,
        "median filter of 5 hops, best label": median_filter(probs, labels, hop),
        "fixed windows, threshold 0.5": fixed_windows(probs, labels, hop),
    }
    scores = {name: score(truths, segments) for name, segments in ways.items()}
    for name, value in scores.items():
        print(f"{name:40} mAP@0.5 {value['map_50']:.3f}   mAP@0.3:0.7 {value['map']:.3f}   {value['num']} segments")
    save("actions", {"seed": options.seed, "seconds": truths[-1].end if truths else 0, "ways": scores})
    best = max(scores, key=lambda name: scores[name]["map_50"])
    return exit_status(is_met=best == "analyze")


def train(data: Path, rows: list[dict[str, str]], work: Path, seed: int) -> Path:
    """A model of the recordings that are not in the long video."""
    import reelwise as rw

    listing = work / "train.csv"
    with listing.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("file", "label", "group"))
        for row in rows:
            if row["group"] not in HELD_OUT:
                writer.writerow(((data / "actions" / row["file"]).resolve(), row["label"], row["group"]))
    return rw.train(listing, out=work / "run", seed=seed).path


def analyze(data: Path, rows: list[dict[str, str]], work: Path, model: Path, seed: int):
    """Truths, probabilities (H, C), segments of analyze, and seconds of a hop."""
    import reelwise as rw
    from reelwise.analysis.folder import read_arrays
    from reelwise.analysis.results import SignalTrack
    from reelwise.media.writers.writer import write_video
    from reelwise.metrics.segments import Segment
    from reelwise.metrics.temporal_detection import ScoredSegment

    pieces = list(plan(data, rows, seed))
    film, truth_file = work / f"long-{seed}.mp4", work / f"long-{seed}.json"
    if not truth_file.exists():
        edges: list[tuple[str, int, int]] = []
        write_video(film, frames_of(pieces, edges), Fraction(RATE))
        truth_file.write_text(json.dumps(edges), encoding="utf-8")
    edges = json.loads(truth_file.read_text(encoding="utf-8"))
    truths = [Segment(label, start / RATE, end / RATE) for label, start, end in edges if label]
    out = Path(tempfile.mkdtemp(dir=work)) / "out"
    (analysis,) = rw.analyze(film, out=out, do="shots", model=(model,)).analyses
    signal = next(t for t in analysis.tracks if t.id == "actions" and isinstance(t, SignalTrack))
    found = [
        ScoredSegment(item.label, item.start.seconds, item.end.seconds, item.score)
        for item in analysis.items("actions")
    ]
    probs = read_arrays(out / film.stem / "signals.npz")["actions"]
    return truths, probs, found, float(Fraction(signal.step_seconds or 1))


def plan(data: Path, rows: list[dict[str, str]], seed: int) -> Iterator[tuple[str, Path, float, float]]:
    """Label (empty for other scenes), file, first second and length of each piece, in a random order."""
    rng = np.random.default_rng(seed)
    clips = [row for row in rows if row["group"] in HELD_OUT]
    others = sorted([*(data / "long/no_cuts").iterdir(), *(data / "long/surveillance").iterdir()])
    for place in rng.permutation(len(clips)).tolist():
        yield "", others[int(rng.integers(len(others)))], float(rng.uniform(0, 10)), float(rng.uniform(2, 7))
        yield clips[place]["label"], data / "actions" / clips[place]["file"], 0.0, 60.0


def frames_of(pieces, edges: list[tuple[str, int, int]]) -> Iterator[np.ndarray]:
    """The frames of the long video at its rate; ``edges`` receives label, first frame and end of each piece."""
    number = 0
    for label, path, first, length in pieces:
        start = number
        for seconds, image in timed_pictures(path, first, length):
            picture = cv2.resize(image, SIZE, interpolation=cv2.INTER_AREA)
            while (number - start) / RATE <= seconds:
                yield picture
                number += 1
        edges.append((label, start, number))


def timed_pictures(path: Path, first: float, length: float) -> Iterator[tuple[float, np.ndarray]]:
    """Pictures of a part of a video, with their seconds from its beginning."""
    from reelwise.media.readers.pyav_reader import PyAVReader

    with PyAVReader(path) as reader:
        for frame in reader:
            seconds = float((frame.pts - reader.start_pts) * reader.time_base) - first
            if seconds >= length:
                return
            if seconds >= 0:
                yield seconds, frame.image


def median_filter(probs: np.ndarray, labels: list[str], hop: float):
    """Segments of the best label of each hop, after a median of 5 hops; the score is the mean probability."""
    from scipy.ndimage import median_filter as median

    smooth = median(np.nan_to_num(probs), size=(5, 1))
    return _segments(smooth, smooth.argmax(axis=1), labels, hop, 0.0)


def fixed_windows(probs: np.ndarray, labels: list[str], hop: float):
    """Each window of four hops by itself, where its best label reaches 0.5."""
    from reelwise.metrics.temporal_detection import ScoredSegment

    segments = []
    for start in range(0, len(probs) - 3, 4):
        mean = np.nan_to_num(probs[start : start + 4]).mean(axis=0)
        if mean.max() >= 0.5:
            span = (start * hop, (start + 4) * hop)
            segments.append(ScoredSegment(labels[int(mean.argmax())], *span, float(mean.max())))
    return segments


def _segments(probs: np.ndarray, best: np.ndarray, labels: list[str], hop: float, least: float):
    from reelwise.metrics.temporal_detection import ScoredSegment

    segments, start = [], 0
    for end in range(1, len(best) + 1):
        if end == len(best) or best[end] != best[start]:
            value = float(probs[start:end, best[start]].mean())
            if value >= least:
                segments.append(ScoredSegment(labels[int(best[start])], start * hop, end * hop, value))
            start = end
    return segments


def score(truths, segments) -> dict[str, float]:
    """mAP at tIoU 0.5 and its mean over 0.3 to 0.7."""
    from reelwise.metrics.temporal_detection import detection_metrics

    metrics = detection_metrics({"film": truths}, {"film": segments})
    at_half = metrics.mean_average_precisions[metrics.tiou_thresholds.index(0.5)]
    return {"map_50": at_half, "map": metrics.average_map, "num": len(segments)}


if __name__ == "__main__":
    sys.exit(main())
