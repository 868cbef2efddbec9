"""How loud, where silent, where missing."""

from fractions import Fraction

import numpy as np
import pytest

from reelwise.core.intervals import Interval
from reelwise.core.sound import Sound
from reelwise.reports.sound_overview import summarize_sound

RATE = 48_000


def tone(seconds: float, level: float) -> np.ndarray:
    wave = level * np.sin(2 * np.pi * 997 * np.arange(round(seconds * RATE)) / RATE)
    return np.stack([wave, wave], axis=1).astype(np.float32)


def test_loudness_silence_and_what_is_missing():
    samples = np.concatenate([tone(4, 10 ** (-23 / 20)), np.zeros((2 * RATE, 2), np.float32), tone(2, 0.0)])
    look = summarize_sound(Sound(samples, RATE, Fraction(1), present=(Interval(0, 6 * RATE),)), Fraction(10), ("odd.",))
    assert look.loudness_lufs == pytest.approx(-23, abs=0.2)
    assert [tuple(map(float, silence)) for silence in look.silences] == [pytest.approx((5, 7), abs=0.05)]
    assert look.silent_share == pytest.approx(2 / 6, abs=0.02)
    assert look.missing_share == pytest.approx(0.4, abs=0.01)
    assert look.warnings == ("odd.",)
    seconds = (np.arange(len(look.levels_db)) + 0.5) * 10 / len(look.levels_db)
    assert np.isnan(look.levels_db[(seconds < 0.98) | (seconds > 7.03)]).all()
    loud = (seconds > 1.05) & (seconds < 4.95)
    assert look.levels_db[loud] == pytest.approx(np.full(loud.sum(), -26.0), abs=0.2)
    assert (look.levels_db[(seconds > 5.05) & (seconds < 6.95)] < -100).all()
    assert look.spectrogram.holes[0].start == 0
    assert look.spectrogram.holes[0].end == pytest.approx(0.1, abs=0.005)


def test_sound_before_the_first_frame_is_measured_and_not_shown():
    look = summarize_sound(Sound(np.concatenate([tone(2, 0.5), tone(2, 0.0)]), RATE, Fraction(-2)), Fraction(2))
    assert look.loudness_lufs > -10
    assert look.silences == (Interval(Fraction(0), Fraction(2)),)
    assert look.silent_share == pytest.approx(0.5, abs=0.02)
    assert look.missing_share == 0
    assert (look.levels_db < -100).all()


def test_nothing_within_the_video():
    look = summarize_sound(Sound(tone(1, 0.5), RATE, Fraction(-2)), Fraction(2))
    assert (look.silent_share, look.missing_share) == (0, 1)
    assert np.isnan(look.levels_db).all()


@pytest.mark.parametrize("seconds", [0.01, 0.1, 1.0])
def test_levels_of_short_sounds_have_no_gaps(seconds):
    look = summarize_sound(Sound(tone(seconds, 0.5), RATE), Fraction(seconds))
    assert len(look.levels_db) == max(1, int(seconds * 100))
    assert not np.isnan(look.levels_db).any()


def test_a_long_track_is_not_copied(monkeypatch, tmp_path):
    samples = np.memmap(tmp_path / "long", np.float32, "w+", shape=(RATE * 600, 2))
    sound = Sound(np.memmap(tmp_path / "long", np.float32, "r", shape=samples.shape), RATE, Fraction(1, 3))
    most = []
    real = Sound.between

    def between(self, start, end):
        part = real(self, start, end)
        most.append(0 if isinstance(part.samples, np.memmap) else part.samples.nbytes)
        return part

    monkeypatch.setattr(Sound, "between", between)
    summarize_sound(sound, Fraction(601))
    assert max(most) < 1 << 20
