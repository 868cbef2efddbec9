"""The order in which the frames of a clip are shown: as it is, or changed to measure whether a model uses it."""

from typing import Literal

import numpy as np

from reelwise.core.errors import UsageError

FrameOrder = Literal["as_is", "shuffled", "middle"]
"""In order, shuffled, or the middle frame repeated."""

_SHUFFLE_SEED = 3
"""Any number would do; it stays, because the ablation of frame order in metrics.json depends on it."""


def reorder_frames(indices: np.ndarray, order: FrameOrder, view_number: int) -> np.ndarray:
    """The frames of one view in another order; the shuffle depends on the number of the view alone.

    Args:
        indices: (T,) int64, the frames of the view in order of time.
        order: The new order.
        view_number: 0-based, among the views of the video.

    Returns:
        (T,) int64; a shuffle is never the order itself, unless all frames are the same.

    Raises:
        UsageError: There is no such order.

    Example:
        >>> reorder_frames(np.array([2, 4, 6]), "middle", 0)
        array([4, 4, 4])
    """
    if order == "as_is":
        return indices
    if order == "middle":
        return np.full_like(indices, indices[len(indices) // 2])
    if order != "shuffled":
        raise UsageError(f"frame_order is {order!r}, expected as_is, shuffled or middle.")
    permutation = np.random.default_rng((_SHUFFLE_SEED, view_number)).permutation(len(indices))
    is_identity = np.array_equal(permutation, np.arange(len(permutation)))
    return indices[permutation[::-1] if is_identity else permutation]
