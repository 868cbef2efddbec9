"""The waveform of a sound: its lowest and highest sample in every hundredth of a second."""

from fractions import Fraction

import numpy as np

from reelwise.analysis.analyzer import Signal
from reelwise.core.growing_array import GrowingArray
from reelwise.core.sound import Sound

WAVEFORM = "waveform"
"""Name of its track."""

STEP_SECONDS = Fraction(1, 100)
"""From one value to the next: at 60 frames per second more than one for every frame, and 5.8 MB for two hours."""

MAX_SECONDS = 48 * 3600
"""Of the curves of sound: a file of a few kilobytes may say that its frames lie years apart. 138 MB of waveform."""

_UNITS = {"lowest": "full scale", "highest": "full scale"}


class WaveformMaker:
    """Makes what an editor draws as the sound: of each step the lowest and the highest sample of all channels.

    Example:
        >>> maker = WaveformMaker()
        >>> maker.push(Sound(np.array([0.1, -0.5, 0.25, 0.0], np.float32), 200))
        >>> maker.signal(Fraction(3, 100)).values.tolist()
        [[-0.5, 0.10000000149011612], [0.0, 0.25], [nan, nan]]
    """

    def __init__(self) -> None:
        self._rows = GrowingArray((2,), np.float32, np.nan)

    def push(self, sound: Sound) -> None:
        """Take the next piece of sound, on the clock of the frames."""
        # Of rows, in samples; integers of any size, as time bases multiply.
        step, start = STEP_SECONDS * sound.sample_rate, sound.start * sound.sample_rate
        unit = step.denominator * start.denominator
        step_units, start_units = int(step * unit), int(start * unit)
        first_row = max(0, start_units // step_units)
        behind = min(-(-(start_units + len(sound) * unit) // step_units), int(MAX_SECONDS / STEP_SECONDS))
        if behind <= first_row:
            return
        # The first sample of each row, in order; what lies before the video has no row.
        edges = [-((start_units - row * step_units) // unit) for row in range(first_row, behind + 1)]
        first, last = max(0, edges[0]), min(len(sound), edges[-1])
        if first >= last:
            return
        samples = np.ascontiguousarray(sound.samples[first:last].reshape(last - first, -1).T)
        offsets = np.unique(np.clip(edges[:-1], first, None)) - first
        offsets = offsets[offsets < last - first]
        rows = first_row + np.searchsorted(edges, first + offsets, "right") - 1
        self._rows.lengthen_to(behind)
        values = self._rows.values
        # A row may go on in the next piece. fmin and fmax leave NaN out.
        values[rows, 0] = np.fmin(values[rows, 0], np.minimum.reduceat(samples, offsets, axis=1).min(axis=0))
        values[rows, 1] = np.fmax(values[rows, 1], np.maximum.reduceat(samples, offsets, axis=1).max(axis=0))

    def signal(self, seconds: Fraction) -> Signal:
        """The waveform of all that was pushed.

        Args:
            seconds: Length of the video; ``MAX_SECONDS`` count.

        Returns:
            (N, 2) float32, a row every 0.01 s from the first frame on, 1 at full scale; NaN where there is no sound.
        """
        num_rows = -int(-min(seconds, Fraction(MAX_SECONDS)) // STEP_SECONDS)
        self._rows.lengthen_to(num_rows)
        return Signal(self._rows.values[:num_rows].copy(), tuple(_UNITS), _UNITS, STEP_SECONDS)
