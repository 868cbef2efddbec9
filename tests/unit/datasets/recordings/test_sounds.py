"""The same sound is known again, also encoded anew; another one is not."""

from fractions import Fraction

import numpy as np
import pytest

from reelwise.cache.sound_entry import mel_settings
from reelwise.core.modalities import SoundInput
from reelwise.core.sound import LogMel
from reelwise.datasets.recordings.sounds import have_same_sound, make_sound_print
from reelwise.features.log_mel import log_mel

RATE = 16_000
SECONDS = 4


def tone(hz):
    return 0.4 * np.sin(2 * np.pi * hz * np.arange(SECONDS * RATE) / RATE)


def noise(seed):
    return np.random.default_rng(seed).normal(0, 0.1, SECONDS * RATE)


def music(seed):
    """Sixteen notes, drawn by the seed."""
    rng, samples = np.random.default_rng(seed), np.zeros(SECONDS * RATE)
    times = np.arange(RATE // 4) / RATE
    for place in range(16):
        hz = 220 * 2 ** (rng.integers(0, 24) / 12)
        samples[place * len(times) :][: len(times)] += 0.3 * np.sin(2 * np.pi * hz * times) * np.exp(-times * 8)
    return samples


SOUNDS = {
    **{f"tone {hz}": tone(hz) for hz in (220, 440, 880)},
    **{f"noise {seed}": noise(seed) for seed in range(3)},
    **{f"music {seed}": music(seed) for seed in range(3)},
}


def sound_print(samples, start=0.0, end=float(SECONDS)):
    values = log_mel(samples.astype(np.float32), mel_settings(SoundInput()))
    spectrogram = LogMel(values, np.ones(len(values), bool), Fraction(1, 80), Fraction(1, 100))
    return make_sound_print(spectrogram, start, end)


@pytest.mark.parametrize("name", SOUNDS)
@pytest.mark.parametrize("line", [(1.0, 0.0), None])
def test_louder_noisy_and_late_is_the_same_sound(name, line):
    late = np.concatenate([np.zeros(RATE // 20), 0.5 * SOUNDS[name]])[: SECONDS * RATE]
    late = late + np.random.default_rng(9).normal(0, 1e-4, len(late))
    assert have_same_sound(sound_print(SOUNDS[name]), sound_print(late), line)


@pytest.mark.parametrize("line", [(1.0, 0.0), None])
def test_other_sounds_are_others(line):
    prints = {name: sound_print(samples) for name, samples in SOUNDS.items()}
    alike = [(a, b) for a in prints for b in prints if a < b and have_same_sound(prints[a], prints[b], line)]
    assert not alike


def test_other_voices_over_the_same_music_are_others():
    dubbed = [sound_print(music(seed) + 0.5 * music(50)) for seed in range(20, 25)]
    assert not any(have_same_sound(one, other, (1.0, 0.0)) for i, one in enumerate(dubbed) for other in dubbed[:i])


def test_a_trimmed_copy_is_the_same_at_its_offset_alone():
    whole, part = sound_print(music(5)), sound_print(music(5), start=1.0)
    assert have_same_sound(part, whole, (1.0, 1.0))
    assert not have_same_sound(part, whole, (1.0, 0.0))
    assert have_same_sound(part, whole, None)


def test_too_little_sound_says_nothing():
    assert sound_print(music(1), start=3.7) is None
    assert sound_print(music(1)[:RATE], start=2.0, end=4.0) is None
    assert have_same_sound(sound_print(music(1)), sound_print(music(2)), (1.0, 3.8))


def test_sound_that_is_not_there_does_not_count():
    values = log_mel(music(1).astype(np.float32), mel_settings(SoundInput()))
    present = np.zeros(len(values), bool)
    assert make_sound_print(LogMel(values, present, Fraction(1, 80), Fraction(1, 100)), 0.0, 4.0) is None


@pytest.mark.parametrize("speed", [1 / 1.1, 1.1])
def test_sound_that_is_played_faster_or_slower_is_the_same(speed):
    rhythm = 0.2 + 0.8 * np.repeat(np.random.default_rng(3).uniform(0, 1, 2 * SECONDS), RATE // 2)
    sound = noise(1) * rhythm
    places = np.arange(0, len(sound) - 1, 1 / speed)
    other = sound_print(np.interp(places, np.arange(len(sound)), sound), end=len(places) / RATE)
    assert have_same_sound(sound_print(sound), other, (speed, 0.0))
    assert have_same_sound(sound_print(sound), other, (1.0, 0.0))  # of so short pictures the speed is not told
    assert not have_same_sound(sound_print(sound[::-1].copy()), other, (speed, 0.0))
