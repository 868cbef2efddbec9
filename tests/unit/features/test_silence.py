from fractions import Fraction

import numpy as np
import pytest

from reelwise.core.errors import UsageError
from reelwise.core.intervals import Interval
from reelwise.core.sound import Sound, no_sound
from reelwise.features.silence import SilenceFinder, SilenceSettings, find_silence, levels_db

RATE = 1000


def loud(db: float, seconds: float) -> np.ndarray:
    """A square wave of a level."""
    wave = np.where(np.arange(round(seconds * RATE)) % 2, 1.0, -1.0)
    return (10 ** (db / 20) * wave).astype(np.float32)


def silent_parts(*parts: tuple[float, float], **fields) -> list[tuple[float, float]]:
    sound = Sound(np.concatenate([loud(db, seconds) for db, seconds in parts]), RATE, **fields)
    return [(float(start), float(end)) for start, end in find_silence(sound)]


def test_levels_are_decibels_of_full_scale():
    levels = levels_db(np.concatenate([loud(0, 1), loud(-40, 1), np.zeros(500, np.float32)]), 1000)
    np.testing.assert_allclose(levels, [0, -40, -120], atol=1e-5)


def test_times_are_exact_and_on_the_clock_of_the_video():
    assert silent_parts((-20, 1), (-80, 1), (-20, 1), start=Fraction(1, 2)) == [(1.5, 2.5)]


def test_short_pauses_are_left_out():
    assert silent_parts((-20, 1), (-80, 0.2), (-20, 1)) == []


def test_hysteresis_keeps_a_hovering_level_in_one_piece():
    assert silent_parts((-20, 1), (-70, 1), (-57, 1), (-70, 1), (-20, 1)) == [(1, 4)]


def test_a_level_between_the_thresholds_is_no_silence_by_itself():
    assert silent_parts((-20, 1), (-57, 1), (-20, 1)) == []


def test_a_hole_is_no_silence():
    assert silent_parts((-20, 1), (-120, 1), (-20, 1), present=(Interval(0, 1000), Interval(2000, 3000))) == []
    assert find_silence(no_sound(RATE)) == []


def test_silence_ends_with_the_track():
    assert silent_parts((-20, 1), (-90, 0.93)) == [(1, 1.93)]


@pytest.mark.parametrize("length", [1, 7, 20, 333])
def test_silence_does_not_hang_on_the_blocks_in_which_sound_comes(length):
    samples = np.concatenate([loud(-20, 1.007), loud(-80, 0.513), loud(-20, 1), loud(-90, 0.93)])
    finder = SilenceFinder(SilenceSettings(), RATE)
    found = [one for place in range(0, len(samples), length) for one in finder.push(samples[place : place + length])]
    found += finder.end()
    silences = [(start / RATE, end / RATE) for start, end in found]
    assert silences == [(float(start), float(end)) for start, end in find_silence(Sound(samples, RATE))]
    assert len(silences) == 2


def test_settings_that_cannot_be_are_refused():
    with pytest.raises(UsageError, match="cannot be looked for"):
        SilenceSettings(enter_db=-50, leave_db=-60)
