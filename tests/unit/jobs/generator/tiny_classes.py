"""Short videos of two classes, and what makes a training on them one of some seconds."""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from reelwise.models.flowdit.entry import ENTRY

RATE = Fraction(25)
TINY: dict[str, Any] = {
    "model": "flowdit:nano", "size": 16, "num_frames": 4, "frame_stride": 1, "epochs": 2, "threads": 1,
}  # fmt: skip


def square_video(label: str, seed: int) -> np.ndarray:
    """(12, 16, 16, 3) uint8: a large or a small bright square that moves to the right."""
    side = {"large": 8, "small": 3}[label]
    frames = np.full((12, 16, 16, 3), 30, np.uint8)
    for step, frame in enumerate(frames):
        left = (seed + step) % (16 - side)
        frame[seed % 8 : seed % 8 + side, left : left + side] = 220
    return frames


@contextmanager
def short_training() -> Iterator[pytest.MonkeyPatch]:
    """``flowdit:nano`` has one narrow block of its four, and its judge two epochs: they are most of a test's time."""
    arguments: Any = ENTRY.presets["nano"].arguments
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"num_blocks": 1, "width": 32, "detail": 4}.items():
            patch.setitem(arguments, name, value)
        patch.setattr("reelwise.jobs.generator.class_judge._MOST_EPOCHS", 2)
        yield patch
