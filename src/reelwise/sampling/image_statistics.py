"""Image features of a few stills as one vector for the video."""

import numpy as np


def mean_and_deviation(features: np.ndarray) -> np.ndarray:
    """What the stills of a video have in common, and how far they differ.

    Args:
        features: (K, F) float32 of K stills, K > 0.

    Returns:
        (2 F,) float32: the mean of each feature over the stills, then its standard deviation.

    Example:
        >>> mean_and_deviation(np.array([[1.0, 0.0], [3.0, 0.0]], np.float32)).tolist()
        [2.0, 0.0, 1.0, 0.0]
    """
    rows = np.asarray(features, np.float64)
    return np.concatenate([rows.mean(axis=0), rows.std(axis=0)]).astype(np.float32)
