"""Two sets of feature vectors, checked."""

import numpy as np

from reelwise.core.errors import DataError


def checked_features(real: np.ndarray, samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both sets as float64.

    Raises:
        DataError: They are not (N, D) and (M, D) with N and M above 1, or a feature is not finite.
    """
    real, samples = np.asarray(real, np.float64), np.asarray(samples, np.float64)
    is_matching = real.ndim == samples.ndim == 2 and real.shape[1] == samples.shape[1] > 0
    if not is_matching or min(len(real), len(samples)) < 2:
        raise DataError(
            f"Got features of shape {real.shape} and {samples.shape}.",
            hint="Give (N, D) and (M, D), with at least two clips each.",
        )
    if not np.isfinite(real).all() or not np.isfinite(samples).all():
        raise DataError("A feature is not finite.", hint="Look for clips on which the network that made them fails.")
    return real, samples
