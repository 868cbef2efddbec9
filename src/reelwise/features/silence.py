"""Silent intervals of a sound: quiet samples, which differ from missing ones."""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from reelwise.core.errors import UsageError
from reelwise.core.intervals import Interval
from reelwise.core.sound import Sound
from reelwise.features.sound_frames import mono_blocks

_QUIETEST_DB = -120.0
"""Level given to digital silence, in dB of full scale: far below the noise of 16 bits (-98)."""


@dataclass(frozen=True)
class SilenceSettings:
    """Thresholds of silence.

    Args:
        enter_db: Silence begins where the level falls under this, in dB of full scale.
        leave_db: It ends where the level rises over this; higher than ``enter_db``, so that a level near one
            threshold does not cut it into pieces.
        min_seconds: Shorter ones are left out.
        step_seconds: The level is measured over steps of this length.
    """

    enter_db: float = -60.0
    leave_db: float = -54.0
    min_seconds: float = 0.3
    step_seconds: Fraction = Fraction(1, 50)

    def __post_init__(self) -> None:
        if self.enter_db > self.leave_db or self.min_seconds < 0 or self.step_seconds <= 0:
            raise UsageError(
                f"silence from {self.enter_db} dB to {self.leave_db} dB, {self.min_seconds} s and longer, cannot be"
                " looked for.",
                hint="leave_db is at least enter_db, and lengths are positive.",
            )


DEFAULT_SILENCE = SilenceSettings()


def find_silence(sound: Sound, settings: SilenceSettings = DEFAULT_SILENCE) -> list[Interval[Fraction]]:
    """The silent intervals of a sound, with exact times; gaps in the track are not silence.

    Args:
        sound: Any rate and channels.
        settings: Thresholds.

    Returns:
        In seconds on the clock of the video's frames, disjoint and in order.

    Example:
        >>> samples = np.ones(100, np.float32)
        >>> samples[20:70] = 0
        >>> [(float(a), float(b)) for a, b in find_silence(Sound(samples, 100))]
        [(0.2, 0.7)]
    """
    silences: list[Interval[Fraction]] = []
    for start, end in sound.intervals:
        finder = SilenceFinder(settings, sound.sample_rate)
        blocks = mono_blocks(sound.samples[start:end])
        spans = [silence for block in blocks for silence in finder.push(block)] + finder.end()
        silences += [Interval(sound.time_of(start + first), sound.time_of(start + last)) for first, last in spans]
    return silences


class SilenceFinder:
    """Finds the silences of unbroken sound that comes block by block.

    Args:
        settings: Thresholds.
        sample_rate: Samples per second.
    """

    def __init__(self, settings: SilenceSettings, sample_rate: int) -> None:
        self._settings = settings
        self._step = max(1, round(settings.step_seconds * sample_rate))
        self._least_samples = settings.min_seconds * sample_rate
        self._waiting = np.zeros(0, np.float32)
        self._num_steps = 0
        self._start: int | None = None  # step in which the sound that is not loud fell silent

    def push(self, samples: np.ndarray) -> list[Interval[int]]:
        """Take the next samples.

        Args:
            samples: (n,) float32.

        Returns:
            Silences that have ended, in samples from the first one pushed.
        """
        waiting = np.concatenate([self._waiting, samples])
        num_whole = len(waiting) // self._step * self._step
        self._waiting = waiting[num_whole:]
        return self._push_levels(levels_db(waiting[:num_whole], self._step))

    def end(self) -> list[Interval[int]]:
        """The silences that end with the sound."""
        num_samples = self._num_steps * self._step + len(self._waiting)
        silences = self._push_levels(levels_db(self._waiting, self._step))
        return silences + self._end_run(num_samples)

    def _push_levels(self, levels: np.ndarray) -> list[Interval[int]]:
        silences: list[Interval[int]] = []
        for level in levels.tolist():
            if level > self._settings.leave_db:
                silences += self._end_run(self._num_steps * self._step)
            elif level < self._settings.enter_db and self._start is None:
                self._start = self._num_steps
            self._num_steps += 1
        return silences

    def _end_run(self, end: int) -> list[Interval[int]]:
        start, self._start = self._start, None
        if start is None or end - start * self._step < self._least_samples:
            return []
        return [Interval(start * self._step, end)]


def levels_db(samples: np.ndarray, step: int) -> np.ndarray:
    """The root mean square of each step, channels averaged, in dB of full scale.

    Args:
        samples: (N,) or (N, channels) float32.
        step: Samples of a step; the last one may be shorter.

    Returns:
        (ceil(N / step),) float64, at least -120; a full-scale square wave has 0, a sine -3.01.
    """
    levels = np.full(math.ceil(len(samples) / step), _QUIETEST_DB)
    block_size = step * max(1, (1 << 17) // step)
    place = 0
    for block in mono_blocks(samples, block_size):
        starts = np.arange(0, len(block), step)
        lengths = np.diff(np.append(starts, len(block)))
        power = np.add.reduceat(np.square(block, dtype=np.float64), starts) / lengths
        levels[place : place + len(power)] = 10 * np.log10(np.maximum(power, 10 ** (_QUIETEST_DB / 10)))
        place += len(power)
    return levels
