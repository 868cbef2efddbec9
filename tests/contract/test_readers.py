"""Every reader gives the frames of the first one, within its stated tolerance, or says loudly why it cannot."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import crafted
import numpy as np
import pytest
from frame_numbers import read_number

from reelwise.core.clip import Fit
from reelwise.core.errors import VideoError
from reelwise.media.find import find_videos
from reelwise.media.readers.opencv_reader import TOLERANCE, OpenCVReader
from reelwise.media.readers.pyav_reader import PyAVReader
from reelwise.media.readers.reader import Frame, PictureKind, SizeHW, VideoReader, grey

READERS: dict[str, tuple[Callable[..., VideoReader], int]] = {
    "pyav": (PyAVReader, 0),
    "opencv": (OpenCVReader, TOLERANCE),
}
READER = pytest.mark.parametrize(("open_reader", "tolerance"), READERS.values(), ids=READERS)

FILES: dict[str, Callable[[Path], Path]] = {
    "mp4": lambda f: crafted.make_video(f / "a.mp4", options={"bf": "3", "crf": "10"}),
    "mkv": lambda f: crafted.make_video(f / "a.mkv"),
    "webm": lambda f: crafted.make_video(f / "a.webm", codec="libvpx"),
    "avi": lambda f: crafted.make_video(f / "a.avi", codec="mpeg4", options={"bf": "2"}),
    "mjpeg": lambda f: crafted.make_video(f / "a.avi", codec="mjpeg", pix_fmt="yuvj420p"),
    "mpeg2": lambda f: crafted.make_video(f / "a.ts", codec="mpeg2video"),
    "raw h264": lambda f: crafted.make_video(f / "a.h264", container="h264"),
    "odd size": lambda f: crafted.make_video(f / "a.mkv", codec="ffv1", pix_fmt="yuv444p", size_hw=(47, 63)),
    "variable rate": lambda f: crafted.make_video(f / "a.mkv", pts=lambda i: i * i),
    "edit list": lambda f: crafted.with_edits(crafted.make_video(f / "a.mp4"), [(1000, 512 * 5)]),
    "ten bits": lambda f: crafted.make_video(f / "a.mp4", pix_fmt="yuv420p10le"),
    "alpha": lambda f: crafted.make_video(f / "a.mkv", codec="ffv1", pix_fmt="bgra"),
    "90 degrees": lambda f: crafted.with_rotation(crafted.make_video(f / "a.mp4"), 90),
    "180 degrees": lambda f: crafted.with_rotation(crafted.make_video(f / "a.mp4"), 180),
    "270 degrees": lambda f: crafted.with_rotation(crafted.make_video(f / "a.mp4"), 270),
    "45 degrees": lambda f: crafted.with_rotation(crafted.make_video(f / "a.mp4"), 45),
    **{
        f"mirrored, {degrees} degrees": lambda f, degrees=degrees: crafted.with_rotation(
            crafted.make_video(f / "a.mp4"), degrees, mirrored=True
        )
        for degrees in (0, 90, 180, 270)
    },
    "raw": lambda f: crafted.make_video(f / "a.avi", codec="rawvideo", pix_fmt="bgr24"),
    "raw grey": lambda f: crafted.make_video(f / "a.avi", codec="rawvideo", pix_fmt="gray"),
    "raw mov": lambda f: crafted.make_video(f / "a.mov", codec="rawvideo", pix_fmt="uyvy422"),
    "raw mkv": lambda f: crafted.make_video(f / "a.mkv", codec="rawvideo", pix_fmt="yuv420p"),
    "v210": lambda f: crafted.make_video(f / "a.mov", codec="v210", pix_fmt="yuv422p10le"),
    "huffyuv": lambda f: crafted.make_video(f / "a.avi", codec="huffyuv", pix_fmt="yuv422p"),
    "ffvhuff": lambda f: crafted.make_video(f / "a.avi", codec="ffvhuff", pix_fmt="yuv420p"),
    "utvideo": lambda f: crafted.make_video(f / "a.avi", codec="utvideo", pix_fmt="yuv420p"),
    "png": lambda f: crafted.make_video(f / "a.avi", codec="png", pix_fmt="rgb24"),
    "wrong count": lambda f: crafted.avi_that_declares(f / "a.avi", 9999),
}
REFUSED_BY_OPENCV: dict[str, tuple[Callable[[Path], Path], str]] = {
    "interlaced": (
        lambda f: crafted.make_video(f / "a.mpg", codec="mpeg2video", options={"flags": "+ildct+ilme"}),
        "interlaced",
    ),
    "hdr": (
        lambda f: crafted.make_video(
            f / "a.mp4",
            codec="libx265",
            pix_fmt="yuv420p10le",
            options={"x265-params": "log-level=none"},
            colours={"color_trc": 16, "color_primaries": 9, "colorspace": 9},
        ),
        "HDR",
    ),
    "size change": (lambda f: crafted.size_change(f / "a.ts"), "size changes"),
}


def assert_same_frames(open_reader: Callable[..., VideoReader], path: Path, tolerance: int) -> None:
    with PyAVReader(path) as first, open_reader(path) as other:
        for a, b in zip(first, other, strict=True):
            assert b.image.dtype == np.uint8
            assert b.image.shape == a.image.shape
            assert (b.index, b.pts, b.is_damaged) == (a.index, a.pts, a.is_damaged)
            assert (np.maximum(a.image, b.image) - np.minimum(a.image, b.image)).max() <= tolerance
        assert first.time_base == other.time_base
        assert first.facts() == other.facts()


@READER
@pytest.mark.parametrize("make", FILES.values(), ids=FILES)
def test_same_frames_times_and_facts(tmp_path, open_reader, tolerance, make):
    assert_same_frames(open_reader, make(tmp_path), tolerance)


@READER
def test_frames_come_in_display_order_at_the_wished_size(tmp_path, open_reader, tolerance):
    path = crafted.make_video(tmp_path / "a.mp4", options={"bf": "3", "crf": "10"})
    with open_reader(path, size_hw=(32, 80)) as reader:
        frames = list(reader)
    assert [read_number(frame.image) for frame in frames] == list(range(30))
    assert {frame.image.shape for frame in frames} == {(32, 80, 3)}
    assert [frame.index for frame in frames] == list(range(30))


@READER
def test_one_decoding_gives_several_sizes_and_colours(tmp_path, open_reader, tolerance):
    path = crafted.make_video(tmp_path / "a.mp4")
    with open_reader(path, size_hw=(32, 80)) as reader:
        frames = list(reader)
    for size_hw in ((32, 80), (90, 160), (24, 36)):
        with open_reader(path, size_hw=size_hw) as reader:
            for frame, alone in zip(frames, reader, strict=True):
                assert np.array_equal(frame.picture(size_hw), alone.image)
                assert frame.picture(size_hw, PictureKind.GREY).shape == size_hw
                assert np.array_equal(frame.picture(size_hw, PictureKind.GREY), grey(alone.image))
    assert all(np.array_equal(frame.picture(), frame.picture((32, 80))) for frame in frames)


@READER
def test_each_picture_is_rendered_once_per_frame(tmp_path, open_reader, tolerance):
    with open_reader(crafted.make_video(tmp_path / "a.mp4", 2)) as reader:
        for frame in reader:
            sizes: list[SizeHW | None] = []
            counting = Frame(0, 0, False, partial(render_and_note, sizes, frame))
            requests = [(None, PictureKind.RGB), ((9, 16), PictureKind.GREY), ((9, 16), PictureKind.RGB)]
            pictures = [counting.picture(*request) for request in requests * 3]
            assert sizes == [None, (9, 16)]
            assert all(picture is pictures[number % 3] for number, picture in enumerate(pictures))
            assert not any(picture.flags.writeable for picture in pictures)


def render_and_note(sizes: list[SizeHW | None], frame: Frame, size_hw: SizeHW | None, fit: Fit) -> np.ndarray:
    sizes.append(size_hw)
    return frame.render(size_hw, fit)


@READER
@pytest.mark.parametrize("make", FILES.values(), ids=FILES)
def test_a_cropped_picture_is_the_middle_of_the_frame(tmp_path, open_reader, tolerance, make):
    path = make(tmp_path)
    if make in (FILES["ten bits"], FILES["raw mov"]):
        tolerance = TOLERANCE  # the dither of the scaler depends on the place of a pixel in its row
    with PyAVReader(path) as first, open_reader(path) as other:
        for a, b in zip(first, other, strict=True):
            rows, columns = a.image.shape[:2]
            side = min(rows, columns)
            top, left = (rows - side) // 2, (columns - side) // 2
            middle = a.image[top : top + side, left : left + side].astype(int)
            cropped = b.picture((side, side), fit="crop")
            assert np.abs(cropped - middle).max() <= tolerance
            assert np.array_equal(b.picture((side, side), PictureKind.GREY, "crop"), grey(cropped))
            assert not np.array_equal(b.picture((side, side)), cropped)


@READER
@pytest.mark.parametrize("name", ["missing.mp4", "text.mp4", "empty.mp4", "pipe.mp4", "concat.mp4"])
def test_refusals_are_video_errors(tmp_path, open_reader, tolerance, name):
    crafted.texts_that_point_elsewhere(tmp_path, 9)
    (tmp_path / "empty.mp4").touch()
    crafted.pipe(tmp_path / "pipe.mp4")
    with pytest.raises(VideoError) as caught:
        open_reader(tmp_path / name)
    assert caught.value.message.startswith(name)


@pytest.mark.parametrize(("make", "reason"), REFUSED_BY_OPENCV.values(), ids=REFUSED_BY_OPENCV)
def test_opencv_says_loudly_what_it_cannot_read(tmp_path, make, reason):
    with pytest.raises(VideoError, match=reason) as caught:
        OpenCVReader(make(tmp_path))
    assert "PyAV" in caught.value.hint


def test_opencv_is_not_believed_when_it_shows_something_else(tmp_path, monkeypatch):
    import cv2

    path = crafted.make_video(tmp_path / "a.mp4")
    with OpenCVReader(path) as reader:
        monkeypatch.setattr(reader, "_read", lambda capture, index, pts: np.zeros((48, 64, 3), np.uint8))
        with pytest.raises(VideoError, match="a black picture at frame 0"):
            next(iter(reader))
    with OpenCVReader(path) as reader:
        reader._first_frames.pop()
        with pytest.raises(VideoError, match="more than the 29 frames"):
            list(reader)
    with OpenCVReader(path) as reader:
        reader._first_frames.append(reader._first_frames[-1])
        with pytest.raises(VideoError, match="30 of 31 frames"):
            list(reader)
    assert cv2.getNumThreads() == 1


@pytest.mark.real
def test_real_files(real_data):
    folders = ("one_clip_many_containers", "rotation", "codecs", "names_and_sizes", "quality_pair")
    for path in (path for folder in folders for path in find_videos(real_data / "odd" / folder)):
        if path.name != "sample_with_color_info.mp4":  # HDR: refused
            assert_same_frames(OpenCVReader, path, TOLERANCE)
