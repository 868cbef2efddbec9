"""Real clips that generated ones are judged beside."""

from fractions import Fraction

import numpy as np
from tiny_classes import square_video

from reelwise.core.frames import DecodedVideo, FrameTimes
from reelwise.core.video import VideoFacts
from reelwise.core.window import WindowSpec
from reelwise.datasets.labelled_windows import WholeWindows
from reelwise.datasets.prediction_windows import prediction_windows
from reelwise.datasets.window_batches import WindowBatches
from reelwise.jobs.generator.real_clips import RealClips, read_training_clips, reduce_clips
from reelwise.sampling.windows import spread_windows

LABELS = (0, 1, 1)


def clips_of_squares() -> RealClips:
    """Three videos of two classes, three clips of each, four at a time."""
    frames = [square_video("large" if label else "small", seed) for seed, label in enumerate(LABELS)]
    times = FrameTimes(np.arange(12, dtype=np.int64), 12, Fraction(1, 25))
    facts = VideoFacts(12, 16, 16, 0.48, Fraction(25), False, 0, "h264", "mp4", None, {}, ())
    videos = [DecodedVideo(of_video, times, facts) for of_video in frames]
    windows = spread_windows(prediction_windows(videos, WindowSpec(2, 2, 1)), 3)
    batches = WindowBatches(videos, windows, 16, batch_size=4, names=["a", "b", "c"])
    return RealClips(WholeWindows(batches, LABELS, 2), ["a"] * 3 + ["b"] * 3 + ["c"] * 3)


def test_clips_are_the_same_one_by_one_and_all_at_once() -> None:
    clips = clips_of_squares()
    frames = clips.all()
    assert frames.shape == (len(clips), 4, 16, 16, 3) == (9, 4, 16, 16, 3)
    assert np.array_equal(clips.take([8, 0, 4]), frames[[8, 0, 4]])
    assert clips.firsts.tolist() == [0, 3, 6]
    assert clips.labels is not None
    assert clips.labels.tolist() == [0, 0, 0, 1, 1, 1, 1, 1, 1]
    assert clips.name(8).startswith("c, frames ")


def test_one_pass_gives_the_mean_of_each_class_small_clips_and_some_of_them() -> None:
    clips = clips_of_squares()
    frames = clips.all()
    training = read_training_clips(clips, num_copies=4)
    assert np.abs(training.means[0] - frames[:3].mean(axis=0)).max() <= 0.5
    assert np.abs(training.means[1] - frames[3:].mean(axis=0)).max() <= 0.5
    assert np.array_equal(training.small, reduce_clips(frames))
    assert np.array_equal(training.copies, frames[[0, 3, 5, 8]])


def test_clips_are_made_smaller_by_their_mean_and_never_larger() -> None:
    large = np.zeros((1, 2, 64, 64, 3), np.uint8)
    large[:, :, :4, :4] = 240
    small = reduce_clips(large)
    assert small.shape == (1, 2, 16, 16, 3)
    assert small[0, 0, 0, 0].tolist() == [240] * 3
    assert small[0, 0, 0, 1].max() == 0
    tiny = np.full((2, 2, 8, 8, 3), 9, np.uint8)
    assert np.array_equal(reduce_clips(tiny), tiny)
