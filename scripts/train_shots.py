"""Trains the shipped shot detector: ``nice .venv/bin/python scripts/train_shots.py --data data``.

Its sources are procedural scenes, pictures inside of installed packages, and recordings under CC0, CC-BY or the words
"use these media files however you wish" (docs/decisions/0043-shot-detector.md). No other footage may be added.
"""

import argparse
import hashlib
import importlib.util
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from safetensors import safe_open

from reelwise.analysis.shots.weights import SHIPPED_WEIGHTS, load_weights
from reelwise.cache.folder import cache_root
from reelwise.cache.scratch import scratch_folder
from reelwise.cli.progress import PlainProgress
from reelwise.core import backend
from reelwise.jobs.detector.scenes import FILM_HW, FilmScene, PictureScene, Scene
from reelwise.media.readers.pyav_reader import PyAVReader

if TYPE_CHECKING:
    from reelwise.jobs.detector.train_detector import Teach

GESTURES = "clips/asl_gestures/{}.mkv"
GESTURE_CLIPS = (
    "again", "bird", "book", "brother", "eat", "help", "hungry", "learn", "milk", "night", "no", "please", "school",
    "sister",
)  # fmt: skip
HELD_OUT_GESTURES = ("sorry", "student", "thanks", "walk", "want", "yes")


@dataclass(frozen=True)
class Source:
    """One file that takes are made of.

    Args:
        path: Below the data folder, or below the package of a picture.
        licence: What its repository states.
        weight: How often it is drawn, beside others.
        package: The package that a picture is in; empty for a recording.
    """

    path: str
    licence: str
    weight: int = 1
    package: str = ""


WISH = "use these media files however you wish"
TRAINING = (
    Source("audiovisual/scenes/house6.mp4", "CC0", 6),
    *(Source(GESTURES.format(word), "CC-BY-4.0") for word in GESTURE_CLIPS),
    Source("long/surveillance/one-by-one-person-detection.mp4", "CC-BY-4.0", 6),
    Source("odd/rotation/ftyp3gp5.mp4", WISH, 2),
    Source("odd/variable_frame_rate/FLIR Thermal.mp4", WISH, 2),
    Source("odd/one_clip_many_containers/uuid540.mp4", WISH, 2),
    Source("images/china.jpg", "CC-BY", 3, "sklearn.datasets"),
    Source("rocket.jpg", "CC0", 3, "skimage.data"),
    Source("retina.jpg", "CC0", 2, "skimage.data"),
    Source("camera.png", "CC0", 2, "skimage.data"),
    Source("brick.png", "CC0", 1, "skimage.data"),
    Source("grass.png", "CC0", 1, "skimage.data"),
    Source("gravel.png", "CC0", 1, "skimage.data"),
)
HELD_OUT = (
    *(Source(GESTURES.format(word), "CC-BY-4.0") for word in HELD_OUT_GESTURES),
    Source("long/surveillance/bottle-detection.mp4", "CC-BY-4.0", 6),
    Source("odd/codecs/100_0306.AVI", WISH, 2),
    Source("odd/one_clip_many_containers/xmp480qt.mov", WISH, 2),
    Source("images/flower.jpg", "CC-BY", 2, "sklearn.datasets"),
    Source("chelsea.png", "CC0", 2, "skimage.data"),
    Source("coffee.png", "CC0", 2, "skimage.data"),
)


def read_options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--out", type=Path, default=SHIPPED_WEIGHTS)
    parser.add_argument("--sequences", type=int, default=5000)
    parser.add_argument("--gradual", type=int, default=2500)
    parser.add_argument("--epochs", type=float, default=3.0, help="over the sequences")
    parser.add_argument("--refine", type=float, default=1.0, help="epochs over both afterwards")
    parser.add_argument("--validation", type=int, default=160, help="edits of held-out scenes for the calibration")
    parser.add_argument("--learning-rate", type=float, default=2e-3)
    parser.add_argument("--batch", type=int, default=16, help="sequences of a step")
    parser.add_argument(
        "--start", type=Path, nargs="+", default=(), help="detectors to go on from the mean of [default: new weights]"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--backend", default="tensorflow", help="of Keras")
    parser.add_argument("--processes", type=int, default=2, help="that make examples; the result does not depend on it")
    parser.add_argument("--teacher", type=Path, help="weights of TransNet V2, see scripts/shot_teacher.py")
    return parser.parse_args()


def main() -> None:
    """Train, print the metrics on edits of held-out scenes, and write the weights."""
    options = read_options()
    info = backend.start_backend(options.backend, threads=2)
    backend.prepare(options.seed)
    from reelwise.jobs.detector.fit import FitPlan
    from reelwise.jobs.detector.train_detector import DetectorPlan, save_weights, train_detector

    fit, refine = (
        FitPlan(epochs, options.batch, rate, seed=options.seed)
        for epochs, rate in ((options.epochs, options.learning_rate), (options.refine, options.learning_rate / 2))
    )
    plan = DetectorPlan(
        options.sequences, options.gradual, options.validation, fit, refine, options.processes, options.seed
    )
    training, validation = (load_scenes(sources, options.data) for sources in (TRAINING, HELD_OUT))
    start = mean_weights(options.start)
    with scratch_folder(cache_root(None), "train") as scratch:
        teach = load_teacher(options.teacher)
        result = train_detector(
            training, validation, plan, scratch=scratch, progress=PlainProgress(), start=start, teach=teach
        )
    print(result.metrics.as_dict())
    facts = {
        "command": f"scripts/train_shots.py {' '.join(sys.argv[1:])}",
        "start": [start_facts(path) for path in options.start],
        "commit": subprocess.run(
            ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True
        ).stdout.strip(),
        "seed": options.seed,
        "versions": info.versions,
        "training": describe(TRAINING, options.data),
        "held_out": describe(HELD_OUT, options.data),
    }
    save_weights(options.out, result.weights, facts)


def mean_weights(paths: Sequence[Path]) -> dict[str, np.ndarray] | None:
    """The mean of the weights of detectors; None of none."""
    if not paths:
        return None
    sets = [load_weights(path).arrays for path in paths]
    return {
        name: np.mean([arrays[name].astype(np.float32) for arrays in sets], axis=0).astype(first.dtype)
        for name, first in sets[0].items()
    }


def start_facts(path: Path) -> dict[str, object]:
    """What a detector to go on from says of itself, without its sources: the training that goes on has the same."""
    with safe_open(path, "np") as file:
        facts = json.loads(file.metadata()["reelwise"])
    return {name: fact for name, fact in facts.items() if name not in ("training", "held_out")}


def load_teacher(weights: Path | None) -> "Teach | None":
    """TransNet V2 as a teacher, which needs PyTorch; None without weights."""
    if weights is None:
        return None
    from shot_teacher import TransNetTeacher

    return TransNetTeacher(weights).teach


def load_scenes(sources: tuple[Source, ...], data: Path) -> list[Scene]:
    """A scene for each source, as often as it weighs."""
    scenes: list[Scene] = []
    for source in sources:
        path = path_of(source, data)
        scene = PictureScene(read_picture(path)) if source.package else FilmScene(read(path))
        scenes += [scene] * source.weight
    return scenes


def path_of(source: Source, data: Path) -> Path:
    """Where a source lies on this machine."""
    if not source.package:
        return data / source.path
    spec = importlib.util.find_spec(source.package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{source.package} is not installed: pip install -r requirements-dev.txt")
    return Path(spec.origin).parent / source.path


def read_picture(path: Path) -> np.ndarray:
    """(H, W, 3) uint8 RGB."""
    picture = cv2.imread(str(path))
    if picture is None:
        raise SystemExit(f"{path} cannot be read")
    return picture[..., ::-1].copy()


def read(path: Path) -> np.ndarray:
    """(T, 56, 96, 3) uint8: all frames of a recording."""
    with PyAVReader(path) as reader:
        return np.stack([frame.picture(FILM_HW) for frame in reader])


def describe(sources: tuple[Source, ...], data: Path) -> list[dict[str, str]]:
    """What each source is, for whoever reads the weights."""
    return [
        {
            "path": f"{source.package}:{source.path}" if source.package else source.path,
            "licence": source.licence,
            "sha256": hashlib.sha256(path_of(source, data).read_bytes()).hexdigest(),
        }
        for source in sources
    ]


if __name__ == "__main__":
    main()
