"""Short videos of two classes, and options of a training of some seconds."""

from fractions import Fraction
from typing import Any

import numpy as np

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
