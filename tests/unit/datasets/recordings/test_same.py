"""Recordings are told apart by pictures and, where both have any, by sound."""

from fractions import Fraction

import numpy as np
import pytest

from reelwise.cache.frame_cache import FrameCache
from reelwise.core.clip import DecodeSettings
from reelwise.core.records import Record
from reelwise.core.sound import Sound
from reelwise.datasets.recordings.same import find_same_recordings
from reelwise.media.writers.writer import Encoding, write_video

RATE = 16_000
SETTINGS = DecodeSettings(size=32)


def pictures(*, moves):
    """Two seconds of a textured ground, with a bright square that wanders over it or not."""
    ground = np.random.default_rng(0).integers(0, 200, (6, 8, 3), np.uint8)
    frames = [np.kron(ground, np.ones((16, 16, 1), np.uint8)).copy() for _ in range(50)]
    for index, frame in enumerate(frames):
        place = (index * 37 % 61 if index % 5 else index) * moves
        frame[20:60, place : place + 40] = 255
    return frames


def melody(seed):
    rng, times = np.random.default_rng(seed), np.arange(RATE // 5) / RATE
    notes = [np.sin(2 * np.pi * hz * times) * np.exp(-times * 6) for hz in rng.integers(200, 3000, 10)]
    samples = (0.4 * np.concatenate(notes)).astype(np.float32)
    return Sound(samples, RATE)


@pytest.fixture
def compare(tmp_path):
    def run(*clips):
        """Sets of numbers of (frames, sound, crf) that are the same recording."""
        records = []
        for number, (frames, sound, crf) in enumerate(clips):
            path = tmp_path / f"{number}.mp4"
            write_video(path, frames, Fraction(25), sound=sound, encoding=Encoding(crf=crf))
            records.append(Record(path.name, path, "x"))
        cache = FrameCache(tmp_path / "cache")
        fill = cache.fill(records, SETTINGS, num_workers=1)
        found = find_same_recordings(records, cache, SETTINGS, fill.contents, fill.facts, num_workers=1)
        return [tuple(int(name.removesuffix(".mp4")) for name in item.names) for item in found]

    return run


@pytest.mark.parametrize("moves", [0, 1])
def test_one_picture_and_other_sounds_are_other_recordings(compare, moves):
    frames = pictures(moves=moves)
    assert not compare(*((frames, melody(seed), 23 + seed) for seed in range(4)))


@pytest.mark.parametrize("moves", [0, 1])
def test_the_same_sound_encoded_anew_is_the_same_recording(compare, moves):
    frames = pictures(moves=moves)
    assert compare((frames, melody(1), 20), (frames, melody(1), 30), (frames, melody(2), 30)) == [(0, 1)]


def test_where_one_has_no_sound_the_pictures_decide(compare):
    frames = pictures(moves=1)
    assert compare((frames, melody(1), 20), (frames, None, 30)) == [(0, 1)]


def test_a_trimmed_copy_is_compared_at_its_place(compare):
    frames, sound = pictures(moves=1), melody(1)
    part = Sound(sound.samples[RATE * 2 // 5 :], RATE)
    assert compare((frames, sound, 20), (frames[10:], part, 24)) == [(0, 1)]
