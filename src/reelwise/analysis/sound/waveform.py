"""The waveform of a sound: its lowest and highest sample in every hundredth of a second."""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from reelwise.analysis.analyzer import Signal
from reelwise.core.sound import Sound
from reelwise.features.sound_frames import BLOCK_SAMPLES, release_pages

WAVEFORM = "waveform"
"""Name of its track."""

STEP_SECONDS = Fraction(1, 100)
"""From one value to the next: at 60 frames per second more than one for every frame, and 5.8 MB for two hours."""

_UNITS = {"lowest": "full scale", "highest": "full scale"}


def waveform_of(sound: Sound, seconds: Fraction) -> Signal:
    """What an editor draws as the sound: of each step the lowest and the highest sample of all channels.

    Memory does not grow with the samples, but for the result.

    Args:
        sound: On the clock of the frames.
        seconds: Length of the video.

    Returns:
        (N, 2) float32, a row every 0.01 s from the first frame on, 1 at full scale; NaN where there is no sound.

    Example:
        >>> sound = Sound(np.array([0.1, -0.5, 0.25, 0.0], np.float32), 200)
        >>> waveform_of(sound, Fraction(3, 100)).values.tolist()
        [[-0.5, 0.10000000149011612], [0.0, 0.25], [nan, nan]]
    """
    num_rows = -int(-seconds // STEP_SECONDS)
    values = np.full((num_rows, 2), np.nan, np.float32)
    # Of rows, in samples; integers of any size, as time bases multiply.
    step, first = STEP_SECONDS * sound.sample_rate, sound.start * sound.sample_rate
    unit = step.denominator * first.denominator
    step_units, first_units = int(step * unit), int(first * unit)
    edges = np.fromiter((-((first_units - row * step_units) // unit) for row in range(num_rows + 1)), np.int64)
    for start, block in _blocks(sound, edges[0], edges[-1]):
        cuts = edges[np.searchsorted(edges, start, "right") : np.searchsorted(edges, start + len(block[0]))] - start
        offsets = np.unique(np.concatenate([[0], cuts]))
        rows = np.searchsorted(edges, start + offsets, "right") - 1
        # A row may go on in the next block. fmin and fmax leave NaN out.
        values[rows, 0] = np.fmin(values[rows, 0], np.minimum.reduceat(block, offsets, axis=1).min(axis=0))
        values[rows, 1] = np.fmax(values[rows, 1], np.maximum.reduceat(block, offsets, axis=1).max(axis=0))
    return Signal(values, tuple(_UNITS), _UNITS, STEP_SECONDS)


def _blocks(sound: Sound, first: int, behind: int) -> Iterator[tuple[int, np.ndarray]]:
    """First sample and (C, n) samples of the parts of the sound in [first, behind), n more than 0."""
    for start, end in sound.intervals:
        for place in range(max(start, first), min(end, behind), BLOCK_SAMPLES):
            block = np.asarray(sound.samples[place : min(place + BLOCK_SAMPLES, end, behind)])
            yield place, np.ascontiguousarray(block.reshape(len(block), -1).T)
            release_pages(sound.samples)
