"""Short videos of a bright square that moves, and options of a training of some seconds."""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reelwise.media.writers.writer import write_video
from reelwise.models.simvp.entry import ENTRY

RATE = Fraction(25)
SMALL: dict[str, Any] = {
    "model": "simvp:nano", "size": 32, "num_frames": 3, "frame_stride": 1, "epochs": 2, "batch_size": 8, "threads": 1,
}  # fmt: skip


@contextmanager
def short_network() -> Iterator[None]:
    """``simvp:nano`` has two narrow blocks of its four: to trace and to run it is most of the time of a test."""
    arguments: Any = ENTRY.presets["nano"].arguments
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"num_blocks": 2, "width": 4, "mixer_width": 16}.items():
            patch.setitem(arguments, name, value)
        yield


def moving_square(seed: int, num_frames: int = 16, speed: int = 2) -> np.ndarray:
    """(T, 48, 64, 3) uint8: a bright square that moves to the right over a dark ground."""
    rng = np.random.default_rng(seed)
    x, y = (int(value) for value in rng.integers(0, 24, 2))
    frames = np.full((num_frames, 48, 64, 3), 40, np.uint8)
    for step, frame in enumerate(frames):
        place = (x + speed * step) % 52
        frame[y : y + 12, place : place + 12] = 220
    return frames


def write_flat(folder: Path, num_videos: int, first_seed: int = 0, **motion: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for seed in range(first_seed, first_seed + num_videos):
        write_video(folder / f"clip {seed:02}.mp4", moving_square(seed, **motion), RATE)
    return folder
