"""Variation of spectrograms for training: louder or softer, with some moments and some bands taken away."""

import math
from dataclasses import dataclass

import numpy as np

_FLOOR = 1e-6  # what was added before the logarithm; see features.log_mel


@dataclass(frozen=True)
class SoundAugmentation:
    """How much the sound of clips is varied.

    Args:
        gain: Power is multiplied by exp of a number from [-gain, gain]; 1.4 is 6 dB.
        time_masks: Stretches of time that are taken away, and then count as not present.
        longest_time_mask: Of the clip's sound, the share that one of them takes at most.
        band_masks: Ranges of mel bands that are covered with the clip's mean.
        widest_band_mask: Of the bands, the share that one of them takes at most.
    """

    gain: float = 0.0
    time_masks: int = 0
    longest_time_mask: float = 0.15
    band_masks: int = 0
    widest_band_mask: float = 0.15

    def __post_init__(self) -> None:
        shares = (self.longest_time_mask, self.widest_band_mask)
        if min(self.gain, self.time_masks, self.band_masks, *shares) < 0 or max(shares) > 1:
            raise ValueError(f"amounts must not be negative and shares must lie in [0, 1]: {self}")


def augment_sound(
    values: np.ndarray, present: np.ndarray, amounts: SoundAugmentation, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """One random variation of the sound of a clip.

    Args:
        values: (M, num_mels) float32 natural-log mel, 0 where not present; not changed.
        present: (M,) float32, 1 where there is real sound.
        amounts: How much.
        rng: Where every random number comes from; the same count of numbers is drawn whatever the sound.

    Returns:
        New arrays of the same shapes and types; never less than half of what was present is left.

    Source:
        Park et al. 2019, "SpecAugment", arXiv:1904.08779, section 2, without warping. There a time mask is the mean;
        here it is marked as no sound, which is what it shall teach the network to bear.
    """
    gain = amounts.gain * (2 * rng.random() - 1)
    moments, bands = rng.random((amounts.time_masks, 2)), rng.random((amounts.band_masks, 2))
    real = present > 0
    if not real.any():
        return values.copy(), present.copy()
    louder = np.log(np.maximum(np.exp(values) - _FLOOR, 0) * math.exp(gain) + _FLOOR).astype(np.float32)
    mean = louder[real].mean()
    for first, behind in _stretches(bands, values.shape[1], amounts.widest_band_mask):
        louder[:, first:behind] = mean
    kept = _masked_moments(real, _stretches(moments, int(np.flatnonzero(real)[-1]) + 1, amounts.longest_time_mask))
    return np.where(kept[:, None], louder, np.float32(0)), kept.astype(np.float32)


def _masked_moments(real: np.ndarray, stretches: list[tuple[int, int]]) -> np.ndarray:
    kept = real.copy()
    for first, behind in stretches:
        without = kept.copy()
        without[first:behind] = False
        if 2 * without.sum() >= real.sum():
            kept = without
    return kept


def _stretches(numbers: np.ndarray, length: int, longest: float) -> list[tuple[int, int]]:
    """[first, behind) of each pair of numbers: how long it is, and where it lies."""
    widths = [int(width * (longest * length + 1)) for width in numbers[:, 0]]
    firsts = [int(place * (length - width + 1)) for place, width in zip(numbers[:, 1], widths, strict=True)]
    return [(first, first + width) for first, width in zip(firsts, widths, strict=True)]
