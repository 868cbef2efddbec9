"""A piece of a video is found in another at its moment and speed; what agrees in part alone is no copy."""

from dataclasses import replace

import numpy as np
import pytest

from reelwise.datasets.recordings.matches import Match, resample

COPY = Match(0.8, 0.7, 0.6, 1.0, True, 1.1, -2.2, 40, 1.0)


def test_a_line_is_turned_round():
    back = COPY.reverse
    assert back.speed == pytest.approx(1 / 1.1)
    assert back.offset_seconds == pytest.approx(2.0)
    assert back.reverse.offset_seconds == pytest.approx(COPY.offset_seconds)


@pytest.mark.parametrize(
    ("change", "is_same"),
    [
        ({}, True),
        ({"motion": 0.5}, False),
        ({"weakest_part": 0.1}, False),
        ({"still": 0.3}, False),
        ({"motion": 0.65, "share": 0.4}, False),
        ({"motion": 0.2, "weakest_part": 0.1, "plain_part": 0.97}, True),
        ({"motion": 0.2, "weakest_part": 0.1, "plain_part": 0.97, "num_samples": 12}, False),
        ({"moves": False, "still": 0.99}, False),
        ({"moves": False, "still": 0.999, "motion": 0.95}, True),
    ],
)
def test_what_a_copy_must_have(change, is_same):
    assert replace(COPY, **change).is_same() == is_same


def test_pictures_are_resampled_by_interpolation():
    pictures = np.arange(20, dtype=np.float32).reshape(10, 2)
    assert np.array_equal(resample(pictures, 2, 1), pictures[1::2])
    assert resample(pictures, 0.9)[1].tolist() == pytest.approx([1.8, 2.8])
    assert len(resample(pictures, 1.1)) == 9
