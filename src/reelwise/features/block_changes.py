"""How much the picture changes from frame to frame, in the block where it changes most."""

import cv2
import numpy as np

_BLOCK = 8
"""Pixels along each side of a block: a mouth that moves in a still room shows in one block, and not in the mean of the
picture."""


def block_changes(frames: np.ndarray, lag: int) -> np.ndarray:
    """How far each frame differs from the one ``lag`` frames behind it.

    Args:
        frames: (N, H, W, 3) uint8 RGB; a memory map is read a frame at a time.
        lag: Frames, 1 or more.

    Returns:
        (max(0, N - lag),) float32 in [0, 255]: the largest mean absolute difference of any block of about 8x8 pixels,
        in grey levels.

    Example:
        >>> frames = np.zeros((3, 16, 16, 3), np.uint8)
        >>> frames[2, :8, :8] = 40
        >>> block_changes(frames, lag=1)
        array([ 0., 40.], dtype=float32)
    """
    if lag < 1:
        raise ValueError(f"lag is {lag}, expected 1 or more")
    height, width = frames.shape[1:3]
    blocks_wh = max(1, width // _BLOCK), max(1, height // _BLOCK)
    grey = [cv2.cvtColor(np.asarray(frame), cv2.COLOR_RGB2GRAY) for frame in frames]
    changes = np.zeros(max(0, len(grey) - lag), np.float32)
    for number, (before, after) in enumerate(zip(grey, grey[lag:], strict=False)):
        difference = cv2.absdiff(before, after).astype(np.float32)
        changes[number] = cv2.resize(difference, blocks_wh, interpolation=cv2.INTER_AREA).max()
    return changes
