"""The threshold comes from validation windows, and from what is predicted for them."""

from fractions import Fraction

import numpy as np
import pytest

from reelwise.core.frames import DecodedVideo, FrameTimes
from reelwise.core.progress import Silent
from reelwise.core.video import VideoFacts
from reelwise.core.window import WindowSpec
from reelwise.datasets.prediction_windows import prediction_windows
from reelwise.datasets.window_batches import WindowBatches
from reelwise.jobs.predictor.still_places import THRESHOLDS, choose_still_threshold


class Predictor:
    """Repeats the last frame with an error of some grey levels, in the half that stands still or in the whole frame."""

    def __init__(self, level: int, half: slice) -> None:
        self.level, self.half, self.contexts = level, half, []

    def predict(self, context, num_targets):
        self.contexts.append(context)
        frames = np.repeat(context[:, -1:], num_targets, axis=1)
        frames[:, :, :, self.half] += np.uint8(self.level)
        return frames


@pytest.fixture
def validation():
    """Windows of one video of 64 pixels whose left half becomes brighter by 6 grey levels a frame."""
    frames = np.full((20, 64, 64, 3), 40, np.uint8)
    frames[:, :, :32] += 6 * np.arange(20, dtype=np.uint8)[:, None, None, None]
    times = FrameTimes(np.arange(20, dtype=np.int64), 20, Fraction(1, 25))
    facts = VideoFacts(20, 64, 64, 0.8, Fraction(25), False, 0, "h264", "mov")
    videos = [DecodedVideo(frames, times, facts)]
    windows = prediction_windows(videos, WindowSpec(4, 2, 1), [[]], ["a"])
    return WindowBatches(videos, windows, 64, 4, names=["a"])


def test_errors_over_what_stands_still_are_drawn_back(validation):
    predictor = Predictor(5, slice(48, 64))
    assert choose_still_threshold(predictor, validation, Silent()) == min(t for t in THRESHOLDS if t)
    assert len(predictor.contexts) == len(validation.windows)


def test_what_is_right_is_left_as_it_is(validation):
    assert choose_still_threshold(Predictor(0, slice(0, 64)), validation, Silent()) == 0
    # 6 more levels are right for the first frame and better than nothing for the second.
    assert choose_still_threshold(Predictor(6, slice(0, 32)), validation, Silent()) == 0


def test_without_validation_windows_nothing_is_drawn_back():
    predictor = Predictor(5, slice(0, 64))
    assert choose_still_threshold(predictor, None, Silent()) == 0
    assert not predictor.contexts
