import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwise.metrics.boundaries import Boundary
from reelwise.metrics.match_counts import MatchCounts
from reelwise.metrics.shot_metrics import shot_metrics

TRUTHS = [Boundary(30, 30), Boundary(60, 60), Boundary(100, 110, "dissolve"), Boundary(200, 220, "wipe")]

boundary_lists = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 5)), max_size=8).map(
    lambda steps: [
        Boundary(frame := 10 * i + gap, frame + length, "fade_black" if length else "cut", 0.9)
        for i, (gap, length) in enumerate(steps)
    ]
)


@settings(deadline=None, max_examples=50)
@given(boundary_lists)
def test_the_truth_itself_is_perfect(boundaries):
    metrics = shot_metrics([(boundaries, boundaries)])
    every = [*metrics.boundaries.values(), *metrics.cuts.values(), metrics.gradual]
    assert all(counts.precision == counts.recall == counts.f1 == 1 for counts in every)
    assert metrics.type_accuracy in (None, 1.0)


@settings(deadline=None, max_examples=50)
@given(boundary_lists, boundary_lists)
def test_truth_and_prediction_change_places_with_precision_and_recall(first, second):
    ahead, back = shot_metrics([(first, second)]), shot_metrics([(second, first)])
    for tolerance, counts in ahead.boundaries.items():
        swapped = back.boundaries[tolerance]
        assert (counts.precision, counts.recall, counts.f1) == (swapped.recall, swapped.precision, swapped.f1)
        assert 0 <= counts.f1 <= 1
    assert ahead.gradual.f1 == back.gradual.f1
    assert ahead.boundaries[0].num_matches <= ahead.boundaries[1].num_matches <= ahead.boundaries[2].num_matches


def test_cuts_gradual_transitions_and_types_are_counted_apart():
    predictions = [Boundary(31, 31), Boundary(101, 109, "fade_black"), Boundary(200, 219, "wipe"), Boundary(300, 300)]
    metrics = shot_metrics([(TRUTHS, predictions)])
    assert metrics.boundaries[0] == MatchCounts(2, 4, 4)
    assert metrics.boundaries[1] == MatchCounts(3, 4, 4)
    assert metrics.cuts[1] == MatchCounts(1, 2, 2)
    assert metrics.gradual == MatchCounts(2, 2, 2)
    assert metrics.type_accuracy == 0.5


def test_a_detector_without_types_is_not_blamed_for_cuts_inside_of_gradual_transitions():
    predictions = [Boundary(frame, frame, None) for frame in (30, 105, 150)]
    metrics = shot_metrics([(TRUTHS, predictions)])
    assert metrics.boundaries[1] == MatchCounts(2, 3, 4)
    assert metrics.cuts[1] == MatchCounts(1, 2, 2)
    assert metrics.gradual == MatchCounts(0, 0, 2)
    with_types = shot_metrics([(TRUTHS, [Boundary(frame, frame) for frame in (30, 105, 150)])])
    assert with_types.cuts[1] == MatchCounts(1, 3, 2)


def test_scores_are_compared_with_how_often_they_are_right():
    predictions = [Boundary(30, 30, score=0.95), Boundary(60, 60, score=0.95), Boundary(80, 80, score=0.55)]
    assert shot_metrics([(TRUTHS, predictions)]).calibration_error == pytest.approx((2 * 0.05 + 0.55) / 3)
    assert shot_metrics([(TRUTHS, [Boundary(30, 30)])]).calibration_error is None


def test_boundaries_of_all_videos_count_alike():
    metrics = shot_metrics([(TRUTHS, TRUTHS), ([], [Boundary(5, 5)]), ([], [])])
    assert metrics.num_videos == 3
    assert metrics.boundaries[0] == MatchCounts(4, 5, 4)


def test_the_document_is_json():
    document = json.loads(json.dumps(shot_metrics([(TRUTHS, TRUTHS)]).as_dict(), allow_nan=False))
    assert document["boundaries"]["1"]["f1"] == document["type_accuracy"] == 1.0
