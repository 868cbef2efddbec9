"""Pictures of a decoder as arrays: the pixels of FFmpeg's own scaler, whatever sizes are made beside them."""

from fractions import Fraction

import av
import crafted
import numpy as np
import pytest
from av.video.frame import VideoFrame

from reelwise.media.readers.orientation import UPRIGHT, Orientation
from reelwise.media.readers.picture import PictureMaker, pixel_aspect_of
from reelwise.media.readers.pyav_reader import PyAVReader
from reelwise.media.readers.reader import part_hw

SIZES = ((32, 80), (90, 160), (24, 36))


def scaled_by_ffmpeg(frame: VideoFrame, size_hw: tuple[int, int]) -> np.ndarray:
    height, width = size_hw
    return frame.reformat(width, height, "rgb24", interpolation="AREA").to_ndarray()


@pytest.mark.parametrize("size_hw", [None, *SIZES])
def test_pixels_are_those_of_a_scaler_of_one_size(tmp_path, size_hw):
    path = crafted.make_video(tmp_path / "a.mp4", 5)
    with av.open(str(path)) as container:
        expected = [scaled_by_ffmpeg(f, size_hw or (f.height, f.width)) for f in container.decode(video=0)]
    with PyAVReader(path, size_hw=size_hw) as reader:
        for frame, pixels in zip(reader, expected, strict=True):
            for other in SIZES:
                frame.picture(other)
            assert np.array_equal(frame.image, pixels)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_every_size_is_turned_upright(rotation):
    frame = VideoFrame.from_ndarray(np.arange(40 * 60 * 3, dtype=np.uint8).reshape(40, 60, 3), "rgb24")
    render = PictureMaker(None, Orientation(rotation)).maker(frame)
    for size_hw in (None, *SIZES):
        height, width = size_hw or ((60, 40) if rotation % 180 else (40, 60))
        lying = (width, height) if rotation % 180 else (height, width)
        assert np.array_equal(render(size_hw, "squash"), np.rot90(scaled_by_ffmpeg(frame, lying), -(rotation // 90)))


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("frame_hw", [(40, 80), (80, 40), (41, 83), (63, 40)])
def test_a_crop_is_the_middle_of_the_frame(frame_hw, rotation):
    pixels = noise(*frame_hw)
    render = PictureMaker(None, Orientation(rotation)).maker(VideoFrame.from_ndarray(pixels, "rgb24"))
    side = min(frame_hw)
    top, left = (frame_hw[0] - side) // 2, (frame_hw[1] - side) // 2
    middle = VideoFrame.from_ndarray(pixels[top : top + side, left : left + side].copy(), "rgb24")
    assert np.array_equal(render((24, 24), "crop"), np.rot90(scaled_by_ffmpeg(middle, (24, 24)), -(rotation // 90)))


def test_a_crop_has_the_shape_of_the_picture():
    pixels = noise(40, 80)
    render = PictureMaker((20, 30), Orientation(90)).maker(VideoFrame.from_ndarray(pixels, "rgb24"))
    middle = VideoFrame.from_ndarray(pixels[:, 26:53].copy(), "rgb24")  # 40 rows of 27 columns: 3 to 2, turned
    assert np.array_equal(render(None, "crop"), np.rot90(scaled_by_ffmpeg(middle, (30, 20)), -1))


def test_a_crop_of_a_square_is_all_of_it():
    render = PictureMaker((32, 32), UPRIGHT).maker(
        VideoFrame.from_ndarray(noise(60, 60), "rgb24").reformat(format="yuv420p")
    )
    assert np.array_equal(render(None, "crop"), render(None, "squash"))


def test_pixels_that_are_not_square_count():
    pixels = noise(40, 60)
    frame = VideoFrame.from_ndarray(pixels, "rgb24")
    render = PictureMaker((24, 24), UPRIGHT, Fraction(2)).maker(frame)
    middle = VideoFrame.from_ndarray(pixels[:, 20:40].copy(), "rgb24")
    assert np.array_equal(render(None, "crop"), scaled_by_ffmpeg(middle, (24, 24)))
    assert np.array_equal(render(None, "squash"), scaled_by_ffmpeg(frame, (24, 24)))


def test_frames_of_other_sizes_and_formats_are_cut_too():
    maker = PictureMaker((24, 24), UPRIGHT)
    for frame_hw, pix_fmt in [((40, 80), "yuv420p"), ((40, 80), "yuv444p"), ((80, 42), "yuv420p"), ((41, 81), "gray")]:
        frame = VideoFrame.from_ndarray(noise(*frame_hw), "rgb24").reformat(format=pix_fmt)
        render = maker.maker(frame)
        assert np.array_equal(render(None, "crop"), PictureMaker((24, 24), UPRIGHT).maker(frame)(None, "crop"))
        assert not np.array_equal(render(None, "crop"), render(None, "squash"))


@pytest.mark.parametrize("frame_hw", [(2, 300), (300, 2), (3, 9), (1, 1), (16, 4000)])
def test_frames_of_extreme_shapes_give_a_picture(frame_hw):
    frame = VideoFrame.from_ndarray(noise(*frame_hw), "rgb24").reformat(format="yuv420p")
    assert PictureMaker((24, 24), UPRIGHT).maker(frame)(None, "crop").shape == (24, 24, 3)


def test_the_part_of_a_frame():
    assert part_hw((100, 100), (7, 7)) == (100, 100)
    assert part_hw((100, 300), (20, 40)) == (100, 200)
    assert part_hw((300, 100), (20, 40)) == (50, 100)
    assert part_hw((1080, 1440), (64, 64), Fraction(4, 3)) == (1080, 810)
    assert part_hw((3, 900), (64, 64)) == (3, 900)


@pytest.mark.parametrize(("stated", "aspect"), [(None, 1), (Fraction(4, 3), Fraction(4, 3)), (Fraction(1, 99), 1)])
def test_a_shape_of_pixels_is_believed_within_limits(tmp_path, stated, aspect):
    path = crafted.make_video(tmp_path / "a.mkv", 3, pixel_aspect=stated)
    with av.open(str(path)) as container:
        assert pixel_aspect_of(container.streams.video[0]) == aspect
