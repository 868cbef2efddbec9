"""Samples beside each other and beside the truth, as frames of one video."""

from collections.abc import Sequence

import numpy as np

from reelwise.reports.frame_strips import on_page, strip_picture

MAX_IN_GRID = 64
"""Samples of a grid: 8 x 8 of 128 pixels make a video of 1080 pixels."""


def grid_frames(clips: Sequence[np.ndarray], num_given: int) -> np.ndarray:
    """Samples in rows and columns, with a bar below where frames were given: grey for those, then blue.

    Args:
        clips: Each (T, S, S, 3) uint8 RGB, the given frames first; 64 of them at most are shown.
        num_given: Frames that were given.

    Returns:
        (T, H, W, 3) uint8.
    """
    shown_clips = clips[:MAX_IN_GRID]
    columns = next(n for n in range(1, MAX_IN_GRID + 1) if n * n >= len(shown_clips))
    return _strips(shown_clips, num_given, columns)


def frames_beside_truth(truth: np.ndarray, sample: np.ndarray, num_given: int) -> np.ndarray:
    """(T, H, W, 3) uint8: the truth at the left, the sample at the right, both with the given frames first.

    Args:
        truth: (T, S, S, 3) uint8 RGB.
        sample: The same.
        num_given: Frames that were given.
    """
    return _strips([truth, sample], num_given, 2)


def _strips(clips: Sequence[np.ndarray], num_given: int, num_columns: int) -> np.ndarray:
    num_frames = len(clips[0])
    lengths = (num_given, num_frames)
    return np.stack(
        [on_page(strip_picture([clip[t] for clip in clips], t, lengths, num_columns)) for t in range(num_frames)]
    )
