"""Random augmentation of spectrograms for training: gain, and masks over time and bands."""

import math
from dataclasses import dataclass

import numpy as np

_FLOOR = 1e-6  # the power added before the logarithm; see MelSettings.floor


@dataclass(frozen=True)
class SoundAugmentation:
    """Strengths of the augmentation of sound.

    Args:
        gain: Power is multiplied by exp of a number from [-gain, gain]; 1.4 is 6 dB.
        time_masks: Intervals of time that are zeroed and marked as not present.
        longest_time_mask: Of the clip's sound, the longest share of one of them.
        band_masks: Ranges of mel bands that are replaced by the clip's mean.
        widest_band_mask: Of the bands, the widest share of one of them.
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
        Park et al. 2019, "SpecAugment", arXiv:1904.08779, section 2, without warping. Otherwise: a time mask is
        marked as no sound instead of filled with the mean, so that the network learns to do without.
    """
    gain = amounts.gain * (2 * rng.random() - 1)
    times, bands = rng.random((amounts.time_masks, 2)), rng.random((amounts.band_masks, 2))
    real = present > 0
    if not real.any():
        return values.copy(), present.copy()
    louder = np.log(np.maximum(np.exp(values) - _FLOOR, 0) * math.exp(gain) + _FLOOR).astype(np.float32)
    mean = louder[real].mean()
    for first, behind in _intervals(bands, values.shape[1], amounts.widest_band_mask):
        louder[:, first:behind] = mean
    mask = _mask_times(real, _intervals(times, int(np.flatnonzero(real)[-1]) + 1, amounts.longest_time_mask))
    return np.where(mask[:, None], louder, np.float32(0)), mask.astype(np.float32)


def _mask_times(real: np.ndarray, intervals: list[tuple[int, int]]) -> np.ndarray:
    mask = real.copy()
    for first, behind in intervals:
        without = mask.copy()
        without[first:behind] = False
        if 2 * without.sum() >= real.sum():
            mask = without
    return mask


def _intervals(numbers: np.ndarray, length: int, longest: float) -> list[tuple[int, int]]:
    """[first, behind) of each pair of numbers: how long it is, and where it lies."""
    widths = [int(width * (longest * length + 1)) for width in numbers[:, 0]]
    firsts = [int(place * (length - width + 1)) for place, width in zip(numbers[:, 1], widths, strict=True)]
    return [(first, first + width) for first, width in zip(firsts, widths, strict=True)]
