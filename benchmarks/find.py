"""Does `find` see a passage again, whatever was done to it, and nothing where nothing is shared?

``python benchmarks/find.py FOLDER`` takes real videos from a folder and decodes their first seconds once, as
previews. Half of the videos are films to be searched. Positives: passages of those, changed in twelve ways. The changes
are made on previews of 320 pixels in memory; only ``re-encode`` goes through x264. Some of each change are written to
files and looked for in the original videos by ``reelwise find``. Negatives: (clip, film) pairs of
which nothing is shared, and pairs that share bars, black frames, a still title card or an intro. Then the time of 64
pictures against 100,000.
"""

import argparse
import io
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame

from compare import save
from find_files import find_by_command, write_clip
from reelwise.analysis.similarity.descriptors import GEOMETRIES, NUM_VALUES, PLAIN
from reelwise.analysis.similarity.matches import Passage, find_passages
from reelwise.analysis.similarity.prints import Print, PrintMaker
from reelwise.analysis.similarity.score import features_of
from reelwise.analysis.similarity.search import NUM_MOMENTS, MomentIndex
from reelwise.analysis.times import FrameClock
from reelwise.core.errors import VideoError
from reelwise.media.find import find_videos
from reelwise.media.requests.stream import PictureSpec, StreamTask
from reelwise.media.stream import VideoStream
from shot_sources import DATA
from targets import exit_status

PREVIEW_SIDE = 320
SECONDS = 7.0
"""Of each video that are used."""
MIN_SECONDS = 1.6
"""Shortest video that is used."""
FALSE_LIMIT, RECALL_LIMIT = 3, 0.98
LEFT_OUT = ("odd/",)
"""Folders whose files show the same few clips: a match between two of them is none that is false."""
TICKS = 1_000_000
"""Of the clocks that are made here, per second."""


@dataclass(frozen=True, eq=False)
class Source:
    """The beginning of a real video.

    Args:
        name: Its path below the folder.
        pictures: (N, H, W) uint8 grey, 320 pixels along the longer side.
        seconds: (N,) from the first frame.
    """

    name: str
    pictures: np.ndarray
    seconds: np.ndarray

    @property
    def duration(self) -> float:
        """Seconds, with the last frame as long as a usual one."""
        return float(self.seconds[-1] + np.median(np.diff(self.seconds)))


@dataclass(frozen=True, eq=False)
class Example:
    """A clip with what is true of it.

    Args:
        kind: What was done to it.
        pictures: Of the clip.
        seconds: Of the clip.
        film: Index of the film.
        start: Of the passage in the film, in seconds.
        end: Its end.
        speed: Seconds of film per second of clip.
    """

    kind: str
    pictures: np.ndarray
    seconds: np.ndarray
    film: int
    start: float
    end: float
    speed: float = 1.0


def load_source(path: Path, name: str, keep: Path | None) -> Source | None:
    """Decode the beginning of a video; None where it cannot be used or is too short."""
    file = keep / (name.replace("/", "__") + ".npz") if keep else None
    if file and file.is_file():
        with np.load(file) as arrays:
            pictures, seconds = arrays["g"], arrays["sec"]
    else:
        try:
            pictures, seconds = _decode(path)
        except VideoError:
            return None
        if file:
            file.parent.mkdir(parents=True, exist_ok=True)
            np.savez(file, g=pictures, sec=seconds)
    inside = seconds < SECONDS
    source = Source(name, pictures[inside], seconds[inside])
    return source if inside.sum() > 8 and source.duration >= MIN_SECONDS else None


def _decode(path: Path) -> tuple[np.ndarray, np.ndarray]:
    pictures, pts = [], []
    with VideoStream(StreamTask(path, (PictureSpec(max_side=PREVIEW_SIDE),))) as stream:
        for frame in stream:
            pictures.append(cv2.cvtColor(frame.pictures[0], cv2.COLOR_RGB2GRAY))
            pts.append(frame.pts)
            if (pts[-1] - pts[0]) * stream.header.time_base > SECONDS:
                break
        seconds = (np.array(pts) - pts[0]) * float(stream.header.time_base)
    return np.stack(pictures), seconds


def print_of(pictures: np.ndarray, seconds: np.ndarray, *, is_clip: bool = False) -> Print:
    """The print of pictures, as the analyzer makes it of a preview."""
    geometries = GEOMETRIES if is_clip else (PLAIN,)
    maker = PrintMaker(geometries)
    for picture in pictures:
        height, width = picture.shape
        maker.push(cv2.resize(picture, (max(1, width // 2), max(1, height // 2)), interpolation=cv2.INTER_AREA))
    pts = np.round(seconds * TICKS).astype(np.int64)
    end = int(pts[-1] + np.median(np.diff(pts)))
    return Print(FrameClock(pts, end, Fraction(1, TICKS)), geometries, *maker.arrays())


Change = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def _resize(pictures: np.ndarray, width: int, height: int) -> np.ndarray:
    return np.stack([cv2.resize(p, (width, height), interpolation=cv2.INTER_AREA) for p in pictures])


def _scale(pictures: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    scale = rng.uniform(0.25, 0.8)
    height, width = pictures.shape[1:]
    small = _resize(pictures, max(16, round(width * scale)), max(16, round(height * scale * rng.uniform(0.9, 1.1))))
    return _resize(small, width, height)


def _crop(pictures: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A tenth of each side away, in all; the window may lie a little beside the middle."""
    height, width = pictures.shape[1:]
    dy, dx = round(height * 0.1), round(width * 0.1)
    top, left = round(dy * rng.uniform(0.25, 0.75)), round(dx * rng.uniform(0.25, 0.75))
    return pictures[:, top : height - dy + top, left : width - dx + left]


def _border(pictures: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    top, left = ((0.12, 0.0), (0.0, 0.15), (0.1, 0.1))[rng.integers(3)]
    _, height, width = pictures.shape
    dy, dx = round(height * top), round(width * left)
    level = int(rng.choice([0, 16, 128, 255]))
    return np.pad(pictures, ((0, 0), (dy, dy), (dx, dx)), constant_values=level)


def _brightness(pictures: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    gain, shift, gamma = rng.uniform(0.7, 1.3), rng.uniform(-30, 30), rng.uniform(0.8, 1.25)
    table = np.clip(255 * (np.arange(256) / 255) ** gamma * gain + shift, 0, 255).astype(np.uint8)
    return table[pictures]


def _logo(pictures: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    height, width = pictures.shape[1:]
    changed = pictures.copy()
    side = round(0.14 * min(height, width))
    top = int(rng.choice([4, height - side - 4]))
    left = int(rng.choice([4, width - side - 4]))
    changed[:, top : top + side, left : left + side] = rng.integers(200, 256)
    return changed


def encode(pictures: np.ndarray, crf: int) -> np.ndarray:
    """The pictures after x264 at a rate factor, from memory to memory."""
    pictures = pictures[:, : pictures.shape[1] // 2 * 2, : pictures.shape[2] // 2 * 2]
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="matroska") as output:
        stream = output.add_stream("libx264", rate=25, options={"crf": str(crf), "preset": "veryfast"})
        stream.height, stream.width, stream.pix_fmt = pictures.shape[1], pictures.shape[2], "yuv420p"
        for picture in pictures:
            output.mux(stream.encode(VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="gray")))
        output.mux(stream.encode())
    buffer.seek(0)
    with av.open(buffer, "r") as container:
        return np.stack([frame.to_ndarray(format="gray") for frame in container.decode(video=0)])


CHANGES: dict[str, Change] = {
    "scale": _scale,
    "crop": _crop,
    "border": _border,
    "mirror": lambda pictures, rng: pictures[:, :, ::-1],
    "re-encode": lambda pictures, rng: encode(pictures, int(rng.integers(26, 37))),
    "blur": lambda pictures, rng: np.stack([cv2.GaussianBlur(p, (0, 0), 3.0) for p in pictures]),
    # Previews are grey already: what a filter of grey does is other weights of the colours, here a change of gamma.
    "grey": lambda pictures, rng: (255 * (pictures / 255.0) ** rng.uniform(0.85, 1.15)).astype(np.uint8),
    "brightness": _brightness,
    "logo": _logo,
    "rate": lambda pictures, rng: pictures,
    "speed": lambda pictures, rng: pictures,
    "trimmed": lambda pictures, rng: pictures,
}


def make_example(kind: str, film: int, source: Source, rng: np.random.Generator) -> Example:
    """A changed passage of a film: all of it, or at least a second and a half."""
    start, end = 0.0, source.duration
    if kind == "trimmed" or rng.random() < 0.5:
        length = rng.uniform(min(MIN_SECONDS, 0.8 * end), 0.9 * end)
        start = rng.uniform(0, end - length)
        end = start + length
    inside = np.flatnonzero((source.seconds >= start - 1e-6) & (source.seconds < end - 1e-6))
    pictures, seconds = source.pictures[inside], source.seconds[inside]
    start = float(seconds[0])
    end = float(source.seconds[inside[-1] + 1]) if inside[-1] + 1 < len(source.seconds) else source.duration
    seconds, speed = seconds - start, 1.0
    if kind == "rate":
        old = 1 / float(np.median(np.diff(seconds)))
        rate = 15.0 if old > 20 else 30.0
        times = np.arange(0, end - start - 0.5 / rate, 1 / rate)
        pictures, seconds = pictures[np.searchsorted(seconds, times + 1e-6, "right") - 1], times
    if kind == "speed":
        speed = float(rng.choice([0.9, 1.1]) if rng.random() < 0.5 else rng.uniform(0.9, 1.1))
        seconds = seconds / speed
    return Example(kind, CHANGES[kind](pictures, rng), seconds, film, start, end, speed)


def judge(example: Example, passages: list[Passage], film: Print) -> dict[str, float] | None:
    """Errors of the first passage; None where it is of another film or place."""
    if not passages or passages[0].film != example.film:
        return None
    first = passages[0]
    start, end = (float(film.clock.seconds_of(frame)) for frame in first.film_frames)
    both = min(end, example.end) - max(start, example.start)
    iou = max(both, 0.0) / (max(end, example.end) - min(start, example.start))
    if iou <= 0:
        return None
    clip_start = first.alignment.start
    expected = example.start + example.speed * clip_start
    frame_seconds = film.duration / len(film)
    offset = abs(float(first.alignment.line.film_seconds(np.array(clip_start))) - expected) / frame_seconds
    return {"offset": offset, "iou": iou, "score": first.score}


def examples_of(films: list[Source], count: int, rng: np.random.Generator) -> Iterator[Example]:
    """Every change, ``count`` times each; films in turn."""
    order = rng.permutation(len(films))
    for number, kind in enumerate(kind for _ in range(count) for kind in CHANGES):
        film = int(order[number % len(films)])
        yield make_example(kind, film, films[film], rng)


def run_positives(
    films: list[Source], prints: list[Print], index: MomentIndex, count: int, rng: np.random.Generator
) -> Iterator[tuple[Example, dict[str, float] | None, list[Passage]]]:
    """Every change, ``count`` times each, with what became of it."""
    for example in examples_of(films, count, rng):
        film = example.film
        passages = find_passages(print_of(example.pictures, example.seconds, is_clip=True), prints, index)
        yield example, judge(example, passages, prints[film]), passages


def with_shared(
    kind: str, source: Source, shared: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """A video of 25 frames a second that holds something which other videos hold too."""
    times = np.arange(0, source.duration, 0.04)
    pictures = _resize(source.pictures[np.searchsorted(source.seconds, times + 1e-6, "right") - 1], 320, 180)
    if kind == "bars":
        pictures = pictures.copy()
        pictures[:, :24] = pictures[:, -24:] = 0
    elif kind == "intro":
        pictures = np.concatenate([shared, pictures])
    else:
        place = int(rng.integers(0, len(pictures)))
        pictures = np.concatenate([pictures[:place], shared, pictures[place:]])
    return pictures, np.arange(len(pictures)) * 0.04


def shared_part(kind: str, source: Source, rng: np.random.Generator) -> np.ndarray:
    """What both videos of a pair hold: black frames, a still card with text, or an intro of a real scene."""
    length = int(rng.integers(25, 75))
    card = np.full((180, 320), int(rng.integers(0, 60)), np.uint8)
    cv2.putText(card, f"Chapter {rng.integers(100)}", (30, 100), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 240, 3)
    if kind == "title":
        return np.repeat(card[None], length, 0)
    if kind == "intro":
        frames = source.pictures[: min(length, len(source.pictures) // 2)]
        return _resize(frames, 320, 180)
    return np.zeros((length, 180, 320), np.uint8)


def run_shared(sources: list[Source], count: int, rng: np.random.Generator) -> Iterator[tuple[str, list[Passage]]]:
    """Pairs of unlike videos that share something which is no match by itself."""
    for number in range(count):
        kind = ("bars", "black", "title", "intro")[number % 4]
        first, second, third = rng.choice(len(sources), 3, replace=False)
        shared = shared_part(kind, sources[third], rng)
        # What is more than half of a video is no intro.
        shared = shared[: round(25 * min(sources[first].duration, sources[second].duration))]
        one, other = (with_shared(kind, sources[place], shared, rng) for place in (first, second))
        passages = find_passages(print_of(*one, is_clip=True), [print_of(*other)])
        yield f"{kind}: {sources[first].name} and {sources[second].name}", passages


def product_milliseconds(num_moments: int = 100_000) -> float:
    """Median milliseconds of 64 pictures against so many moments."""
    rng = np.random.default_rng(0)
    index = MomentIndex([])
    index.values = rng.normal(size=(num_moments, NUM_VALUES)).astype(np.float32)
    pictures = rng.normal(size=(NUM_MOMENTS, NUM_VALUES)).astype(np.float32)
    times = []
    for _ in range(9):
        began = time.perf_counter()
        index.compare(pictures)
        times.append(1000 * (time.perf_counter() - began))
    return float(np.median(times))


def main() -> int:
    """Run all, print a table, and write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=DATA)
    parser.add_argument("--previews", type=Path, help="folder that keeps decoded previews for another run")
    parser.add_argument("--sources", type=int, default=124, help="videos that are used")
    parser.add_argument("--each", type=int, default=34, help="positives of each change")
    parser.add_argument("--negatives", type=int, default=2700, help="pairs that share nothing")
    parser.add_argument("--shared", type=int, default=300, help="pairs that share bars, black, a title or an intro")
    parser.add_argument("--files", type=int, default=2, help="positives of each change that are files")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    began = time.process_time()
    rng = np.random.default_rng(arguments.seed)
    sources = choose_sources(arguments.folder, arguments.previews, arguments.sources, rng)
    films, rest = sources[::2], sources[1::2]
    prints = [print_of(film.pictures, film.seconds) for film in films]
    index = MomentIndex(prints)
    print(f"{len(films)} films of {len(index)} moments, {len(rest)} other videos", flush=True)
    result = {
        "load": os.getloadavg()[0],
        "positives": report_positives(films, prints, index, arguments.each, rng),
        "negatives": report_negatives(rest, prints, index, films, arguments.negatives),
        "shared": report_shared(sources, arguments.shared, rng),
        "files": report_files(arguments.folder, films, examples_of(films, arguments.files, rng)),
        "milliseconds_64_by_100000": round(product_milliseconds(), 1),
    }
    false = result["negatives"]["false"] + result["shared"]["false"]
    print(f"64 x 100,000: {result['milliseconds_64_by_100000']} ms at a load of {result['load']:.1f}")
    print(
        f"recall@1 {result['positives']['recall']:.3f}, {false} false; {time.process_time() - began:.0f} s of processor"
    )
    save("find", result)
    return exit_status(is_met=result["positives"]["recall"] >= RECALL_LIMIT and false <= FALSE_LIMIT)


def choose_sources(folder: Path, keep: Path | None, count: int, rng: np.random.Generator) -> list[Source]:
    """Real videos in a random order that the seed decides, whatever previews are kept."""
    names = [str(path.relative_to(folder)) for path in find_videos(folder)]
    names = [name for name in names if not name.startswith(LEFT_OUT)]
    sources = []
    for place in rng.permutation(len(names)):
        source = load_source(folder / names[place], names[place], keep)
        if source is not None:
            sources.append(source)
        if len(sources) == count:
            break
    return sources


def report_positives(
    films: list[Source], prints: list[Print], index: MomentIndex, count: int, rng: np.random.Generator
) -> dict:
    """Recall, and errors of what was seen again, by change."""
    rows: dict[str, list[dict[str, float] | None]] = {kind: [] for kind in CHANGES}
    num_false = 0
    for example, judged, passages in run_positives(films, prints, index, count, rng):
        rows[example.kind].append(judged)
        others = [one for one in passages if one.film != example.film]
        num_false += len(others)
        if judged is None or judged["offset"] > 2 or judged["iou"] < 0.9 or others:
            where = [f"{films[one.film].name} {one.score:.2f}" for one in others]
            print(f"  {example.kind} of {films[example.film].name}: {judged} {where}", flush=True)
    everything = [row for each in rows.values() for row in each]
    result = {"recall": _recall(everything), "count": len(everything), "other_matches": num_false, "kinds": {}}
    for kind, each in rows.items():
        good = [row for row in each if row]
        result["kinds"][kind] = {
            "recall": _recall(each),
            "offset_worst": max((row["offset"] for row in good), default=None),
            "within_2_frames": np.mean([row["offset"] <= 2 for row in good]).item() if good else 0.0,
            "iou_mean": np.mean([row["iou"] for row in good]).item() if good else 0.0,
            "iou_at_least_0.9": np.mean([row["iou"] >= 0.9 for row in good]).item() if good else 0.0,
        }
        print(f"{kind:12} {result['kinds'][kind]}", flush=True)
    return result


def _recall(rows: list[dict[str, float] | None]) -> float:
    return sum(row is not None for row in rows) / max(len(rows), 1)


def report_files(folder: Path, films: list[Source], examples: Iterator[Example]) -> dict:
    """The same by files: clips are encoded with their times, films are the originals at full length."""
    rows: list[dict[str, float] | None] = []
    with tempfile.TemporaryDirectory() as scratch:
        chosen = list(examples)
        paths = sorted({folder / films[example.film].name for example in chosen})
        for number, example in enumerate(chosen):
            clip = write_clip(Path(scratch) / f"{number}.mkv", example.pictures, example.seconds)
            match = find_by_command(clip, paths, Path(scratch) / "cache")
            film = films[example.film]
            row = judge_match(example, match, film) if match and Path(match["file"]) == folder / film.name else None
            rows.append(row)
            if row is None or row["offset"] > 2 or row["iou"] < 0.9:
                print(f"  file, {example.kind} of {film.name}: {row}", flush=True)
    good = [row for row in rows if row]
    result = {
        "count": len(rows),
        "recall": _recall(rows),
        "within_2_frames": sum(row["offset"] <= 2 for row in good),
        "iou_at_least_0.9": sum(row["iou"] >= 0.9 for row in good),
    }
    print(f"by command: {result}", flush=True)
    return result


def judge_match(example: Example, match: dict, film: Source) -> dict[str, float]:
    """Errors of a match of the document reelwise/matches/1."""
    start, end = (match["video"][edge]["seconds"] for edge in ("start", "end"))
    both = min(end, example.end) - max(start, example.start)
    expected = example.start + example.speed * match["clip"]["start"]["seconds"]
    return {
        "offset": abs(start - expected) * len(film.seconds) / film.duration,
        "iou": max(both, 0.0) / (max(end, example.end) - min(start, example.start)),
    }


def report_negatives(
    clips: list[Source], prints: list[Print], index: MomentIndex, films: list[Source], count: int
) -> dict:
    """Matches between videos that share nothing."""
    num_clips = min(len(clips), -(-count // len(films)))
    num_false = 0
    for clip in clips[:num_clips]:
        for one in find_passages(print_of(clip.pictures, clip.seconds, is_clip=True), prints, index):
            num_false += 1
            print(
                f"  false: {clip.name} in {films[one.film].name}: {one.score:.2f} {features_of(one.alignment)}",
                flush=True,
            )
    print(f"negatives: {num_false} false matches in {num_clips * len(films)} pairs", flush=True)
    return {"pairs": num_clips * len(films), "false": num_false}


def report_shared(sources: list[Source], count: int, rng: np.random.Generator) -> dict:
    """Matches between videos that share what is no match."""
    num_false = 0
    for name, passages in run_shared(sources, count, rng):
        num_false += bool(passages)
        for one in passages:
            print(f"  false: {name}: {one.score:.2f} {one.clip_frames} {one.film_frames}", flush=True)
    print(f"shared: {num_false} of {count} pairs match", flush=True)
    return {"pairs": count, "false": num_false}


if __name__ == "__main__":
    raise SystemExit(main())
