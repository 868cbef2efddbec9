"""Weights and frames of a seed, the same for OpenSTL's networks and for ours."""

import zlib
from collections.abc import Sequence

import numpy as np

SEED = 11
_RECURRENT = 4
"""Times as large are the kernels of ConvLSTM, which has no normalisation, so that its gates open and close."""


def draw_weights(shapes: Sequence[tuple[str, Sequence[int]]]) -> dict[str, np.ndarray]:
    """Numbers for each weight of a PyTorch network, by its name: other than any that an initialiser would give.

    Args:
        shapes: Names and shapes.
    """
    return {name: _draw(name, tuple(shape)) for name, shape in shapes}


def _draw(name: str, shape: tuple[int, ...]) -> np.ndarray:
    values = np.random.default_rng([SEED, zlib.crc32(name.encode())]).normal(size=shape)
    if name.endswith("running_var"):
        values = np.abs(values) + 0.5
    elif len(shape) > 1:
        values *= _RECURRENT if name.startswith(("cell_list", "conv_last")) else 1
        values /= np.sqrt(np.prod(shape[1:]))
    elif name.endswith("weight"):
        values = 1 + 0.3 * values
    else:
        values *= 0.3
    return values.astype(np.float32)


def draw_frames(num_frames: int, side: int) -> np.ndarray:
    """(2, T, S, S, 3) uint8."""
    return np.random.default_rng(SEED).integers(0, 256, (2, num_frames, side, side, 3), dtype=np.uint8)
