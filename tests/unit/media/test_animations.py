"""GIF and PNG files with one picture and with several."""

import io
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from reelwise.media.find import find_videos, is_video
from reelwise.media.readers.pyav_reader import PyAVReader


def save(path, num_pictures, durations=100, size=(32, 24), **options):
    rng = np.random.default_rng(0)
    pictures = [Image.fromarray(rng.integers(0, 255, (size[1], size[0], 3), np.uint8)) for _ in range(num_pictures)]
    pictures[0].save(path, save_all=num_pictures > 1, append_images=pictures[1:], duration=durations, **options)
    return path


@pytest.mark.parametrize("suffix", ["gif", "png"])
def test_moving_pictures_are_videos_and_still_ones_are_not(tmp_path, suffix):
    moving, still = save(tmp_path / f"a.{suffix}", 4), save(tmp_path / f"b.{suffix}", 1)
    assert is_video(moving)
    assert not is_video(still)
    assert find_videos(tmp_path) == [moving]


def test_a_gif_without_a_loop_is_a_video(tmp_path):
    assert is_video(save(tmp_path / "a.gif", 2))


def test_a_large_first_picture(tmp_path):
    assert is_video(save(tmp_path / "a.gif", 2, size=(400, 300)))
    assert not is_video(save(tmp_path / "b.gif", 1, size=(400, 300)))


@pytest.mark.parametrize("end", [3, 6, 12, 13, 40, 800])
def test_cut_off_files_are_no_error(tmp_path, end):
    data = save(tmp_path / "a.gif", 4).read_bytes()
    (tmp_path / "a.gif").write_bytes(data[:end])
    assert isinstance(is_video(tmp_path / "a.gif"), bool)


def test_times_of_a_gif_are_its_own(tmp_path):
    with PyAVReader(save(tmp_path / "a.gif", 4, [100, 300, 50, 200])) as reader:
        times = [frame.pts * reader.time_base for frame in reader]
        facts = reader.facts()
    assert times == [Fraction(0), Fraction(1, 10), Fraction(4, 10), Fraction(45, 100)]
    assert facts.num_frames == 4
    assert facts.duration_seconds == pytest.approx(0.65)


@pytest.mark.parametrize("suffix", ["gif", "png"])
def test_pixels_and_limits(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    colours = [(250, 10, 10), (10, 250, 10), (10, 10, 250)]
    pictures = [Image.new("RGB", (32, 24), colour) for colour in colours]
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=100)
    with PyAVReader(path) as reader:
        means = [frame.image.reshape(-1, 3).mean(0) for frame in reader]
    assert np.abs(np.array(means) - colours).max() < 8


def test_y4m(tmp_path):
    stream = io.BytesIO(b"")
    stream.write(b"YUV4MPEG2 W32 H16 F10:1 Ip A1:1 C420jpeg\n")
    for number in range(5):
        stream.write(b"FRAME\n" + bytes([40 * number]) * (32 * 16) + bytes([128]) * (2 * 16 * 8))
    path = tmp_path / "a.y4m"
    path.write_bytes(stream.getvalue())
    assert find_videos(tmp_path) == [path]
    with PyAVReader(path) as reader:
        frames = [frame.pts * reader.time_base for frame in reader]
    assert frames == [Fraction(number, 10) for number in range(5)]
