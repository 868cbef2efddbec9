"""Sound prints: whether two videos with the same pictures have the same sound, too."""

from dataclasses import dataclass

import numpy as np

from reelwise.core.sound import LogMel
from reelwise.datasets.recordings.alignment import align

# The thresholds are chosen by experience with tones, noise, speech and scenes, encoded again with other codecs and
# rates on the one side, and other sounds of the kind on the other; tests/unit/datasets/recordings keeps both apart.
RATE = 20.0
"""Samples per second."""

MAX_SECONDS = 60.0
"""Length that is compared, as for pictures."""

_FLOOR = 9.0
"""Natural logarithms of power under the loudest band, 39 dB: below it there is mostly the noise of encoders."""

_LAGS = 4
"""Samples, that is 0.2 s, by which sound may be shifted against the pictures: encoders add some, and editing, too."""

_FEWEST = 12
"""Samples of overlap, that is 0.6 s, as for pictures."""

_STEADY = 0.25
"""Natural logarithms by which sound varies over time under which it counts as steady, as a tone does. Noise has 0.4."""

_LEAST_SPECTRUM = 0.7
"""Correlation of the mean spectra of steady sounds: encoded again 0.99 and more, other tones less than 0.3."""

_LEAST_CHANGE = 0.75
"""Correlation of what changes over time: encoded again at 32 kbit/s and more 0.94 to 1, noise 0.79; other sentences of
one speaker up to 0.67, other music and scenes up to 0.3."""


@dataclass(frozen=True, eq=False)
class SoundPrint:
    """The sound of a video on an even grid of times that begins with its first frame.

    Args:
        values: (n, num_mels) float32, logarithms of power over the floor; 0 at and under it.
        present: (n,) bool, where there is real sound.
    """

    values: np.ndarray
    present: np.ndarray


def make_sound_print(log_mel: LogMel, start_seconds: float, end_seconds: float) -> SoundPrint | None:
    """The print of the sound between two moments; None where there is too little.

    Args:
        log_mel: The spectrogram of the whole file.
        start_seconds: Time of the first frame of the video or segment.
        end_seconds: Time of its last frame.
    """
    step = float(log_mel.step)
    num = int(min(MAX_SECONDS, end_seconds - start_seconds) * RATE)
    edges = (start_seconds - float(log_mel.start) + np.arange(num + 1) / RATE) / step
    places = np.clip(np.ceil(edges - 0.5), 0, len(log_mel.values)).astype(np.int64)
    first, last = places[:1].sum(), places[-1:].sum()
    if last - first < _FEWEST:
        return None
    values, present = np.asarray(log_mel.values[first:last]), np.asarray(log_mel.present[first:last])
    counts = np.diff(places)
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, 0, dtype=np.float64)])
    num_present = np.concatenate([[0], np.cumsum(present)])
    inside = places - first
    means = np.diff(sums[inside], axis=0) / np.maximum(1, counts)[:, None]
    is_present = 2 * np.diff(num_present[inside]) > np.maximum(1, counts)
    if is_present.sum() < _FEWEST:
        return None
    floor = means[is_present].max() - _FLOOR
    return SoundPrint(np.maximum(means - floor, 0).astype(np.float32), is_present)


def have_same_sound(first: SoundPrint, second: SoundPrint, offset: float | None) -> bool:
    """Whether two sounds are the same where the videos overlap.

    What changes over time must be alike; of steady sounds, the spectrum. Where the overlap is too short nothing speaks
    against it.

    Args:
        first: One sound.
        second: Another.
        offset: Seconds of the second video at the beginning of the first; may be negative. None where pictures do not
            tell it: then none, and the one at which the sounds agree best.

    Example:
        >>> noise = np.random.default_rng(0).uniform(0, 9, (2, 100, 64)).astype(np.float32)
        >>> one, other = (SoundPrint(values, np.ones(100, bool)) for values in noise)
        >>> have_same_sound(one, one, 0.0), have_same_sound(one, other, 0.0)
        (True, False)
    """
    middles = [0, _best_offset(first, second)] if offset is None else [round(offset * RATE)]
    offsets = {middle + lag for middle in middles for lag in range(-_LAGS, _LAGS + 1)}
    overlaps = (_overlap(first, second, lag) for lag in sorted(offsets))
    pairs = [pair for pair in overlaps if pair is not None]
    return not pairs or any(_is_same(*pair) for pair in pairs)


def _best_offset(first: SoundPrint, second: SoundPrint) -> int:
    centre = (first.values.mean() + second.values.mean()) / 2
    match = align(first.values - centre, second.values - centre)
    return 0 if match is None else round(match.offset)


def _overlap(first: SoundPrint, second: SoundPrint, offset: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Both sounds where both are present; None where that is too short."""
    begin = max(0, -offset)
    num = min(len(first.values) - begin, len(second.values) - begin - offset)
    if num < _FEWEST:
        return None
    one, other = slice(begin, begin + num), slice(begin + offset, begin + offset + num)
    both = first.present[one] & second.present[other]
    return (first.values[one][both], second.values[other][both]) if both.sum() >= _FEWEST else None


def _is_same(one: np.ndarray, other: np.ndarray) -> bool:
    mean_one, mean_other = one.mean(0), other.mean(0)
    change_one, change_other = one - mean_one, other - mean_other
    if max(change_one.std(), change_other.std()) < _STEADY:
        return _correlation(mean_one, mean_other) >= _LEAST_SPECTRUM
    return _correlation(change_one, change_other) >= _LEAST_CHANGE


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    one, other = one - one.mean(), other - other.mean()
    return float(np.sum(one * other) / max(np.sqrt(np.sum(one * one) * np.sum(other * other)), 1e-6))
