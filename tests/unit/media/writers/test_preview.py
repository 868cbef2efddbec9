"""Small pictures and videos for a page."""

from fractions import Fraction

import numpy as np
import pytest

from reelwise.core.errors import UsageError
from reelwise.core.frames import FrameTimes
from reelwise.core.sound import Sound, no_sound
from reelwise.media.readers.pyav_reader import PyAVReader
from reelwise.media.sound.decode import decode_sound
from reelwise.media.sound.track import SoundSettings
from reelwise.media.writers.preview import write_sounding_preview

RATE = 24_000
TICK = Fraction(1, 1000)


def flashing(pts: list[int], flash: int) -> np.ndarray:
    return np.stack([np.full((48, 64, 3), 235 if i == flash else 16, np.uint8) for i in range(len(pts))])


def clicking(seconds: float, at: float, start: Fraction) -> Sound:
    time = np.arange(round(seconds * RATE)) / RATE + float(start) - at
    wave = 0.8 * np.cos(2 * np.pi * 1500 * time) * np.maximum(0, 1 - np.abs(time) / 0.002)
    return Sound(wave.astype(np.float32), RATE, start)


@pytest.mark.parametrize("start", [Fraction(-1), Fraction(3), Fraction(61, 10)])
def test_picture_and_sound_are_in_step(tmp_path, start):
    pts = [5000, 5060, 5200, 5280, 5400, 6500, 6580, 6700, 6900]
    times = FrameTimes(np.array(pts, np.int64), 7000, TICK)
    content = write_sounding_preview(flashing(pts, 6), times, clicking(20, 6.58, start), tmp_path)
    assert list(tmp_path.iterdir()) == []
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    with PyAVReader(path) as reader:
        frames = [(float((f.pts - 0) * reader.time_base), f.image.mean()) for f in reader]
    sound, _ = decode_sound(path, SoundSettings(RATE))
    assert [seconds for seconds, _ in frames] == pytest.approx([(p - 5000) / 1000 for p in pts], abs=0.001)
    flash = max(frames, key=lambda frame: frame[1])[0]
    click = float(sound.time_of(int(np.abs(sound.samples).argmax())))
    assert click == pytest.approx(flash, abs=0.005)
    assert float(sound.end) <= 2.1


def test_a_wild_picture_is_made_coarser(tmp_path):
    frames = np.random.default_rng(0).integers(0, 256, (20, 64, 64, 3), np.uint8)
    times = FrameTimes(np.arange(20, dtype=np.int64), 20, Fraction(1, 10))
    sizes = [
        len(write_sounding_preview(frames, times, no_sound(RATE), tmp_path, max_bytes=limit)) for limit in (10**9, 1)
    ]
    assert sizes[1] < sizes[0] * 0.8


def test_as_many_times_as_frames(tmp_path):
    times = FrameTimes(np.arange(3, dtype=np.int64), 3, Fraction(1, 10))
    with pytest.raises(UsageError, match="as many times"):
        write_sounding_preview(np.zeros((2, 8, 8, 3), np.uint8), times, no_sound(RATE), tmp_path)
