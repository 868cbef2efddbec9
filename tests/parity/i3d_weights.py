"""Weights and clips of a seed, the same for PyTorch's I3D and for ours."""

import zlib
from collections.abc import Iterable, Sequence

import numpy as np

SEED = 17
NUM_CLASSES = 12
CLIPS = {"nine_frames": (9, 40), "sixteen_frames": (16, 224)}
"""Frames and side of each clip; three strides of 2 pad their ends differently."""


def draw_weights(shapes: Iterable[tuple[str, Sequence[int]]]) -> dict[str, np.ndarray]:
    """Numbers for each array by its name, scaled so that features neither vanish nor grow through the network.

    Args:
        shapes: Names and shapes.
    """
    return {name: _draw(name, tuple(shape)) for name, shape in shapes}


def _draw(name: str, shape: tuple[int, ...]) -> np.ndarray:
    values = np.random.default_rng([SEED, zlib.crc32(name.encode())]).standard_normal(shape, np.float32)
    if name.endswith("running_var"):
        return np.abs(values) + np.float32(0.5)
    if len(shape) > 1:
        return values * np.float32(np.sqrt(2 / np.prod(shape[1:])))
    if name.endswith("weight"):
        return 1 + np.float32(0.3) * values
    return np.float32(0.3) * values


def draw_clip(name: str) -> np.ndarray:
    """(1, T, S, S, 3) uint8: coarse squares of noise, so that neighbours in space and time are alike.

    Args:
        name: One of ``CLIPS``.
    """
    num_frames, side = CLIPS[name]
    coarse = np.random.default_rng([SEED, num_frames]).integers(0, 256, (1, -(-num_frames // 3), 8, 8, 3), np.uint8)
    return coarse.repeat(3, axis=1)[:, :num_frames].repeat(side // 8, axis=2).repeat(side // 8, axis=3)
