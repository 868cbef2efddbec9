from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reelwise.core.errors import UsageError
from reelwise.core.intervals import Interval
from reelwise.core.sound import Sound, no_sound
from reelwise.features.log_mel import MelSettings, log_mel, log_mel_stream, sound_log_mel
from reelwise.features.mel_filters import MelFilters

NOISE = np.random.default_rng(0).normal(0, 0.1, 40_000).astype(np.float32)


def plain_log_mel(samples: np.ndarray, mel: MelSettings) -> np.ndarray:
    """The definition, frame by frame in double precision, with filters from their formula."""
    pad = mel.fft_length // 2 if mel.centre else 0
    padded = np.pad(samples.astype(np.float64), pad, mode=mel.padding)
    window = np.zeros(mel.fft_length)
    before = (mel.fft_length - mel.window_length) // 2
    window[before : before + mel.window_length] = np.hanning(mel.window_length + 1)[:-1]
    points = 2595 * np.log10(1 + np.array([mel.filters.low_hz, mel.sample_rate / 2]) / 700)
    edges = 700 * (10 ** (np.linspace(*points, mel.filters.num_mels + 2) / 2595) - 1)
    bins = np.arange(mel.fft_length // 2 + 1) * mel.sample_rate / mel.fft_length
    weights = np.array([np.interp(bins, edges[i : i + 3], [0, 1, 0]) for i in range(mel.filters.num_mels)])
    rows = []
    for start in range(0, len(padded) - mel.fft_length + 1, mel.hop_length):
        spectrum = np.fft.rfft(padded[start : start + mel.fft_length] * window)
        rows.append(np.log(weights @ np.abs(spectrum) ** 2 + mel.floor))
    return np.array(rows)


@pytest.mark.parametrize("centre", [True, False])
@pytest.mark.parametrize("padding", ["constant", "reflect"])
@pytest.mark.parametrize(
    ("fft_length", "window_length", "hop_length"), [(512, 400, 160), (256, 256, 256), (64, 10, 33)]
)
def test_it_is_what_the_definition_says(centre, padding, fft_length, window_length, hop_length):
    filters = MelFilters(20, 50.0, scale="htk", norm=None)
    mel = MelSettings(16_000, fft_length, window_length, hop_length, filters, centre, padding)
    np.testing.assert_allclose(log_mel(NOISE[:5000], mel), plain_log_mel(NOISE[:5000], mel), atol=1e-5)


@given(st.lists(st.integers(0, 3000), max_size=12), st.sampled_from(["constant", "reflect"]), st.booleans())
@example([1000, 1000, 1000, 77], "reflect", True)
@settings(max_examples=40, deadline=None)
def test_pieces_of_any_length_give_the_same(lengths, padding, centre):
    mel = MelSettings(centre=centre, padding=padding)
    edges = np.cumsum([0, *lengths])
    pieces = [NOISE[a:b] for a, b in pairwise(edges)]
    found = [np.zeros((0, 64), np.float32), *log_mel_stream(iter(pieces), mel)]
    np.testing.assert_array_equal(np.concatenate(found), log_mel(NOISE[: edges[-1]], mel))


@pytest.mark.parametrize(("num_samples", "expected"), [(0, 0), (1, 1), (159, 1), (160, 2), (1600, 11)])
def test_number_of_frames(num_samples, expected):
    assert log_mel(NOISE[:num_samples]).shape == (expected, 64)


def test_more_than_a_block_is_the_same_as_one_block():
    long = np.tile(NOISE, 8)
    whole = log_mel(long)
    part = log_mel(long[160_000:])
    np.testing.assert_array_equal(whole[1003:], part[3:])


def test_channels_are_averaged():
    stereo = np.stack([NOISE, 3 * NOISE], axis=1)
    np.testing.assert_allclose(log_mel(stereo), log_mel(2 * NOISE), atol=1e-4)


def test_silence_is_the_floor():
    np.testing.assert_array_equal(log_mel(np.zeros(1600, np.float32)), np.full((11, 64), np.log(np.float32(1e-6))))


def test_a_click_lies_in_its_frame_on_the_clock_of_the_video():
    samples = np.zeros(16_000, np.float32)
    samples[8_000] = 1
    for mel in (MelSettings(), MelSettings(centre=False)):
        found = sound_log_mel(Sound(samples, 16_000, Fraction(-1, 3)), mel)
        loudest = int(found.values.sum(axis=1).argmax())
        assert abs(found.time_of(loudest) - (Fraction(1, 2) - Fraction(1, 3))) <= Fraction(80, 16_000)


def test_frames_of_holes_are_not_present():
    sound = Sound(NOISE[:16_000], 16_000, present=(Interval(0, 4_000), Interval(12_000, 16_000)))
    found = sound_log_mel(sound)
    assert found.present.tolist() == [k <= 25 or k >= 75 for k in range(101)]
    assert len(found.values) == 101


def test_no_sound_has_no_frames():
    found = sound_log_mel(no_sound(16_000))
    assert found.values.shape == (0, 64)
    assert found.present.shape == (0,)


def test_another_rate_is_refused():
    with pytest.raises(UsageError, match="8000 samples per second"):
        sound_log_mel(no_sound(8_000))


@pytest.mark.parametrize(
    "fields", [{"window_length": 513}, {"hop_length": 0}, {"fft_length": 511}, {"floor": 0.0}, {"hop_length": 513}]
)
def test_settings_that_cannot_be_are_refused(fields):
    with pytest.raises(UsageError, match="cannot be made"):
        MelSettings(**fields)
