"""Where shots begin in the frames that a model sees, so that no window crosses a cut."""

from fractions import Fraction

import numpy as np

from reelwise.core.frames import DecodedVideo, FrameTimes
from reelwise.core.progress import Silent
from reelwise.core.video import VideoFacts
from reelwise.core.window import WindowSpec
from reelwise.datasets.prediction_windows import prediction_windows
from reelwise.jobs.clips.cuts import cuts_of


def scene(seed: int, num_frames: int) -> np.ndarray:
    """A textured picture that drifts to the right."""
    texture = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), np.uint8)
    picture = np.kron(texture, np.ones((8, 8, 1), np.uint8))
    return np.stack([np.roll(picture, step, axis=1) for step in range(num_frames)])


def video(*scenes: np.ndarray) -> DecodedVideo:
    frames = np.concatenate(scenes)
    times = FrameTimes(np.arange(len(frames), dtype=np.int64), len(frames), Fraction(1, 25))
    facts = VideoFacts(
        num_frames=len(frames), width=64, height=64, duration_seconds=len(frames) / 25, frame_rate=Fraction(25),
        variable_frame_rate=False, rotation=0, codec="h264", container="mp4", sound=None,
    )  # fmt: skip
    return DecodedVideo(frames, times, facts)


def test_a_cut_is_found_and_no_window_crosses_it():
    videos = [video(scene(0, 40), scene(1, 40)), video(scene(2, 60))]
    cuts = cuts_of(videos, Silent())
    assert cuts == [[40], []]
    windows = prediction_windows(videos, WindowSpec(8, 8, 2), cuts)
    starts = windows.starts[windows.videos == 0]
    assert set(starts) == {*range(40 - 30), *range(40, 80 - 30)}
    assert len(prediction_windows(videos, WindowSpec(8, 8, 2))) > len(windows)


def test_a_file_of_less_than_two_seconds_is_one_shot():
    assert cuts_of([video(scene(0, 24), scene(1, 25)), video(scene(0, 25), scene(1, 25))], Silent()) == [[], [25]]
