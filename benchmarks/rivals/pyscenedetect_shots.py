"""PySceneDetect's five detectors, at their defaults and swept; runs in .bench/venv-scenedetect.

Reads ``{"files": [...], "timed": [...]}`` from stdin and prints ``{"runs": {name: {file: [[frame, frame], ...]}},
"defaults": [...], "ms_per_frame": {name: ...}}``. Frames are numbered in the order in which they are read, so that a
detector is not blamed for odd time stamps. In the sweep each frame is scored once per detector, and every setting
decides on that score by PySceneDetect's own code.
"""

import itertools
import json
import sys
import time
from collections.abc import Callable, Iterator

import cv2
import numpy as np
from scenedetect import FrameTimecode, detect, open_video  # pyright: ignore[reportMissingImports]
from scenedetect.detector import FlashFilter, SceneDetector  # pyright: ignore[reportMissingImports]
from scenedetect.detectors import (  # pyright: ignore[reportMissingImports]
    AdaptiveDetector,
    ContentDetector,
    HashDetector,
    HistogramDetector,
    ThresholdDetector,
)
from scenedetect.scene_manager import compute_downscale_factor  # pyright: ignore[reportMissingImports]

DEFAULTS: dict[str, Callable[[], SceneDetector]] = {
    "adaptive": AdaptiveDetector,
    "content": ContentDetector,
    "hash": HashDetector,
    "histogram": HistogramDetector,
    "threshold": ThresholdDetector,
}
LENGTHS = (1, 5, 15)
"""Least scene lengths in frames; 15 is the default."""
FRAME_RATE = 25.0
"""Any rate: times are only frame numbers here."""


def settings() -> dict[str, tuple[str, dict]]:
    """Name of each run: its detector and arguments."""
    grids = {
        "adaptive": {
            "adaptive_threshold": (1.5, 2.0, 2.5, 3.0, 3.5, 4.5, 6.0),
            "min_content_val": (5.0, 10.0, 15.0, 20.0),
            "min_scene_len": LENGTHS,
        },
        "content": {
            "threshold": (10.0, 14.0, 18.0, 22.0, 27.0, 32.0, 40.0, 50.0),
            "min_scene_len": LENGTHS,
            "filter_mode": (FlashFilter.Mode.MERGE, FlashFilter.Mode.SUPPRESS),
        },
        "hash": {"threshold": (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5), "min_scene_len": LENGTHS},
        "histogram": {"threshold": (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4), "min_scene_len": LENGTHS},
        "threshold": {"threshold": (6, 12, 20, 30, 50), "min_scene_len": LENGTHS},
    }
    runs: dict[str, tuple[str, dict]] = {name: (name, {}) for name in DEFAULTS}
    for name, grid in grids.items():
        for values in itertools.product(*grid.values()):
            arguments = dict(zip(grid, values, strict=True))
            text = ",".join(f"{key}={getattr(value, 'name', value)}" for key, value in arguments.items())
            runs[f"{name}({text})"] = (name, arguments)
    return runs


class SharedScores:
    """Scores of the frame at hand, each computed once and given to every detector that asks for it."""

    def __init__(self) -> None:
        self._content = ContentDetector()
        self._mean: np.ndarray = np.zeros(1)
        self._hash: np.ndarray = np.zeros(0)
        self._histogram: np.ndarray = np.zeros(0)
        self._score = 0.0

    def see(self, timecode: FrameTimecode, picture: np.ndarray) -> None:
        """Score the next frame."""
        self._score = self._content._calculate_frame_score(timecode, picture)
        self._hash = HashDetector.hash_frame(picture, 8, 2)
        self._histogram = HistogramDetector.calculate_histogram(picture, bins=128)
        self._mean = np.array([picture.mean()])

    def lend(self, kind: str, detector: SceneDetector) -> Callable[[FrameTimecode, np.ndarray], list[FrameTimecode]]:
        """What processes a frame with a detector, its costly part replaced by the shared score."""
        if kind in ("adaptive", "content"):
            detector._calculate_frame_score = lambda timecode, frame_img: self._score
        elif kind == "hash":
            detector.process_frame = self._hash_process(detector)
        elif kind == "histogram":
            detector.calculate_histogram = lambda frame_img, bins, normalize=True: self._histogram
        elif kind == "threshold":
            return lambda timecode, picture: detector.process_frame(timecode, self._mean)
        return detector.process_frame

    def _hash_process(self, detector: SceneDetector) -> Callable[[FrameTimecode, np.ndarray], list[FrameTimecode]]:
        """HashDetector hashes the first frame at the second one; here its hash is there already."""
        process, no_picture = detector.process_frame, np.zeros(0)
        detector.hash_frame = lambda frame_img, hash_size, factor: self._hash

        def process_frame(timecode: FrameTimecode, picture: np.ndarray) -> list[FrameTimecode]:
            frames = process(timecode, no_picture)
            detector._last_hash = self._hash
            return frames

        return process_frame


def frames_of(file: str) -> Iterator[np.ndarray]:
    """BGR frames, made smaller as SceneManager makes them."""
    video = open_video(file)
    factor = compute_downscale_factor(max(video.frame_size))
    while (picture := video.read()) is not False:
        if factor > 1:
            size = tuple(max(1, round(length / factor)) for length in picture.shape[1::-1])
            picture = cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR)
        yield picture


def boundaries_of(file: str, runs: dict[str, tuple[str, dict]]) -> dict[str, list[list[int]]]:
    """Where new shots begin, by run, for one file."""
    scores = SharedScores()
    detectors = {name: DEFAULTS[kind](**arguments) for name, (kind, arguments) in runs.items()}
    process = {name: scores.lend(runs[name][0], detector) for name, detector in detectors.items()}
    cuts: dict[str, list[FrameTimecode]] = {name: [] for name in runs}
    timecode = FrameTimecode(0, FRAME_RATE)
    for index, picture in enumerate(frames_of(file)):
        timecode = FrameTimecode(index, FRAME_RATE)
        scores.see(timecode, picture)
        for name, function in process.items():
            cuts[name] += function(timecode, picture)
    for name, detector in detectors.items():
        cuts[name] += detector.post_process(timecode)
    return {name: [[frame, frame] for frame in sorted({cut.frame_num for cut in own})] for name, own in cuts.items()}


def ms_per_frame(files: list[str], kind: str) -> float:
    """Processor time of PySceneDetect's own ``detect``, in milliseconds a frame."""
    num_frames, began = 0, time.process_time()
    for file in files:
        scenes = detect(file, DEFAULTS[kind](), start_in_scene=True)
        num_frames += scenes[-1][1].frame_num if scenes else 0
    return 1000 * (time.process_time() - began) / max(num_frames, 1)


def main() -> None:
    request = json.load(sys.stdin)
    runs: dict[str, dict[str, list[list[int]]]] = {name: {} for name in settings()}
    for file in request["files"]:
        for name, boundaries in boundaries_of(file, settings()).items():
            runs[name][file] = boundaries
        print(f"pyscenedetect: {file}", file=sys.stderr, flush=True)
    times = {name: ms_per_frame(request["timed"], name) for name in DEFAULTS}
    json.dump({"runs": runs, "defaults": list(DEFAULTS), "ms_per_frame": times}, sys.stdout)


if __name__ == "__main__":
    main()
