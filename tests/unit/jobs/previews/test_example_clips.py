"""The clips of a report and their sound."""

from fractions import Fraction

import cv2
import numpy as np
import pytest
from flash_and_click import FlashAndClick, write_flash_and_click

from reelwise.cache.frame_cache import FrameCache
from reelwise.core.clip import DecodeSettings
from reelwise.core.frames import FrameTimes
from reelwise.core.intervals import Interval
from reelwise.core.records import Record
from reelwise.jobs.previews import example_sound
from reelwise.jobs.previews.example_clips import choose_frames, example_clips
from reelwise.jobs.previews.example_sound import SoundExcerpt, decode_excerpts
from reelwise.media.readers.pyav_reader import PyAVReader
from reelwise.media.sound.decode import decode_sound
from reelwise.media.synthetic import Style, write_audio_visual_set
from reelwise.tasks import LabeledPredictions

SETTINGS = DecodeSettings(size=32)


@pytest.fixture(scope="module")
def sounding(tmp_path_factory) -> tuple[list[Record], FrameCache]:
    """Four clips of which two have sound, decoded."""
    root = tmp_path_factory.mktemp("sounding")
    write_audio_visual_set(root / "with", 2, 0, "sound", style=Style(size=48, num_frames=10))
    write_audio_visual_set(root / "without", 2, 0, "sound", style=Style(size=48, num_frames=10), without_sound=1.0)
    paths = sorted(root.rglob("*.mp4"))
    records = [Record(path.relative_to(root).as_posix(), path, "ab"[i % 2]) for i, path in enumerate(paths)]
    cache = FrameCache(root / "cache")
    assert not cache.fill(records, SETTINGS, num_workers=1).failures
    return records, cache


def examples_of(records, cache):
    probs = np.tile([0.8, 0.2], (len(records), 1))
    y = np.arange(len(records)) % 2
    predictions = LabeledPredictions(tuple(record.name for record in records), ("a", "b"), y, probs)
    by_name = {record.name: record for record in records}
    return example_clips(predictions, lambda place: cache.open(records[place], SETTINGS), by_name, cache.root)


def test_a_clip_with_sound_plays_with_it_and_the_others_have_the_reason(sounding):
    records, cache = sounding
    for clip in examples_of(records, cache):
        if clip.name.startswith("with/"):
            assert (clip.media_type, clip.picture[4:8], clip.sound_note) == ("video/mp4", b"ftyp", "")
            assert clip.sound.seconds == pytest.approx(10 / Style().frame_rate, abs=0.01)
            assert len(clip.picture) < 150_000
        else:
            assert (clip.media_type, clip.sound) == ("image/webp", None)
            assert clip.sound_note == "This video has no sound."
        assert cv2.imdecode(np.frombuffer(clip.still, np.uint8), cv2.IMREAD_COLOR).shape[:2] == (132, 132)
    assert not list(cache.root.glob("scratch-*"))


def test_a_clip_of_a_missing_file_plays_without_sound(sounding, tmp_path):
    records, cache = sounding
    moved = [Record(record.file, record.path, record.label) for record in records]
    videos = {record.name: cache.open(record, SETTINGS) for record in records}
    gone = [Record(record.file, tmp_path / "gone.mp4", record.label) for record in moved]
    predictions = LabeledPredictions(
        tuple(r.name for r in gone), ("a", "b"), np.arange(len(gone)) % 2, np.tile([0.8, 0.2], (len(gone), 1))
    )
    clips = example_clips(predictions, lambda place: videos[gone[place].name], {r.name: r for r in gone}, cache.root)
    with_sound = [clip for clip in clips if clip.name.startswith("with/")]
    assert {clip.sound_note for clip in with_sound} == {"Its sound could not be read."}
    assert all(clip.media_type == "image/webp" and clip.picture for clip in clips)


def test_without_a_scratch_folder_there_is_no_sound(sounding, tmp_path):
    records, _ = sounding
    (tmp_path / "file").write_text("in the way")
    sounds = decode_excerpts(
        {0: SoundExcerpt(records[0].path, Interval(Fraction(0), Fraction(1))), 1: "It is a stone."}, tmp_path / "file"
    )
    assert sounds[0].startswith("Its sound could not be read")
    assert sounds[1] == "It is a stone."


def test_excerpts_after_the_time_limit_are_left_out(sounding, tmp_path, monkeypatch):
    monkeypatch.setattr(example_sound, "MAX_SECONDS", -1.0)
    records = [record for record in sounding[0] if record.file.startswith("with/")]
    excerpts = {place: SoundExcerpt(records[0].path, Interval(Fraction(0), Fraction(1))) for place in range(8)}
    sounds = decode_excerpts(excerpts, tmp_path)
    assert sum(value == example_sound.NO_TIME for value in sounds.values()) == 7


@pytest.mark.parametrize("sound_start", [Fraction(0), Fraction(7)])
def test_picture_and_sound_of_a_long_clip_are_in_step(tmp_path, sound_start):
    plan = FlashAndClick(tuple(range(500)), Fraction(1, 25), 250, sound_start)
    write_flash_and_click(tmp_path / "a.mp4", plan)
    record, cache = Record("a.mp4", tmp_path / "a.mp4", "a"), FrameCache(tmp_path / "cache")
    assert not cache.fill([record], SETTINGS, num_workers=1).failures
    (clip,) = examples_of([record], cache)
    (tmp_path / "clip.mp4").write_bytes(clip.picture)
    with PyAVReader(tmp_path / "clip.mp4") as reader:
        frames = [(float((f.pts - reader.start_pts) * reader.time_base), f.image.mean()) for f in reader]
    sound, _ = decode_sound(tmp_path / "clip.mp4")
    flash = max(frames, key=lambda frame: frame[1])[0]
    assert clip.sound.seconds == pytest.approx(8, abs=0.05)
    assert flash == pytest.approx(4, abs=0.3)
    assert float(sound.time_of(int(np.abs(sound.samples).argmax()))) == pytest.approx(flash, abs=0.02)


def times_of(pts: list[int], end: int, time_base: Fraction = Fraction(1, 10)) -> FrameTimes:
    return FrameTimes(np.array(pts, np.int64), end, time_base)


def test_frames_from_the_middle_in_one_piece():
    assert choose_frames(times_of([0], 1))[0].tolist() == [0]
    assert choose_frames(times_of([0, 50, 51, 52], 53), 8)[0].tolist() == [1, 2, 3]
    long, shown = choose_frames(times_of(list(range(1000)), 1000), 8, 5)
    assert len(long) == 40
    assert set(np.diff(long)) == {2}
    assert abs(long.mean() - 500) < 5
    late, _ = choose_frames(times_of(list(range(10_000)), 10_000), 8, 5)
    assert abs(late.mean() - 600) < 5
    assert float(shown.duration_seconds) == 8
    windows = [*range(100), *range(500, 600), *range(900, 1000)]
    indices, shown = choose_frames(times_of(windows, 1000), 20, 30)
    assert indices.tolist() == list(range(100, 200))
    assert (shown.pts[0], shown.end_pts) == (500, 609)


def test_slow_videos_are_not_cut_into_single_frames():
    hour = choose_frames(times_of([*range(5000, 5100), *range(15_000, 15_100), *range(25_000, 25_100)], 30_000))[0]
    assert hour.max() < 100
    indices, shown = choose_frames(times_of([0, 20, 40, 60, 80], 100))
    assert indices.tolist() == [0, 1, 2, 3]
    assert shown.end_pts == 80
