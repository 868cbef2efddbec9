from fractions import Fraction

import numpy as np
import pytest

from reelwise.core.frames import DecodedVideo, FrameTimes
from reelwise.core.sound import LogMel
from reelwise.core.video import VideoFacts
from reelwise.evaluation.presence import MAX_FEATURES, presence_features

STEP = Fraction(1, 100)


def video(present: list[bool] | None, metadata: dict[str, str] | None = None, start: Fraction = STEP / 2):
    """One second of 10 frames, with a spectrogram of which these frames hold sound."""
    facts = VideoFacts(10, 8, 8, 1.0, Fraction(10), False, 0, "h264", "mp4")
    times = FrameTimes(np.arange(10, dtype=np.int64), 10, Fraction(1, 10))
    sound = None
    if present is not None:
        sound = LogMel(np.zeros((len(present), 4), np.float32), np.array(present, bool), start, STEP)
    return DecodedVideo(np.zeros((10, 8, 8, 3), np.uint8), times, facts, sound, metadata or {})


@pytest.mark.parametrize(
    ("present", "expected"),
    [
        ([True] * 100, [1, 1]),
        ([True] * 50, [1, 0.5]),
        ([True] * 96, [1, 1]),  # a track that ends a little early
        ([True] * 2, [1, np.float32(0.1)]),
        ([True] * 50 + [False] * 50, [1, 0.5]),
        ([True] * 200, [1, 1]),  # sound that goes on after the pictures
        ([False] * 100, [0, 0]),
        ([], [0, 0]),
        (None, [0, 0]),
    ],
)
def test_the_share_of_the_video_with_sound(present, expected):
    assert presence_features(video(present), reads_sound=True, columns=()).tolist() == expected


def test_sound_before_the_pictures_does_not_count():
    early = video([True] * 100, start=STEP / 2 - Fraction(1, 2))
    assert presence_features(early, reads_sound=True, columns=()).tolist() == [1, 0.5]
    assert presence_features(video([True] * 10, start=Fraction(-5)), reads_sound=True, columns=()).tolist() == [0, 0]


def test_columns_that_are_filled_in():
    features = presence_features(
        video(None, {"site": "here", "hour": " "}), reads_sound=False, columns=["site", "hour", "who"]
    )
    assert features.tolist() == [1, 0, 0]
    assert features.dtype == np.float32


def test_frames_alone_give_no_features():
    assert presence_features(video([True] * 100), reads_sound=False, columns=()).shape == (0,)


def test_many_columns_are_bounded():
    columns = [f"c{i}" for i in range(500)]
    assert presence_features(video(None), reads_sound=True, columns=columns).shape == (MAX_FEATURES,)
