"""Sound in the cache: found, made once, missing, damaged, cleared, shared; and in step with the frames."""

import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from flash_and_click import FlashAndClick, uneven_pts, write_flash_and_click

from reelwise.cache.frame_cache import FrameCache
from reelwise.cache.sound_entry import map_log_mel, mel_settings, write_log_mel
from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import InputSpec
from reelwise.core.errors import CacheError, VideoError
from reelwise.core.frames import DecodedVideo
from reelwise.core.intervals import Interval
from reelwise.core.modalities import SoundInput
from reelwise.core.records import Record
from reelwise.core.sound import Sound
from reelwise.features.log_mel import sound_log_mel
from reelwise.media.sound.decode import decode_sound
from reelwise.media.sound.track import SoundTrack
from reelwise.media.workers.pool import WorkerPool
from reelwise.sampling.clip_inputs import clip_inputs
from reelwise.sampling.clips import clip_indices
from reelwise.sampling.sound_window import clip_span, sound_window

SETTINGS = DecodeSettings(size=16)
SOUND = SoundInput(num_mels=8)


@pytest.fixture
def cache(tmp_path, pool):
    return FrameCache(tmp_path / "cache", make_pool=pool)


def test_second_run_decodes_nothing(cache, pool, make_file, tmp_path):
    records = [make_file(f"a/{i}.mp4", bytes(range(i + 1))) for i in range(5)]
    first = cache.fill_sound(records, SOUND)
    assert (first.num_found, first.num_decoded, first.missing, len(pool.tasks)) == (0, 5, {}, 5)
    again = FrameCache(tmp_path / "cache", make_pool=pool).fill_sound(records, SOUND)
    assert (again.num_found, again.num_decoded, len(pool.tasks)) == (5, 0, 5)
    assert not list(cache.root.glob("work/*"))


def test_opens_what_was_made_on_the_clock_of_the_frames(cache, make_file):
    record = make_file("a/x.mp4", b"twelve bytes")
    log_mel = cache.open_sound(record, SOUND)
    assert log_mel.values.shape == (51, 8)
    assert log_mel.values.dtype == np.float32
    assert (log_mel.start, log_mel.step) == (Fraction(1, 4), Fraction(1, 100))
    assert log_mel.present.dtype == bool
    assert log_mel.present.tolist() == [k <= 20 or 30 <= k <= 50 for k in range(51)]
    assert not log_mel.values.flags.writeable


def test_segments_and_longer_clips_share_one_entry(cache, pool, make_file):
    whole = make_file("a/x.mp4", b"one")
    parts = [replace(whole, start_seconds=Fraction(i), end_seconds=Fraction(i + 1)) for i in range(3)]
    filled = cache.fill_sound([whole, *parts], SOUND)
    assert (filled.num_decoded, len(pool.tasks), cache.num_entries) == (4, 1, 1)
    cache.open_sound(parts[2], replace(SOUND, max_seconds=Fraction(1)))
    assert len(pool.tasks) == 1
    cache.open_sound(parts[2], replace(SOUND, num_mels=16))
    assert len(pool.tasks) == cache.num_entries == 2


def test_want_of_sound_costs_no_video(cache, pool, make_file, tmp_path):
    mute, still, noisy = (make_file(f"a/{name}", name.encode()) for name in ("mute", "still", "noisy"))
    bad, gone, good = make_file("a/bad", b"bad"), make_file("a/gone", b"g"), make_file("a/good", b"good")
    gone.path.unlink()
    filled = cache.fill_sound([mute, still, noisy, bad, gone, good], SOUND)
    assert set(filled.missing) == {"a/mute", "a/still", "a/noisy", "a/bad", "a/gone"}
    assert filled.missing["a/mute"] == "no sound track."
    assert "silent" in filled.missing["a/still"]
    assert "crashed" in filled.missing["a/noisy"]
    assert (filled.num_found, filled.num_decoded) == (0, 3)
    for record in (mute, still, noisy):
        log_mel = cache.open_sound(record, SOUND)
        assert log_mel.values.shape == (0, 8)
        assert log_mel.present.shape == (0,)
    num_tasks = len(pool.tasks)
    cache.open_sound(noisy, SOUND)  # not tried again by this process
    assert len(pool.tasks) == num_tasks
    again = FrameCache(tmp_path / "cache", make_pool=pool).fill_sound([mute, still, noisy], SOUND)
    assert (again.num_found, len(pool.tasks)) == (2, num_tasks + 1)
    assert again.missing == {name: why for name, why in filled.missing.items() if name in again.missing}
    with pytest.raises(VideoError, match="no such file"):
        cache.open_sound(gone, SOUND)


@pytest.mark.parametrize("damage", ["flip", "truncate", "remove", "json", "json_fields"])
def test_damaged_entries_are_made_again(cache, pool, make_file, tmp_path, damage):
    record = make_file("a/x.mp4", b"one")
    before = np.array(cache.open_sound(record, SOUND).values)
    path = next(cache.root.glob("entries/*/*.sound"))
    if damage == "flip":
        data = bytearray(path.read_bytes())
        data[100] ^= 1
        path.write_bytes(data)
    elif damage == "truncate":
        path.write_bytes(path.read_bytes()[:-1])
    elif damage == "remove":
        path.unlink()
    else:
        json_path = path.with_suffix(".json")
        text = json_path.read_text()
        json_path.write_text(text[:50] if damage == "json" else text.replace('"step": "1/100"', '"step": "1/0"'))
    fresh = FrameCache(tmp_path / "cache", make_pool=pool)
    assert np.array_equal(fresh.open_sound(record, SOUND).values, before)
    assert len(pool.tasks) == 2


def test_sound_counts_is_evicted_and_is_cleared(cache, pool, make_file):
    records = [make_file(f"a/{i}", bytes([i])) for i in range(3)]
    for record in records:
        cache.fill_sound([record], SOUND)
    data = sum(path.stat().st_size for path in cache.root.glob("entries/*/*"))
    assert cache.size == data > 3 * 51 * 33
    cache._max_bytes = data - 1
    cache.fill([], SETTINGS)
    cache.fill_sound([records[2]], SOUND)
    assert cache.num_entries == 2
    assert cache.clear() == 2
    assert (cache.size, cache.num_entries) == (0, 0)
    assert not list(cache.root.glob("entries/*"))


def test_sound_never_drives_out_the_frames_of_its_own_job(cache, make_file):
    record = make_file("a/x", b"x")
    cache.fill([record], SETTINGS)
    cache._max_bytes = cache.size + 10
    with pytest.raises(CacheError, match="limit"):
        cache.fill_sound([record], SOUND)
    assert list(cache.root.glob("entries/*/*.frames"))


def test_what_another_job_makes_is_waited_for(cache, pool, make_file, tmp_path):
    first, second = make_file("a/1", b"1"), make_file("a/2", b"2")
    other = FrameCache(tmp_path / "cache", make_pool=type(pool)())

    def other_job(task):
        pool.before_each = None
        other.fill_sound([second], SOUND)

    pool.before_each = other_job
    filled = cache.fill_sound([first, second], SOUND)
    assert (filled.num_found, filled.num_decoded, len(pool.tasks)) == (1, 1, 1)


def test_write_error_is_no_fault_of_the_video(cache, make_file, monkeypatch):
    def fail(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("reelwise.cache.kinds.write_log_mel", fail)
    with pytest.raises(CacheError):
        cache.fill_sound([make_file("a/x", b"x")], SOUND)
    assert not list(cache.root.glob("work/*"))


def test_leftovers_of_a_killed_job_are_swept(cache, make_file):
    dead = cache.root / "work" / "99999-1"
    dead.mkdir(parents=True)
    for suffix in ("samples", "sound"):
        (dead / f"x.{suffix}").write_bytes(b"half")
    cache.fill_sound([make_file("a/x", b"x")], SOUND)
    assert not dead.exists()


@pytest.mark.parametrize(("peak", "usable"), [(0.9e-4, False), (1.1e-4, True)])
def test_a_track_of_digital_silence_is_not_usable(tmp_path, peak, usable):
    samples = np.zeros(16_000, np.float32)
    samples[9_000] = -peak
    (tmp_path / "samples").write_bytes(samples.tobytes())
    track = SoundTrack(len(samples), 16_000, present=(Interval(0, len(samples)),))
    entry = write_log_mel(track, tmp_path / "samples", SOUND, tmp_path / "sound")
    assert bool(entry.num_frames) == usable
    assert bool(entry.missing) != usable


def test_an_hour_is_made_in_a_few_mebibytes(tmp_path):
    num = 3600 * 16_000 // 4  # a quarter of an hour is enough to tell
    samples = np.memmap(tmp_path / "samples", np.float32, "w+", shape=(num,))
    samples[:] = 0.1
    samples.flush()
    track = SoundTrack(num, 16_000, present=(Interval(0, num),))
    tracemalloc.start()
    entry = write_log_mel(track, tmp_path / "samples", SoundInput(), tmp_path / "sound")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert entry.num_frames == 90_001
    assert (tmp_path / "sound").stat().st_size == entry.num_bytes > 23e6
    assert peak < 12 << 20
    assert zlib.crc32((tmp_path / "sound").read_bytes()) == entry.crc32


def test_the_same_as_made_in_memory(tmp_path):
    rng = np.random.default_rng(0)
    samples = rng.normal(0, 0.1, 50_000).astype(np.float32)
    (tmp_path / "samples").write_bytes(samples.tobytes())
    present = (Interval(0, 20_000), Interval(30_000, 50_000))
    track = SoundTrack(len(samples), 16_000, start=Fraction(-1, 7), present=present)
    entry = write_log_mel(track, tmp_path / "samples", SOUND, tmp_path / "sound")
    expected = sound_log_mel(Sound(samples, 16_000, Fraction(-1, 7), present), mel_settings(SOUND))
    found = map_log_mel(tmp_path / "sound", entry, verify=True)
    assert found is not None
    assert np.array_equal(found.values, expected.values)
    assert np.array_equal(found.present, expected.present)
    assert (found.start, found.step) == (expected.start, expected.step)


CLOCKS = {
    "23.976": (range(48), Fraction(1001, 24_000)),
    "25": (range(50), Fraction(1, 25)),
    "29.97": (range(60), Fraction(1001, 30_000)),
    "variable": (uneven_pts(40, seed=3), Fraction(1, 1000)),
}
HEARD = SoundInput(max_seconds=Fraction(4))
INPUT = InputSpec(
    DecodeSettings(size=32, max_frame_rate=None),
    ClipSpec(8, frame_stride=1, input_size=32),
    modalities=("frames", "sound"),
    sound=HEARD,
)


@pytest.fixture(scope="module")
def worker() -> Iterator[WorkerPool]:
    """One real worker for all tests."""
    with WorkerPool(num_workers=1) as pool:
        yield pool


def opened(folder: Path, record: Record, worker: WorkerPool) -> DecodedVideo:
    """As training reads it: decoded by a worker, kept in the cache."""
    cache = FrameCache(folder / "cache", make_pool=lambda _: nullcontext(worker))
    cache.fill([record], INPUT.decode, num_workers=1)
    cache.fill_sound([record], HEARD, num_workers=1)
    return replace(cache.open(record, INPUT.decode), log_mel=cache.open_sound(record, HEARD))


def click_seconds(video: DecodedVideo, indices: np.ndarray, sound: np.ndarray) -> Fraction:
    """When the loudest step of a network's input sounds."""
    assert video.log_mel is not None
    window = sound_window(video.log_mel, clip_span(video.times, indices), HEARD.num_steps)
    loudest = int(np.where(sound.any(axis=1), sound.sum(axis=1), -np.inf).argmax())
    return video.log_mel.time_of(window.first + loudest)


@pytest.mark.parametrize("segment", [False, True], ids=["whole", "segment"])
@pytest.mark.parametrize("sound_start", [Fraction(0), Fraction(1, 3), Fraction(7, 10)])
@pytest.mark.parametrize("clock", CLOCKS)
def test_flash_and_click_are_in_step_in_what_the_network_takes(tmp_path, worker, clock, sound_start, segment):
    plan = FlashAndClick(*CLOCKS[clock], flash=27, sound_start=sound_start)
    write_flash_and_click(tmp_path / "a.mp4", plan)
    record = Record("a.mp4", tmp_path / "a.mp4", "a")
    if segment:
        record = replace(record, start_seconds=plan.flash_seconds / 2, end_seconds=None)
    video = opened(tmp_path, record, worker)
    flash = int(np.asarray(video.frames).mean(axis=(1, 2, 3)).argmax())
    for first in range(max(0, flash - 7), min(len(video.frames) - 8, flash) + 1):
        indices = np.arange(first, first + 8)
        found = clip_inputs(INPUT, video, indices, video.frames[indices])
        brightest = int(found["clips"].mean(axis=(1, 2, 3)).argmax())
        shown = int(video.times.pts[indices[brightest]]) * video.times.time_base
        assert abs(shown - plan.flash_seconds) < Fraction(1, 1000)
        sounding = click_seconds(video, indices, found["sound"])
        assert abs(sounding - shown) < plan.half_frame_seconds
        start, _ = clip_span(video.times, indices)
        step = int(np.argmax(found["sound"].sum(axis=1) - 1e9 * (found["sound_present"] == 0)))
        assert abs(start + (step + Fraction(1, 2)) * Fraction(1, 100) - sounding) <= Fraction(1, 200)


def test_before_a_late_sound_nothing_is_present(tmp_path, worker):
    plan = FlashAndClick(range(50), Fraction(1, 25), flash=40, sound_start=Fraction(1))
    write_flash_and_click(tmp_path / "a.mp4", plan)
    video = opened(tmp_path, Record("a.mp4", tmp_path / "a.mp4", "a"), worker)
    indices = clip_indices(video.times, ClipSpec(50, frame_stride=1))
    present = clip_inputs(INPUT, video, indices, video.frames[indices])["sound_present"]
    assert not present[:95].any()
    assert present[105:190].all()


@pytest.mark.real
def test_real_sound_is_heard_as_it_is_decoded(real_data, tmp_path, worker):
    path = sorted((real_data / "audiovisual").rglob("*.mp4"))[0]
    record = Record(path.name, path, "x")
    log_mel = opened(tmp_path, record, worker).log_mel
    sound, _ = decode_sound(path)
    expected = sound_log_mel(sound, mel_settings(HEARD))
    assert log_mel is not None
    assert np.array_equal(log_mel.values, expected.values)
    assert np.array_equal(log_mel.present, expected.present)
