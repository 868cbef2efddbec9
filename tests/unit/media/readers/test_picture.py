"""Pictures of a decoder as arrays: the pixels of FFmpeg's own scaler, whatever sizes are made beside them."""

import av
import crafted
import numpy as np
import pytest
from av.video.frame import VideoFrame

from reelwise.media.readers.picture import PictureMaker
from reelwise.media.readers.pyav_reader import PyAVReader

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
    render = PictureMaker(None, rotation).maker(frame)
    for size_hw in (None, *SIZES):
        height, width = size_hw or ((60, 40) if rotation % 180 else (40, 60))
        lying = (width, height) if rotation % 180 else (height, width)
        assert np.array_equal(render(size_hw), np.rot90(scaled_by_ffmpeg(frame, lying), -(rotation // 90)))
