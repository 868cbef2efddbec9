"""The score rises with what speaks for a match, and a still picture alone never makes one."""

from dataclasses import replace

import pytest

from reelwise.analysis.similarity.alignment import Alignment, Line
from reelwise.analysis.similarity.score import features_of, score_of

SURE = Alignment(
    Line(1.0, 0.0),
    geometry=0,
    start=0.0,
    end=4.0,
    still=0.999,
    motion=0.97,
    motion_beside=0.4,
    weakest_part=0.93,
    quick=0.95,
    level=3.0,
    moments=100,
)


def test_slow_changes_that_agree_to_the_last_are_more_than_noise():
    faint = replace(SURE, quick=None, level=0.24, weakest_part=1.0, motion=0.97)
    assert score_of(faint) > 0.8
    assert score_of(replace(faint, motion=0.62, motion_beside=0.32)) < 0.65  # two talks by one speaker


def test_the_same_passage_is_sure():
    assert score_of(SURE) > 0.99


@pytest.mark.parametrize(
    "worse",
    [
        {
            "motion": 0.2,
            "weakest_part": 0.1,
            "quick": 0.1,
            "end": 60.0,
        },  # a minute of another take in the same room
        {"motion": 0.84, "weakest_part": 0.7, "quick": 0.44, "still": 0.94},  # two people walk up to each other again
        {"motion": 0.6, "weakest_part": 0.0},  # a part moves alike, another part does not
        {"motion": 0.1, "weakest_part": 1.0, "quick": None, "level": 0.05},  # a still card and the noise of its encoder
        {"still": 0.5, "motion": 0.5, "weakest_part": 0.4, "quick": 0.5},  # another picture
    ],
)
def test_what_is_only_alike_is_no_match(worse):
    assert score_of(replace(SURE, **worse)) < 0.5


def test_little_motion_is_held_against_its_noise():
    faint = replace(SURE, motion=0.65, weakest_part=1.0, quick=None, level=0.25)
    assert score_of(faint) > 0.5 > score_of(replace(SURE, motion=0.3, weakest_part=0.2, quick=None))
    assert features_of(faint)["motion"] == 1.0


def test_less_time_is_less_sure():
    scores = [score_of(replace(SURE, end=end)) for end in (0.5, 1.0, 2.0, 4.0)]
    assert scores == sorted(scores)
