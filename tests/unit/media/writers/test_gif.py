from fractions import Fraction

import av
import numpy as np
import pytest

from reelwise.core.errors import UsageError, VideoError
from reelwise.media.writers.gif import write_gif


def shades(num_frames: int, size: int = 32) -> np.ndarray:
    frames = np.zeros((num_frames, size, size, 3), np.uint8)
    frames[..., 0] = (np.arange(num_frames) * 10)[:, None, None]
    frames[:, : size // 2, :, 1] = 200
    return frames


def read(path) -> tuple[list[int], np.ndarray]:
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    return [frame.pts for frame in frames], np.stack([frame.to_ndarray(format="rgb24") for frame in frames])


def test_every_frame_is_there_with_its_colours_and_time(tmp_path):
    frames = shades(9)
    assert write_gif(tmp_path / "a.gif", frames, Fraction(25, 2)) == 9
    pts, pictures = read(tmp_path / "a.gif")
    assert pts == [8 * i for i in range(9)]  # hundredths of a second
    assert np.abs(pictures.astype(int) - frames).max() <= 4


def test_a_rate_that_hundredths_do_not_fit_holds_on_average(tmp_path):
    write_gif(tmp_path / "a.gif", shades(16), Fraction(15))
    pts, _ = read(tmp_path / "a.gif")
    assert pts[-1] == 100


def test_it_repeats_for_ever(tmp_path):
    write_gif(tmp_path / "a.gif", shades(3), Fraction(10))
    assert b"NETSCAPE2.0\x03\x01\x00\x00" in (tmp_path / "a.gif").read_bytes()


def test_more_than_fifty_frames_a_second_are_thinned(tmp_path):
    assert write_gif(tmp_path / "a.gif", shades(24), Fraction(120)) == 8
    pts, _ = read(tmp_path / "a.gif")
    assert min(np.diff(pts)) >= 2


def test_same_frames_same_bytes(tmp_path):
    for name in ("a.gif", "b.gif"):
        write_gif(tmp_path / name, shades(9), Fraction(10))
    assert (tmp_path / "a.gif").read_bytes() == (tmp_path / "b.gif").read_bytes()


def test_one_frame(tmp_path):
    assert write_gif(tmp_path / "a.gif", shades(1), Fraction(10)) == 1


def test_no_frames_are_refused(tmp_path):
    with pytest.raises(UsageError, match="no frames"):
        write_gif(tmp_path / "a.gif", shades(0), Fraction(10))


def test_a_place_that_cannot_be_written_leaves_nothing(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(VideoError, match="cannot be written"):
        write_gif(tmp_path / "file" / "a.gif", shades(2), Fraction(10))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
