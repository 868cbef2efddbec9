"""The cache: found, decoded once, damaged, full, shared."""

import errno
import multiprocessing
import os
import shutil
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reelwise.cache import fill
from reelwise.cache.file_lock import FileLock
from reelwise.cache.frame_cache import FrameCache
from reelwise.core.clip import DecodeSettings
from reelwise.core.errors import CacheError, ReelwiseWarning, VideoError

SETTINGS = DecodeSettings(size=16)


@pytest.fixture
def cache(tmp_path, pool):
    return FrameCache(tmp_path / "cache", make_pool=pool)


def test_second_run_decodes_nothing(cache, pool, make_file, tmp_path):
    records = [make_file(f"a/{i}.mp4", bytes(range(i + 1))) for i in range(5)]
    first = cache.fill(records, SETTINGS)
    assert (first.num_found, first.num_decoded, len(pool.tasks)) == (0, 5, 5)
    again = FrameCache(tmp_path / "cache", make_pool=pool).fill(records, SETTINGS)
    assert (again.num_found, again.num_decoded, len(pool.tasks)) == (5, 0, 5)
    assert again.facts == first.facts
    assert first.facts["a/0.mp4"].sound.sample_rate == 44100


def test_opens_what_was_decoded(cache, make_file):
    record = make_file("a/x.mp4", b"twelve bytes")
    cache.fill([record], SETTINGS)
    video = cache.open(record, SETTINGS)
    assert video.frames.shape == (8, 16, 16, 3)
    assert not video.frames.flags.writeable
    assert video.times.end_pts == 8
    assert [warning.text for warning in video.facts.warnings] == ["damaged: odd."]


def test_open_decodes_what_is_missing(cache, pool, make_file):
    assert len(cache.open(make_file("a/x.mp4", b"1"), SETTINGS).frames) == 4
    assert len(pool.tasks) == 1


def test_settings_content_and_segment_make_other_entries(cache, pool, make_file):
    record = make_file("a/x.mp4", b"one")
    cache.fill([record], SETTINGS)
    cache.fill([record], DecodeSettings(size=32))
    cache.fill([record], replace(SETTINGS, fit="crop"))
    cache.fill([replace(record, start_seconds=Fraction(1))], SETTINGS)
    record.path.write_bytes(b"other")
    cache.fill([record], SETTINGS)
    assert len(pool.tasks) == cache.num_entries == 5


def test_segments_of_one_file_are_one_task(cache, pool, make_file):
    whole = make_file("a/x.mp4", b"one")
    parts = [replace(whole, start_seconds=Fraction(i), end_seconds=Fraction(i + 1)) for i in range(3)]
    cache.fill([whole, *parts], SETTINGS)
    assert [len(task.segments) for task in pool.tasks] == [4]
    assert np.any(cache.open(parts[1], SETTINGS).frames != cache.open(parts[2], SETTINGS).frames)


def test_a_moved_copy_is_the_same_entry(cache, pool, make_file):
    cache.fill([make_file("a/x.mp4", b"same"), make_file("b/y.mp4", b"same")], SETTINGS)
    assert len(pool.tasks) == cache.num_entries == 1


def test_copies_of_a_bad_file_have_one_reason(cache, make_file):
    records = [make_file(name, b"bad name") for name in ("a/one", "b/two")]
    failures = cache.fill(records, SETTINGS).failures
    assert {r.name: failures[r.name].reason_for(r.path, r.name) for r in records} == {
        "a/one": "no moov atom.",
        "b/two": "no moov atom.",
    }


def test_failures_name_their_record_and_are_not_remembered(cache, pool, make_file):
    good, bad, twin = make_file("a/good", b"g"), make_file("a/bad", b"bad"), make_file("b/twin", b"bad")
    filled = cache.fill([good, bad, twin], SETTINGS)
    assert set(filled.failures) == {"a/bad", "b/twin"}
    assert str(twin.path) in filled.failures["b/twin"].message
    assert filled.failures["a/bad"].hint == "Copy it again."
    cache.fill([bad], SETTINGS)
    assert len(pool.tasks) == 3
    with pytest.raises(VideoError, match="no moov"):
        cache.open(bad, SETTINGS)


def test_a_file_that_went_away_is_a_failure(cache, make_file):
    record = make_file("a/x", b"x")
    record.path.unlink()
    assert "no such file" in cache.fill([record], SETTINGS).failures["a/x"].message


def frames_file(cache):
    return next(cache.root.glob("entries/*/*.frames"))


@pytest.mark.parametrize("damage", ["flip", "truncate", "remove", "json", "json_fields"])
def test_damaged_entries_are_rebuilt(cache, pool, make_file, tmp_path, damage):
    record = make_file("a/x.mp4", b"one")
    cache.fill([record], SETTINGS)
    before = np.array(cache.open(record, SETTINGS).frames)
    path = frames_file(cache)
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
        json_path.write_text(text[:50] if damage == "json" else text.replace('"pts": [', '"pts": [7, '))
    fresh = FrameCache(tmp_path / "cache", make_pool=pool)
    assert np.array_equal(fresh.open(record, SETTINGS).frames, before)
    assert len(pool.tasks) == 2


def test_oldest_goes_first_and_never_what_is_needed(tmp_path, pool, make_file):
    record_bytes = 4 * 16 * 16 * 3  # one byte makes 4 frames
    cache = FrameCache(tmp_path / "cache", max_gb=4.5 * record_bytes / 1e9, make_pool=pool)
    old = [make_file(f"a/{i}", bytes([i])) for i in range(2)]
    for record in old:
        cache.fill([record], SETTINGS)
        time.sleep(0.01)
    cache.fill([old[0]], SETTINGS)  # used again, so the other one is older
    cache._max_bytes = cache.size + record_bytes // 2
    cache.fill([make_file("a/new", b"n")], SETTINGS)
    assert cache.num_entries == 2
    num_tasks = len(pool.tasks)
    cache.fill([old[0]], SETTINGS)
    assert len(pool.tasks) == num_tasks
    with pytest.raises(CacheError, match="limit") as error:
        cache.fill([make_file(f"b/{i}", bytes([50 + i])) for i in range(5)], SETTINGS)
    assert "--cache-gb" in error.value.hint


def test_eviction_leaves_open_maps_readable(cache, make_file):
    record = make_file("a/x", b"x")
    cache.fill([record], SETTINGS)
    video = cache.open(record, SETTINGS)
    before = np.array(video.frames)
    assert cache.clear() == 1
    assert np.array_equal(video.frames, before)


def test_clear_removes_only_what_is_ours(cache, make_file):
    cache.fill([make_file("a/x", b"x")], SETTINGS)
    note = cache.root / "entries" / "notes.txt"
    note.write_text("mine")
    assert cache.clear() == 1
    assert (cache.num_entries, cache.size) == (0, 0)
    assert note.read_text() == "mine"


def test_full_disk_is_told_with_numbers(cache, make_file, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**9, 10**9, 1_000_000))
    with pytest.raises(CacheError, match="MB free") as error:
        cache.fill([make_file("a/x", b"x")], SETTINGS)
    assert "--cache-dir" in error.value.hint


def test_write_error_is_no_fault_of_the_video(cache, make_file, pool, monkeypatch):
    def fail(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("reelwise.cache.fill.write_entry", fail)
    with pytest.raises(CacheError):
        cache.fill([make_file("a/x", b"x")], SETTINGS)
    assert not list(cache.root.glob("work/*"))


def test_leftovers_of_a_killed_job_are_swept(cache, make_file):
    dead = cache.root / "work" / "99999-1"
    dead.mkdir(parents=True)
    (dead / "x.frames").write_bytes(b"half")
    cache.fill([make_file("a/x", b"x")], SETTINGS)
    assert not dead.exists()


def test_changed_while_decoding(cache, pool, make_file):
    record = make_file("a/x", b"x")
    pool.before_each = lambda task: task.path.write_bytes(b"longer than before")
    assert "changed" in cache.fill([record], SETTINGS).failures["a/x"].message


def test_progress_counts_files_and_frames(cache, make_file):
    heard = []
    cache.fill([make_file(f"a/{i}", bytes([i])) for i in range(3)], SETTINGS, progress=lambda *told: heard.append(told))
    assert [told[:3] for told in heard] == [(0, 3, 0), (1, 3, 4), (2, 3, 8), (3, 3, 12)]


def test_what_another_job_decodes_is_waited_for(cache, pool, make_file, tmp_path):
    first, second = make_file("a/1", b"1"), make_file("a/2", b"2")
    other = FrameCache(tmp_path / "cache", make_pool=type(pool)())

    def other_job(task):
        pool.before_each = None
        other.fill([second], SETTINGS)

    pool.before_each = other_job
    filled = cache.fill([first, second], SETTINGS)
    assert (filled.num_found, filled.num_decoded, len(pool.tasks)) == (1, 1, 1)


def _hold(path, ready):
    lock = FileLock(Path(path))
    lock.try_acquire()
    ready.set()
    time.sleep(60)


@pytest.mark.skipif(os.name == "nt", reason="files are locked by flock, which Windows does not have")
def test_lock_dies_with_its_process(tmp_path):
    context = multiprocessing.get_context("fork")
    ready = context.Event()
    child = context.Process(target=_hold, args=(str(tmp_path / "x.lock"), ready))
    child.start()
    ready.wait(10)
    lock = FileLock(tmp_path / "x.lock")
    assert not lock.try_acquire()
    child.kill()
    child.join()
    assert lock.try_acquire()
    lock.release()
    assert not (tmp_path / "x.lock").exists()


def test_a_job_that_is_stopped_with_its_lock_is_not_waited_for_for_ever(cache, make_file, tmp_path, monkeypatch):
    monkeypatch.setattr(fill, "_SECONDS_TO_SAY", 0.05)
    monkeypatch.setattr(fill, "_SECONDS_TO_WAIT", 0.2)
    record = make_file("a/1", b"1")
    cache.fill([record], SETTINGS)
    (key,) = (path.stem for path in (tmp_path / "cache/entries").glob("*/*.json"))
    cache.clear()
    lock = FileLock(tmp_path / "cache/locks" / f"{key}.lock")
    assert lock.try_acquire()
    with pytest.warns(ReelwiseWarning, match=f"another job decodes it, and is waited for. Its lock is .*{key}"):
        assert cache.fill([record], SETTINGS).num_decoded == 1
    lock.release()


def test_a_complete_cache_that_cannot_be_written_is_read(cache, pool, make_file, tmp_path, monkeypatch):
    record = make_file("a/1", b"1")
    cache.fill([record], SETTINGS)
    (tmp_path / "cache/CACHEDIR.TAG").unlink()

    def refuse(*args, **kwargs):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("reelwise.core.files.tempfile.mkstemp", refuse)
    monkeypatch.setattr(Path, "write_text", refuse)
    monkeypatch.setattr("reelwise.cache.content_hashes._RACY_NS", -(10**18))
    with pytest.warns(ReelwiseWarning, match=r"content\.json: cannot be written .Read-only"):
        assert FrameCache(tmp_path / "cache", make_pool=pool).fill([record], SETTINGS).num_found == 1


def test_the_file_that_cannot_be_written_is_named(cache, make_file, monkeypatch):
    def refuse(self, target):
        raise PermissionError(errno.EACCES, "Permission denied", str(target))

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(CacheError, match=r"cache/entries/.*\.frames: cannot be written: Permission denied"):
        cache.fill([make_file("a/1", b"1")], SETTINGS)
