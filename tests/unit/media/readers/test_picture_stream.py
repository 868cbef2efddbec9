"""Numbered pictures as a video: exact pixels and times, and strangers' pictures in a sandbox."""

import os
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from frame_pictures import huge_png, noise, save_frames
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reelwise.core.errors import VideoError
from reelwise.core.video import WarningKind
from reelwise.media.decode_many import perform_one
from reelwise.media.read_frames import read_frames
from reelwise.media.readers.opencv_reader import TOLERANCE
from reelwise.media.readers.pyav_reader import PyAVReader
from reelwise.media.requests.kind import load_table
from reelwise.media.requests.scan import ScanTask
from reelwise.media.workers.handover import files_of
from reelwise.media.workers.pool import MEDIA_TABLE


def read(folder: Path):
    with PyAVReader(folder) as reader:
        frames = [(frame.pts * reader.time_base, frame.image) for frame in reader]
        return frames, reader.facts()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(5, 12),
    st.sampled_from([".png", ".tiff"]),
    st.sampled_from(["25", "30000/1001", "12.5", "7", "1/3"]),
    st.tuples(st.integers(1, 40), st.integers(1, 40)),
)
def test_frames_and_times_are_exact(tmp_path_factory, num_frames, suffix, rate, size_hw):
    frames = noise(num_frames, *size_hw)
    folder = save_frames(tmp_path_factory.mktemp("set") / "a", frames, suffix=suffix)
    folder.with_name("a.json").write_text(f'{{"fps": "{rate}"}}', encoding="utf-8")
    given_back, facts = read(folder)
    assert [seconds for seconds, _ in given_back] == [index / Fraction(rate) for index in range(num_frames)]
    assert all(np.array_equal(image, frame) for (_, image), frame in zip(given_back, frames, strict=True))
    assert (facts.frame_rate, facts.container, facts.warnings) == (Fraction(rate), "pictures", ())


def test_jpeg_frames_are_those_of_another_decoder(tmp_path):
    smooth = np.stack([cv2.resize(frame, (64, 48)) for frame in noise(6, 2, 3)])
    folder = save_frames(tmp_path / "a", smooth, suffix=".jpg")
    given_back, facts = read(folder)
    for number, (_, image) in enumerate(given_back, 1):
        reference = cv2.imread(str(folder / f"{number:04d}.jpg"))[..., ::-1]
        assert np.abs(image.astype(int) - reference).mean() < 3
    assert (facts.num_frames, facts.codec) == (6, "mjpeg")


def test_broken_pictures_leave_the_times_of_the_others(tmp_path):
    frames = noise(9)
    folder = save_frames(tmp_path / "a", frames)
    (folder / "0003.png").write_text("no picture", encoding="utf-8")
    (folder / "0004.png").write_bytes(b"")
    (folder / "0006.png").write_bytes((folder / "0006.png").read_bytes()[:40])
    given_back, facts = read(folder)
    assert [seconds * 25 for seconds, _ in given_back] == [0, 1, 4, 6, 7, 8]
    assert all(np.array_equal(image, frames[int(seconds * 25)]) for seconds, image in given_back)
    assert WarningKind.DAMAGED in {warning.kind for warning in facts.warnings}
    assert "not decoded: 0003.png, 0004.png, 0006.png." in {warning.text for warning in facts.warnings}


def test_the_refusal_of_a_folder_names_its_damaged_pictures(tmp_path):
    folder = save_frames(tmp_path / "a", noise(6))
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(VideoError, match=r"no frame could be decoded; .*\(0001.png, 0002.png, 0003.png and 3 more\)"):
        perform_one(ScanTask(folder))


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tiff"])
def test_the_second_reader_gives_the_same_frames(tmp_path, suffix):
    frames = np.stack([cv2.resize(frame, (64, 48)) for frame in noise(9, 2, 3)])
    folder = save_frames(tmp_path / "a", frames, suffix=suffix)
    (folder / f"0001{suffix}").write_bytes(b"")
    (folder / f"0004{suffix}").write_text("no picture", encoding="utf-8")
    first, second = (read_frames(folder, reader=reader) for reader in ("pyav", "opencv"))
    assert len(first) == 7
    differences = np.abs(first.astype(int) - second)
    # Decoders of JPEG smooth the colours between two samples in ways of their own.
    assert differences.mean() < 2 if suffix == ".jpg" else differences.max() <= TOLERANCE


@pytest.fixture
def hostile(tmp_path) -> Path:
    """Frames with a link to a secret, a pipe, a huge picture and a text among them."""
    folder = save_frames(tmp_path / "a", noise(12))
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    for name in ("0002.png", "0003.png"):
        (folder / name).unlink()
    (folder / "0002.png").symlink_to(tmp_path / "secret")
    os.mkfifo(folder / "0003.png")
    (folder / "0005.png").write_bytes(huge_png(40_000, 25_000))
    (folder / "0006.png").write_text("#EXTM3U\n../secret\n", encoding="utf-8")
    return folder


def test_a_worker_reads_what_is_good_of_a_hostile_folder(hostile):
    facts = perform_one(ScanTask(hostile))
    assert facts.num_frames == 8
    text = " ".join(warning.text for warning in facts.warnings)
    assert "not opened: 0003.png" in text
    assert "secret" not in text


def test_a_worker_may_open_the_pictures_and_nothing_else(hostile):
    task = ScanTask(hostile)
    (hostile / "notes.txt").write_text("x", encoding="utf-8")
    files = files_of(load_table(MEDIA_TABLE).kind_of(task), task)
    assert files.inputs == {str(hostile), *(str(hostile / f"{number:04d}.png") for number in range(1, 13))}


def test_pictures_that_are_none_are_refused(tmp_path):
    folder = tmp_path / "a"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.jpg").write_text("text", encoding="utf-8")
    with pytest.raises(VideoError, match="no JPEG, PNG or TIFF"):
        perform_one(ScanTask(folder))


def test_a_folder_of_something_else_is_refused(tmp_path):
    with pytest.raises(VideoError, match="is a folder"):
        perform_one(ScanTask(tmp_path))


def test_pictures_are_known_by_what_they_hold(tmp_path):
    frames = noise(6)
    folder = save_frames(tmp_path / "a", frames)
    for path in list(folder.iterdir()):
        path.rename(path.with_suffix(".jpg"))
    given_back, facts = read(folder)
    assert facts.codec == "png"
    assert all(np.array_equal(image, frame) for (_, image), frame in zip(given_back, frames, strict=True))


def test_pictures_of_another_size_are_said(tmp_path):
    folder = save_frames(tmp_path / "a", noise(8))
    save_frames(folder, noise(1, 10, 12), ["0004.png"])
    _, facts = read(folder)
    assert WarningKind.SIZE_CHANGES in {warning.kind for warning in facts.warnings}
