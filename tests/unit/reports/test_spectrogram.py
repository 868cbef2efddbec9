"""Sound as a picture: what is loud, what is silent, and what is not there."""

import io
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from reelwise.core.intervals import Interval
from reelwise.core.sound import Sound, no_sound
from reelwise.reports.spectrogram import colours, make_spectrogram, spectrogram_png
from reelwise.reports.spectrogram_image import clock, spectrogram_image

RATE = 16_000


def tone(seconds: float, hz: float = 1000.0, level: float = 0.3) -> np.ndarray:
    return (level * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))


def test_silence_is_dark_and_no_sound_is_a_gap():
    samples = np.concatenate([tone(1), np.zeros(RATE, np.float32), np.zeros(RATE, np.float32)])
    sound = Sound(samples, RATE, present=(Interval(0, 2 * RATE),))
    shown = make_spectrogram(sound, Fraction(0), Fraction(3), 300)
    assert [tuple(hole) for hole in shown.holes] == [(pytest.approx(2 / 3, abs=0.01), 1)]
    picture = pixels(spectrogram_png(shown))
    assert picture.shape == (64, 300, 4)
    assert (picture[:, 102:198, 3] == 255).all()
    assert picture[:, 110:190, :3].max() <= colours()[10].max()
    assert (picture[:, 202:, 3] == 0).all()
    assert picture[:, :98, :3].max() > 200


def test_pitch_goes_up_and_time_goes_right():
    sound = Sound(np.concatenate([tone(1, 300), tone(1, 5000)]), RATE)
    levels = make_spectrogram(sound, Fraction(0), Fraction(2), 100).levels()
    assert levels[:45].mean(axis=0).argmax() < 15 < 40 < levels[55:].mean(axis=0).argmax()
    picture = pixels(spectrogram_png(make_spectrogram(sound, Fraction(0), Fraction(2), 100)))
    assert picture[:, 20, :3].sum(axis=1).argmax() > picture[:, 80, :3].sum(axis=1).argmax()


@pytest.mark.parametrize("start", [Fraction(0), Fraction(1, 3), Fraction(-2)])
def test_a_click_lies_at_its_time(start):
    samples = np.zeros(4 * RATE, np.float32)
    samples[2 * RATE] = 1
    shown = make_spectrogram(Sound(samples, RATE, start), start, start + 4, 400)
    assert abs(int(shown.levels().sum(axis=1).argmax()) - 200) <= 1


def test_of_an_hour_each_column_is_looked_at_briefly():
    rate = 1000
    samples = np.zeros(3600 * rate, np.float32)
    samples[1800 * rate :] = np.random.default_rng(0).normal(0, 0.1, 1800 * rate)
    sound = Sound(samples, rate, present=(Interval(0, 2700 * rate),))
    shown = make_spectrogram(sound, Fraction(0), Fraction(3600), 200)
    levels = shown.levels().mean(axis=1)
    assert shown.holes == (Interval(Fraction(3, 4), Fraction(1)),)
    assert levels[:99].max() == 0
    assert levels[101:149].min() > 0.3


def test_a_video_without_sound_is_one_gap():
    shown = make_spectrogram(no_sound(RATE), Fraction(0), Fraction(2), 100)
    assert shown.holes == (Interval(Fraction(0), Fraction(1)),)
    assert (pixels(spectrogram_png(shown))[..., 3] == 0).all()


def test_colours_get_lighter_in_even_steps():
    luminance = colours() @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(luminance[::16]) > 0).all()


def test_words_for_who_cannot_see_it():
    image = spectrogram_image(
        b"", (1.0, 5.0), (Interval(Fraction(0), Fraction(1, 2)), Interval(Fraction(99, 100), Fraction(1))), 8000.0
    )
    assert image.description.endswith("No sound from 1.0 s to 3.0 s.")
    assert [hole.has_label for hole in image.holes] == [True, False]
    assert clock(59.96) == "1:00.0"
    assert clock(3599.99) == "1:00:00"


@pytest.mark.parametrize("rate", [8_000, 16_000, 48_000])
def test_decibels_do_not_depend_on_the_rate(rate):
    time = np.arange(rate) / rate
    wave = (0.1 * np.sin(2 * np.pi * 1000 * time)).astype(np.float32)
    shown = make_spectrogram(Sound(wave, rate), Fraction(0), Fraction(1), 50)
    assert shown.decibels.max() == pytest.approx(-20, abs=3)
    silent = make_spectrogram(Sound(np.zeros(rate, np.float32), rate), Fraction(0), Fraction(1), 50)
    assert silent.decibels == pytest.approx(np.full((50, 64), -100), abs=0.1)
    assert silent.levels().max() == 0


def test_quiet_sound_looks_quiet():
    noise = np.random.default_rng(0).normal(0, 1, RATE).astype(np.float32)
    levels = [make_spectrogram(Sound(noise * x, RATE), Fraction(0), Fraction(1), 50).levels() for x in (0.1, 0.0005)]
    assert levels[1].mean() < 0.5 < levels[0].mean()


def test_what_is_missing_has_no_level():
    sound = Sound(tone(2), RATE, present=(Interval(0, RATE),))
    shown = make_spectrogram(sound, Fraction(0), Fraction(2), 100)
    assert shown.levels()[~shown.present].max() == 0
