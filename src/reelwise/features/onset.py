"""How strongly a sound starts at each moment: strikes, steps, syllables."""

import numpy as np

_DB_PER_NEPER = 10 / np.log(10)
_RANGE_DB = 80.0


def onset_strength(log_mel: np.ndarray, present: np.ndarray | None = None) -> np.ndarray:
    """The mean rise of all mel bands from one frame to the next, in decibels.

    What falls does not count, so the end of a sound is no onset. Where real sound begins after a hole, nothing is known
    of what was before, and the strength is 0.

    Args:
        log_mel: (T, num_mels) float32, natural logarithms.
        present: (T,) bool, which frames hold real sound; None for all.

    Returns:
        (T,) float32, 0 or more; value k belongs to frame k. Levels more than 80 dB under the loudest count as equal.

    Example:
        >>> quiet_loud_quiet = np.repeat(np.float32([0, 0, 2, 2, 0]), 8).reshape(5, 8)
        >>> [round(float(rise), 2) for rise in onset_strength(quiet_loud_quiet)]
        [0.0, 0.0, 8.69, 0.0, 0.0]

    Source: Boeck and Widmer 2013, "Maximum filter vibrato suppression for onset detection", DAFx, eq. 1 without the
    maximum filter; as librosa 0.11 ``onset_strength(lag=1, max_size=1)``, which shifts the result by half a window.
    """
    strength = np.zeros(len(log_mel), np.float32)
    if len(log_mel) < 2:
        return strength
    decibels = log_mel * np.float32(_DB_PER_NEPER)
    decibels = np.maximum(decibels, decibels.max() - _RANGE_DB)
    strength[1:] = np.maximum(np.diff(decibels, axis=0), 0).mean(axis=1)
    if present is not None:
        strength[1:] *= present[1:] & present[:-1]
        strength[0] = 0
    return strength
