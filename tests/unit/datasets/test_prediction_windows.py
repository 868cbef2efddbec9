from dataclasses import replace

import numpy as np
import pytest
from prediction_videos import numbered_video

from reelwise.core.errors import DataError
from reelwise.core.window import WindowSpec
from reelwise.datasets.prediction_windows import STILL_CHANGE, prediction_windows, still_windows
from reelwise.sampling.windows import STILL_WEIGHT

SPEC = WindowSpec(2, 2, 2)  # 7 frames


def test_windows_of_several_videos_with_cuts():
    videos = [numbered_video(0, 12), numbered_video(1, 4), numbered_video(2, 9)]
    windows = prediction_windows(videos, SPEC, cuts=[[8], [], []])
    assert windows.videos.tolist() == [0, 0, 2, 2, 2]
    assert windows.starts.tolist() == [0, 1, 0, 1, 2]
    assert np.all(windows.weights == 1)
    assert len(prediction_windows(videos, SPEC)) == 9


def test_windows_in_which_nothing_moves_weigh_a_tenth():
    windows = prediction_windows([numbered_video(0, 30, still=slice(4, 20))], SPEC)
    still = (windows.starts >= 4) & (windows.starts + 6 < 20)
    assert np.array_equal(windows.weights == STILL_WEIGHT, still)
    assert still.sum() == 10


def test_what_a_codec_does_is_no_motion():
    noise = np.random.default_rng(0).integers(-1, 2, (30, 64, 64, 1))
    frames = (128 + noise).repeat(3, axis=3).astype(np.uint8)
    starts = np.arange(24)
    assert still_windows(frames, starts, SPEC).all()
    frames[12, 8:16, 8:16] += 3 * int(STILL_CHANGE)  # one block of one frame
    still = still_windows(frames, starts, SPEC)
    # The frames of a window are every second one: 12 is in those that begin at 6, 8, 10 and 12.
    assert np.flatnonzero(~still).tolist() == [6, 8, 10, 12]


def test_what_moves_too_slowly_for_two_frames_moves_in_the_window():
    ramp = np.arange(16, dtype=np.uint8)[:, None, None, None]  # half of the change that counts, each frame
    frames = np.broadcast_to(ramp // 2, (16, 16, 16, 3))
    assert not still_windows(frames, np.arange(2), WindowSpec(4, 4, 2)).any()
    assert still_windows(frames, np.arange(2), WindowSpec(1, 1, 2)).all()


def test_no_window_at_all_is_an_error_that_names_a_stride_that_fits():
    videos = [numbered_video(0, 10), numbered_video(1, 20)]
    with pytest.raises(DataError, match=r"No video has 31 frames .* the longest, b\.mp4, has 20 in all") as caught:
        prediction_windows(videos, WindowSpec(8, 8, 2), names=("a.mp4", "b.mp4"))
    assert caught.value.hint == "Use --frame-stride 1."
    with pytest.raises(DataError, match="video 1") as caught:
        prediction_windows(videos, WindowSpec(8, 8, 2), cuts=[[], [10]])
    assert caught.value.hint == "Use --num-frames 5 --frame-stride 1, or give longer videos."
    with pytest.raises(DataError, match="No video is left"):
        prediction_windows([], SPEC)


def test_frames_are_read_where_they_lie(tmp_path):
    """The cache gives memory maps."""
    video = numbered_video(0, 30, still=slice(4, 20))
    video.frames.tofile(tmp_path / "frames")
    mapped = np.memmap(tmp_path / "frames", np.uint8, "r", shape=video.frames.shape)
    weights = [prediction_windows([one], SPEC).weights.tolist() for one in (video, replace(video, frames=mapped))]
    assert weights[0] == weights[1]
