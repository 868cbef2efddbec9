"""Which way each part of a clip moves: what tells arriving from leaving, also where both move in the same places."""

import numpy as np

from reelwise.features.motion_energy import GREY_SIZE, NUM_THIRDS, frame_pairs, small_grey, unit_length

NUM_ROWS, NUM_COLUMNS = 3, 4  # cells of a map
NUM_FEATURES = NUM_THIRDS * NUM_ROWS * NUM_COLUMNS * 2


def motion_direction(frames: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    """The direction of motion in each cell of the picture, in the start, middle and end of a clip.

    Where brightness moves along its own gradient, the difference of two frames has the opposite sign to the gradient.
    Their product, summed over a cell, says which way and how much the cell moves, without a search for what went where.
    Mirrored frames give the same numbers with columns swapped and the horizontal ones negated, rounding apart.

    Args:
        frames: (N, H, W, 3) uint8 RGB, N > 0, in order; a memory map is read only where needed.
        seconds: (N,) float64 rising, when each frame is shown.

    Returns:
        (72,) float32 in [-1, 1] of length 1: three maps of 3 rows x 4 columns of (to the right, down), signed square
        roots. All zeros where nothing moves.

    Example:
        >>> import numpy as np
        >>> frames = np.zeros((10, 48, 48, 3), np.uint8)
        >>> for i in range(10):
        ...     frames[i, :, 3 * i : 3 * i + 6] = 255        # a bar moves to the right
        >>> maps = motion_direction(frames, np.arange(10) / 10).reshape(3, 3, 4, 2)
        >>> bool(maps[..., 0].sum() > 1), bool(abs(maps[..., 1].sum()) < 0.1)
        (True, True)

    Source: the gradient constraint of Horn and Schunck 1981, "Determining optical flow", Artificial Intelligence 17.
    Otherwise: its product is summed over cells and not solved for a velocity, which single pictures cannot give.
    """
    pairs = frame_pairs(np.asarray(seconds, np.float64))
    grey = {int(i): small_grey(frames[i]) for i in np.unique(pairs)}
    maps = np.zeros((NUM_THIRDS, NUM_ROWS, NUM_COLUMNS, 2))
    places = pairs.mean(axis=1) / max(len(frames) - 1, 1)
    thirds = np.minimum((places * NUM_THIRDS).astype(int), NUM_THIRDS - 1)
    for (first, second), third in zip(pairs, thirds, strict=True):
        maps[third] += _cell_motion(grey[int(first)], grey[int(second)])
    return unit_length(np.sign(maps) * np.sqrt(np.abs(maps))).astype(np.float32)


def _cell_motion(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """(3, 4, 2): minus the gradient times the difference, summed over each cell."""
    middle, difference = (first + second) / 2, second - first
    down, right = np.gradient(middle)
    products = -np.stack([right, down], axis=-1) * difference[..., None]
    cells = products.reshape(NUM_ROWS, GREY_SIZE // NUM_ROWS, NUM_COLUMNS, GREY_SIZE // NUM_COLUMNS, 2)
    return cells.sum(axis=(1, 3))
