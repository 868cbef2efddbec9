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

_NEAR_SPEEDS = 1 + np.linspace(-0.03, 0.03, 13)
"""Speeds beside the one that pictures tell, which is one of a few."""

_LOUDNESS_SAMPLES = 400
"""Samples, that is 20 s, over which a speed of half a hundredth beside does not matter."""

_OTHER_SPEEDS = np.array([*np.arange(0.88, 0.94, 0.01), *np.arange(1.07, 1.14, 0.01)])
_SHORT_SAMPLES = 100
"""Speeds that are tried of sounds of less than 5 s, whose pictures fit at the same speed, too."""

_LEAST_LOUDNESS = 0.86
"""Correlation of loudness over time of sounds of other speeds: copies 0.91 and more."""

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


def have_same_sound(first: SoundPrint, second: SoundPrint, line: tuple[float, float] | None) -> bool:
    """Whether two sounds are the same where the videos overlap.

    What changes over time must be alike; of steady sounds, the spectrum. Where the overlap is too short nothing speaks
    against it.

    Args:
        first: One sound.
        second: Another.
        line: Seconds of the second video per second of the first, and those at the beginning of the first; may be
            negative. None where pictures do not tell it: then the same speed, at none and at the offset at which the
            sounds agree best.

    Example:
        >>> noise = np.random.default_rng(0).uniform(0, 9, (2, 100, 64)).astype(np.float32)
        >>> one, other = (SoundPrint(values, np.ones(100, bool)) for values in noise)
        >>> have_same_sound(one, one, (1.0, 0.0)), have_same_sound(one, other, (1.0, 0.0))
        (True, False)
    """
    speed, offset_seconds = line or (1.0, 0.0)
    if speed != 1:
        return (_loudness_likeness(first, second, speed * _NEAR_SPEEDS, offset_seconds) or 1.0) >= _LEAST_LOUDNESS
    middles = [0, _best_offset(first, second)] if line is None else [round(offset_seconds * RATE)]
    offsets = {middle + lag for middle in middles for lag in range(-_LAGS, _LAGS + 1)}
    overlaps = (_overlap(first, second, lag) for lag in sorted(offsets))
    pairs = [pair for pair in overlaps if pair is not None]
    if not pairs or any(_is_same(*pair) for pair in pairs):
        return True
    # Pictures of a few seconds do not tell at which speed they are played.
    is_short = line is not None and min(len(first.values), len(second.values)) < _SHORT_SAMPLES
    likeness = _loudness_likeness(first, second, _OTHER_SPEEDS, offset_seconds) if is_short else None
    return likeness is not None and likeness >= _LEAST_LOUDNESS


def _loudness_likeness(
    first: SoundPrint, second: SoundPrint, speeds: np.ndarray, offset_seconds: float
) -> float | None:
    """How alike the loudness of sounds is of which one is faster: the pitch may be another, but not the rhythm.

    Returns:
        The highest correlation, None where loudness hardly changes or the overlap is too short.
    """
    best = None
    for speed in speeds.tolist():
        other_speed = _at_speed(second, speed)
        for lag in range(-_LAGS, _LAGS + 1):
            pair = _overlap(first, other_speed, round(offset_seconds / speed * RATE) + lag)
            loudness = [values[:_LOUDNESS_SAMPLES].mean(1) for values in pair or ()]
            if loudness and min(values.std() for values in loudness) >= _STEADY:
                best = max(_correlation(*loudness), -1.0 if best is None else best)
    return best


def _at_speed(sound: SoundPrint, speed: float) -> SoundPrint:
    """The sound at every ``speed``-th sample."""
    places = np.round(np.arange(0, len(sound.values) - 1 + 1e-6, speed)).astype(int)
    return SoundPrint(sound.values[places], sound.present[places])


def _best_offset(first: SoundPrint, second: SoundPrint) -> int:
    centre = (first.values.mean() + second.values.mean()) / 2
    match = align(first.values - centre, second.values - centre)
    return 0 if match is None else match.offset


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
