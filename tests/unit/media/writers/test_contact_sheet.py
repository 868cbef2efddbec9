"""Pictures spread over a video: exact where all is decoded, key frames where there is no time."""

from pathlib import Path

import crafted
import numpy as np
import pytest
from frame_numbers import read_number

from reelwise.core.errors import CacheError, VideoError
from reelwise.media.workers.pool import WorkerPool
from reelwise.media.writers.contact_sheet import picture_size, spread, write_sheet
from reelwise.media.writers.repeat import repeat_packets
from reelwise.media.writers.sheet import Sheet, SheetTask, open_sheet


def sheet_of(path: Path, num: int = 6, *, side: int = 64, seconds: float = 60.0) -> tuple[Sheet, np.ndarray]:
    task = SheetTask(path, num, side, path.parent / "sheet", seconds)
    sheet = write_sheet(task)
    return sheet, open_sheet(sheet, task.output)


def test_pictures_are_evenly_spread_and_their_times_are_true(tmp_path):
    path = crafted.make_video(tmp_path / "a.mp4", 60)
    sheet, pictures = sheet_of(path)
    assert sheet.note == ""
    assert pictures.shape == (6, 48, 64, 3)
    numbers = [read_number(picture) for picture in pictures]
    assert numbers == [round(seconds * 25) for seconds in sheet.seconds]
    assert np.abs(np.diff(numbers) - 10).max() <= 2


def test_times_count_where_frames_are_uneven(tmp_path):
    path = crafted.make_video(tmp_path / "a.mkv", 30, pts=lambda i: i * i)
    sheet, pictures = sheet_of(path, 4)
    assert [round((seconds * 25) ** 0.5) for seconds in sheet.seconds] == [read_number(p) for p in pictures]
    assert np.abs(np.diff(sheet.seconds) - 8.4).max() < 2


def test_a_short_video_gives_what_it_has(tmp_path):
    sheet, pictures = sheet_of(crafted.make_video(tmp_path / "a.mp4", 3))
    assert [read_number(picture) for picture in pictures] == [0, 1, 2]
    assert sheet.seconds == pytest.approx((0, 0.04, 0.08), abs=0.001)


def test_without_time_key_frames_are_taken(tmp_path):
    short = crafted.make_video(tmp_path / "a.mp4", 50)
    path = repeat_packets(short, tmp_path / "long.mp4", 200)
    sheet, pictures = sheet_of(path, 8, seconds=1.0)
    assert sheet.note == ""
    assert np.abs(np.diff(sheet.seconds) - 50).max() < 25
    for seconds, picture in zip(sheet.seconds, pictures, strict=True):
        assert read_number(picture) == round(seconds * 25) % 50


def test_a_file_that_cannot_be_sought_in_says_how_far_it_came(tmp_path, monkeypatch):
    monkeypatch.setattr("reelwise.media.writers.contact_sheet._likely_duration", lambda header_seconds: None)
    path = repeat_packets(crafted.make_video(tmp_path / "a.mp4", 50), tmp_path / "long.mkv", 400)
    sheet, _ = sheet_of(path, 4, seconds=0.05)
    assert sheet.note.startswith("the pictures show the first ")
    assert sheet.seconds[-1] < 700


def test_upright_and_no_larger_than_asked(tmp_path):
    path = crafted.with_rotation(crafted.make_video(tmp_path / "a.mp4", size_hw=(48, 96)), 90)
    assert picture_size(path, 48) == (48, 24)
    sheet, pictures = sheet_of(path, 2, side=48)
    assert sheet.size_hw == pictures.shape[1:3] == (48, 24)


def test_mirrored_where_the_video_is(tmp_path):
    plain = crafted.make_video(tmp_path / "plain.mp4")
    mirrored = crafted.with_rotation(crafted.make_video(tmp_path / "mirrored.mp4"), 0, mirrored=True)
    (_, expected), (_, pictures) = (sheet_of(path, 2) for path in (plain, mirrored))
    np.testing.assert_array_equal(pictures, expected[:, :, ::-1])


def test_mirrored_where_it_seeks(tmp_path):
    plain = repeat_packets(crafted.make_video(tmp_path / "a.mp4", 50), tmp_path / "long.mp4", 400)
    mirrored = crafted.with_rotation(
        repeat_packets(tmp_path / "a.mp4", tmp_path / "mirrored.mp4", 400), 0, mirrored=True
    )
    (_, expected), (_, pictures) = (sheet_of(path, 4, seconds=0.05) for path in (plain, mirrored))
    assert np.abs(pictures[-1].astype(int) - expected[-1][:, ::-1]).mean() < 20


def test_a_worker_makes_it_and_refuses_what_is_no_video(tmp_path):
    good, bad = crafted.make_video(tmp_path / "a.mp4"), tmp_path / "b.mp4"
    bad.write_text("ffconcat version 1.0\nfile a.mp4\n")
    tasks = [SheetTask(path, 4, 64, tmp_path / f"{path.stem}.sheet", 5.0) for path in (good, bad)]
    with WorkerPool(1) as pool:
        answers = {task.path.name: answer for task, answer in pool.run(tasks)}
    assert len(answers["a.mp4"].seconds) == 4
    assert isinstance(answers["b.mp4"], VideoError)


def test_a_file_of_another_size_is_noticed(tmp_path):
    (tmp_path / "x").write_bytes(b"123")
    with pytest.raises(CacheError, match="expected pictures"):
        open_sheet(Sheet((2, 2), (0.0,)), tmp_path / "x")


def test_spread_takes_none_twice():
    shots = [(0.0, np.zeros(0)), (9.0, np.ones(0))]
    assert [seconds for seconds, _ in spread(shots, 10.0, 5)] == [0.0, 9.0]


def test_damaged_files_cost_themselves_only(tmp_path):
    (tmp_path / "damaged").mkdir()
    seeds = [crafted.make_video(tmp_path / name) for name in ("a.mp4", "b.mkv")]
    files = list(crafted.mutations(seeds, tmp_path / "damaged", 24))
    with WorkerPool(1) as pool:
        answers = [answer for _, answer in pool.run(SheetTask(p, 8, 64, tmp_path / "out", 0.05) for p in files)]
    assert all(isinstance(answer, Sheet | VideoError) for answer in answers)
    assert not [answer for answer in answers if "failed unexpectedly" in str(answer)]
    assert sum(isinstance(answer, Sheet) for answer in answers) > 6
