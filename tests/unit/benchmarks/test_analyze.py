"""The benchmark of analyze: its long videos have no seam, its ratios are those of one round, its parts add up."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reelwise.core.sound import Sound
from reelwise.media.readers.pyav_reader import PyAVReader
from reelwise.media.sound.decode import decode_sound
from reelwise.media.sound.track import SoundSettings
from reelwise.media.writers.writer import write_video

BENCHMARKS = str(Path(__file__).parents[3] / "benchmarks")
REEL_SECONDS = Fraction(8, 15)
"""16 frames at 30 per second, 25 blocks of AAC at 48 kHz."""


@pytest.fixture
def reel(tmp_path, monkeypatch) -> Path:
    monkeypatch.syspath_prepend(BENCHMARKS)
    path = tmp_path / "reel.mp4"
    frames = np.random.default_rng(0).integers(0, 256, (16, 36, 64, 3), np.uint8)
    tone = np.sin(np.arange(round(REEL_SECONDS * 48_000)) * 0.05).astype(np.float32)
    write_video(path, frames, Fraction(30), sound=Sound(tone, 48_000))
    return path


def test_a_repeated_reel_has_neither_gap_nor_overlap(reel, tmp_path):
    import analyze_footage

    path = tmp_path / "long.mp4"
    analyze_footage.repeat_reel(reel, path, 3, REEL_SECONDS)
    with PyAVReader(path) as reader:
        times = [(frame.pts - reader.start_pts) * reader.time_base for frame in reader]
    assert times == [Fraction(index, 30) for index in range(48)]
    sound, _ = decode_sound(path, SoundSettings(48_000))
    assert len(sound.intervals) == 1
    assert sound.num_present == round(3 * REEL_SECONDS * 48_000)


def test_each_analyzer_has_its_time(reel):
    import analyze_parts

    seconds, num_frames = analyze_parts.seconds_by_analyzer(reel)
    assert num_frames == analyze_parts.decode_alone(reel) == 16
    assert set(seconds) == {entry.name for entry in analyze_parts.CATALOGUE}
    assert min(seconds.values()) > 0


def test_a_ratio_is_that_of_the_middle_round(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    import analyze

    def runs(*walls: float) -> list[dict[str, float]]:
        return [{"wall": wall, "processor": wall} for wall in walls]

    times = {
        "runs": {
            "shots": runs(1, 9, 3),
            "pyscenedetect": runs(2, 9, 2),
            "everything": runs(6, 6, 6),
            "decode": runs(2, 3, 9),
        },
        "median": {"everything": {"wall": 6.0}},
        "analyzer_ms_per_frame": {"a": 10.0, "b": 20.0},
        "num_frames": 100,
        "video_seconds": 12.0,
    }
    targets = {target.name: (target.value, target.is_met) for target in analyze.time_targets("720p", times)}
    assert targets["720p shots / pyscenedetect"] == (1.0, True)
    assert targets["720p everything / (decode + slowest analyzer)"] == (6 / 5, True)
    assert targets["720p everything, x real time"] == (2.0, False)
