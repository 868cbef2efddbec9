import crafted
import numpy as np
import pytest

from reelwise.core.errors import VideoError
from reelwise.media.annotate import draw_caption, write_annotated
from reelwise.media.pyav_reader import PyAVReader


def test_a_copy_with_text_keeps_times_and_pictures(tmp_path):
    source = crafted.make_video(tmp_path / "a.mkv", pts=lambda i: i * i, size_hw=(96, 128))
    facts = write_annotated(source, tmp_path / "out" / "b.mp4", ["hug  83 %", "ünsure \udcff\n"])
    assert facts.num_frames == 30
    with PyAVReader(source) as one, PyAVReader(tmp_path / "out" / "b.mp4") as other:
        for a, b in zip(one, other, strict=True):
            assert float(a.pts * one.time_base) == pytest.approx(float(b.pts * other.time_base), abs=0.002)
            assert np.abs(a.image[60:].astype(int) - b.image[60:]).mean() < 6
            assert np.abs(a.image[:15].astype(int) - b.image[:15]).mean() > 20


def test_a_source_that_is_refused_leaves_nothing(tmp_path):
    (tmp_path / "a.mp4").write_text("no video")
    with pytest.raises(VideoError, match="is a text"):
        write_annotated(tmp_path / "a.mp4", tmp_path / "b.mp4", ["x"])
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


@pytest.mark.parametrize("size_hw", [(1, 1), (20, 500), (2000, 30)])
def test_a_caption_is_never_larger_than_the_picture(size_hw):
    caption = draw_caption(["some words that are far too long for this"] * 5, size_hw)
    assert caption.shape[0] <= size_hw[0]
    assert caption.shape[1] == size_hw[1]
