"""The waveform: the extremes of each hundredth of a second, whatever rate, start and holes a sound has."""

from fractions import Fraction

import numpy as np
import pytest
from frame_views import pieces_of, run_all

from reelwise.analysis.sound.analyzer import ENTRY
from reelwise.analysis.sound.waveform import WaveformMaker
from reelwise.core.intervals import Interval
from reelwise.core.sound import Sound


def waveform_of(sound: Sound, seconds: Fraction, piece_length: int) -> np.ndarray:
    maker = WaveformMaker()
    for piece in pieces_of(sound, piece_length):
        maker.push(piece)
    return maker.signal(seconds).values


def plain_waveform(sound: Sound, seconds: Fraction) -> np.ndarray:
    """The same, sample by sample with exact times."""
    values = np.full((-int(-seconds // Fraction(1, 100)), 2), np.nan, np.float32)
    for index in np.flatnonzero(sound.mask()).tolist():
        row = sound.time_of(index) // Fraction(1, 100)
        if 0 <= row < len(values):
            low, high = sound.samples[index].min(), sound.samples[index].max()
            values[row] = np.fmin(values[row, 0], low), np.fmax(values[row, 1], high)
    return values


@pytest.mark.parametrize("num_channels", [1, 2])
@pytest.mark.parametrize("rate", [90, 8000, 11_025, 44_100])
@pytest.mark.parametrize("start", [Fraction(0), Fraction(-1, 3), Fraction(1001, 90_000), Fraction(-1, 10**9)])
def test_it_holds_the_extremes_of_each_step(rate, start, num_channels):
    shape = (2 * rate, num_channels) if num_channels > 1 else (2 * rate,)
    samples = np.random.default_rng(0).normal(0, 0.3, shape).astype(np.float32)
    present = (Interval(0, rate // 3), Interval(rate, rate + 7), Interval(rate + 20, 2 * rate))
    sound = Sound(samples, rate, start, present)
    wanted = plain_waveform(sound, Fraction(5, 3))
    for piece_length in (3 * rate, rate // 4, 7):
        assert np.array_equal(waveform_of(sound, Fraction(5, 3), piece_length), wanted, equal_nan=True)


def test_the_analyzer_of_sound_keeps_it():
    run = run_all([ENTRY], [np.zeros((9, 16, 3), np.uint8)] * 50, 25, sound=Sound(np.ones(16_000, np.float32), 16_000))
    waveform = run.signals()["waveform"]
    assert waveform.values.shape == (200, 2)
    assert (waveform.values[:100] == 1).all()
    assert np.isnan(waveform.values[100:]).all()
