"""Clips with the class of their video: context and targets as one, rows with a single 1."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from reelwise.core.frames import DecodedVideo, FrameTimes
from reelwise.core.video import VideoFacts
from reelwise.core.window import WindowSpec
from reelwise.datasets.labelled_windows import LabelledWindows
from reelwise.datasets.prediction_windows import prediction_windows
from reelwise.datasets.window_batches import WindowBatches
from reelwise.transforms.augment import Augmentation


def video(grey: int) -> DecodedVideo:
    """Five frames of 16 pixels that get brighter."""
    frames = np.stack([np.full((16, 16, 3), grey + 10 * step, np.uint8) for step in range(5)])
    times = FrameTimes(np.arange(5, dtype=np.int64), 5, Fraction(1, 25))
    facts = VideoFacts(
        num_frames=5, width=16, height=16, duration_seconds=0.2, frame_rate=Fraction(25),
        variable_frame_rate=False, rotation=0, codec="h264", container="mp4", sound=None,
    )  # fmt: skip
    return DecodedVideo(frames, times, facts)


def clips(batch_size: int = 3) -> WindowBatches:
    videos = [video(0), video(100)]
    return WindowBatches(videos, prediction_windows(videos, WindowSpec(2, 2, 1)), 16, batch_size)


def test_each_clip_is_whole_and_has_the_class_of_its_video() -> None:
    batches = LabelledWindows(clips(), [1, 0], num_labels=3)
    assert len(batches) == 2
    first, second = batches.batch(0, 0), batches.batch(0, 1)
    frames = np.asarray(first.inputs)
    assert frames.shape == (3, 4, 16, 16, 3)
    assert frames[:, :, 0, 0, 0].tolist() == [[0, 10, 20, 30], [10, 20, 30, 40], [100, 110, 120, 130]]
    assert first.targets.tolist() == [[0, 1, 0], [0, 1, 0], [1, 0, 0]]
    assert first.targets.dtype == np.float32
    assert second.sample_weights.tolist() == [1, 0, 0]
    assert batches.name(2) == "video 1, frames 0 to 3"


@pytest.mark.parametrize("labels", [[0], [0, 3], [-1, 0]])
def test_labels_that_do_not_fit_are_refused(labels: list[int]) -> None:
    with pytest.raises(ValueError, match="label"):
        LabelledWindows(clips(), labels, num_labels=3)


def test_augmentation_changes_each_clip_anew_in_every_epoch_and_the_same_way_again() -> None:
    plain = LabelledWindows(clips(), [1, 0], num_labels=3)
    changed = replace(plain, augmentation=Augmentation(brightness=0.5), seed=4)
    first, again, later = (np.asarray(changed.batch(epoch, 0).inputs) for epoch in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, later)
    assert not np.array_equal(first, np.asarray(plain.batch(0, 0).inputs))
    other_seed = np.asarray(replace(changed, seed=5).batch(0, 0).inputs)
    assert not np.array_equal(first, other_seed)
    assert np.array_equal(changed.batch(0, 0).targets, plain.batch(0, 0).targets)
