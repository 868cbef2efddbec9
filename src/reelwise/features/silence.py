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
    step = max(1, round(settings.step_seconds * sound.sample_rate))
    silences: list[Interval[Fraction]] = []
    for start, end in sound.intervals:
        levels = levels_db(sound.samples[start:end], step)
        for first, last in _quiet_runs(levels, settings):
            silent = Interval(start + first * step, min(end, start + last * step))
            if silent.length >= settings.min_seconds * sound.sample_rate:
                silences.append(Interval(sound.time_of(silent.start), sound.time_of(silent.end)))
    return silences


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


def _quiet_runs(levels: np.ndarray, settings: SilenceSettings) -> list[tuple[int, int]]:
    """Runs not over ``leave_db`` from their first step under ``enter_db`` on, as [first, last)."""
    not_loud = np.concatenate([[False], levels <= settings.leave_db, [False]])
    edges = np.flatnonzero(np.diff(not_loud.astype(np.int8)))
    runs = []
    for first, last in edges.reshape(-1, 2).tolist():
        quiet = np.flatnonzero(levels[first:last] < settings.enter_db)
        if len(quiet):
            runs.append((first + int(quiet[0]), last))
    return runs
