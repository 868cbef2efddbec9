"""From which change on does something move? Largest change of a block of 8x8 pixels, in still and in real videos.

``python benchmarks/still_windows.py`` encodes pictures of real clips as videos that stand still, with and without noise
of the camera and with several losses of the encoder, decodes them as training does, and prints how much they change
from frame to frame and over a window; then the same for real clips. ``STILL_CHANGE`` of datasets/prediction_windows.py
is from here.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from compare import save
from prediction_sets import actions
from reelwise.cache.frame_cache import FrameCache
from reelwise.core.clip import DecodeSettings
from reelwise.core.records import Record
from reelwise.core.window import WindowSpec
from reelwise.features.block_changes import block_changes
from reelwise.media.writers.writer import Encoding, write_video
from shot_sources import DATA, Take, read_take

LOSSES = (18, 23, 28, 35)
"""Constant rate factors of x264: 23 is its default, 35 is plainly visible."""

NOISES = (0, 3)
"""Standard deviations of the camera's noise, in grey levels."""

PERCENTILES = (0, 1, 5, 25, 50, 90, 99, 100)
SPEC = WindowSpec(8, 8, 2)
NUM_FRAMES = 60


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--cache", type=Path, help="folder for decoded frames, to use them again")
    arguments = parser.parse_args()
    print(f"{'largest change, grey levels':32}" + "".join(f"{percent:>7} %" for percent in PERCENTILES))
    changes = {
        f"still, noise {noise}, crf {loss}": still_changes(noise, loss, arguments.size)
        for noise in NOISES
        for loss in LOSSES
    }
    real = [video.frames for video in actions(arguments.size, 0, arguments.cache).videos]
    changes["actions"] = largest_changes(real)
    save("still_windows", {name: row_of(name, values) for name, values in changes.items()})
    return 0


def row_of(name: str, changes: np.ndarray) -> dict[str, Any]:
    """Print and return the percentiles of the largest change of each window."""
    values = np.percentile(changes, PERCENTILES)
    print(f"{name:32}" + "".join(f"{value:9.2f}" for value in values), flush=True)
    return {"windows": len(changes), "percentiles": dict(zip(map(str, PERCENTILES), values.tolist(), strict=True))}


def largest_changes(videos: Iterable[np.ndarray]) -> np.ndarray:
    """Of each window of each video, as ``still_windows`` compares them."""
    found = []
    for frames in videos:
        steps, whole = block_changes(frames, SPEC.frame_stride), block_changes(frames, SPEC.span - 1)
        places = SPEC.frame_stride * np.arange(SPEC.num_frames - 1)
        found += [max(steps[start + places].max(), change) for start, change in enumerate(whole)]
    return np.array(found)


def still_changes(noise: int, loss: int, size: int) -> np.ndarray:
    """The same for videos of one picture each, seen by a camera with noise, encoded and decoded."""
    settings = DecodeSettings(size=size)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        records = []
        for path in sorted((DATA / "clips").glob("*.mp4")):
            picture = read_take(Take(f"clips/{path.name}", "", 1), 0, 1)[0]
            write_video(folder / path.name, noisy(picture, noise), Fraction(30), encoding=Encoding(crf=loss))
            records.append(Record(path.name, folder / path.name, ""))
        cache = FrameCache(folder / "cache")
        cache.fill(records, settings)
        return largest_changes([np.array(cache.open(record, settings).frames) for record in records])


def noisy(picture: np.ndarray, noise: int) -> Iterator[np.ndarray]:
    rng = np.random.default_rng(0)
    for _ in range(NUM_FRAMES):
        yield np.clip(np.rint(picture + rng.normal(0, noise, picture.shape)), 0, 255).astype(np.uint8)


if __name__ == "__main__":
    sys.exit(main())
