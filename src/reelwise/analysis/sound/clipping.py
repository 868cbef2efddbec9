"""Where samples stay at full scale."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from reelwise.core.intervals import Interval
from reelwise.core.sound import Sound
from reelwise.features.loudness import step_length

_FULL_SCALE, _FULL_SECONDS = 0.99, Fraction(3, 16_000)
"""Clipped is what stays at this part of full scale so long: a wave that fits only touches it."""

_GAP = Fraction(1, 2)
"""Seconds: what is clipped on every beat is clipped all along."""


class ClippingFinder:
    """Finds clipped parts, to a tenth of a second, in sound that comes piece by piece."""

    def __init__(self) -> None:
        self._start: Fraction | None = None
        self._tail: np.ndarray | None = None  # the last samples, whether they are full: a row may go on behind them
        self._tail_end: Fraction | None = None
        self._interval: Interval[Fraction] | None = None

    def push(self, sound: Sound) -> Iterator[Interval[Fraction]]:
        """Take the next piece; gives what has ended, in seconds on the clock of the frames."""
        if self._start is None:
            self._start = sound.start
        for first, behind in self._clipped_steps(sound, self._start):
            if self._interval is not None and first - self._interval.end <= _GAP:
                self._interval = Interval(self._interval.start, max(behind, self._interval.end))
                continue
            yield from self.end()
            self._interval = Interval(first, behind)
        if self._interval is not None and sound.end - self._interval.end > _GAP:
            yield from self.end()

    def end(self) -> Iterator[Interval[Fraction]]:
        """What ends with the sound."""
        if self._interval is not None:
            yield self._interval
        self._interval = None

    def _clipped_steps(self, sound: Sound, start: Fraction) -> Iterator[tuple[Fraction, Fraction]]:
        """Start and end of the tenths of a second of the track in which a sample is clipped."""
        num_full = max(2, round(_FULL_SECONDS * sound.sample_rate))
        is_full = np.abs(sound.samples.reshape(len(sound), -1)) >= _FULL_SCALE
        if self._tail is not None and self._tail_end == sound.start:
            is_full = np.concatenate([self._tail, is_full])
        self._tail, self._tail_end = is_full[-(num_full - 1) :], sound.end
        if len(is_full) < num_full or not is_full.any():
            return
        first_sample = round((sound.end - start) * sound.sample_rate) - len(is_full)
        samples = np.flatnonzero(_starts_of_rows(is_full, num_full).any(axis=-1)) + first_sample
        step = step_length(sound.sample_rate)
        for index in np.unique(samples // step).tolist():
            first = start + Fraction(index * step, sound.sample_rate)
            yield first, first + Fraction(step, sound.sample_rate)


def _starts_of_rows(is_full: np.ndarray, length: int) -> np.ndarray:
    """(N - length + 1, channels) bool: whether so many samples in a row are full, from each one on."""
    rows, num_joined = is_full, 1
    while num_joined < length:
        step = min(num_joined, length - num_joined)
        rows = rows[:-step] & rows[step:]
        num_joined += step
    return rows
