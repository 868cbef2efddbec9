"""Refuse frames that are no numbers before they become pixels, in which that cannot be seen any more."""

import numpy as np

from reelwise.core.errors import ModelFileError


def require_finite(frames: np.ndarray) -> np.ndarray:
    """The same frames.

    Args:
        frames: Floats of any shape, as a network gives them.

    Raises:
        ModelFileError: Some are NaN or infinite.

    Example:
        >>> require_finite(np.ones(2)).tolist()
        [1.0, 1.0]
    """
    if not np.isfinite(frames).all():
        raise ModelFileError(
            "the model gives frames that are NaN or infinite: its weights are broken.",
            hint="Train it again, or use the model file of another run.",
        )
    return frames
