import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwise.metrics.match_counts import MatchCounts
from reelwise.metrics.segments import (
    F1_OVERLAPS,
    Segment,
    edit_score,
    mean_segment_tiou,
    segment_counts,
    segment_tious,
    segments_of_labels,
)

labellings = st.lists(st.sampled_from(["run", "jump", "none"]), max_size=30)


def segments(labels: list[str]) -> tuple[Segment, ...]:
    return segments_of_labels(labels, ["none"])


@settings(deadline=None, max_examples=50)
@given(labellings)
def test_a_labelling_agrees_with_itself(labels):
    own = segments(labels)
    assert edit_score(own, own) == 1
    assert all(segment_counts(own, own, overlap).f1 == 1 for overlap in F1_OVERLAPS)
    assert mean_segment_tiou(own, own) == 1
    np.testing.assert_array_equal(np.diagonal(segment_tious(own, own)), 1)


@settings(deadline=None, max_examples=50)
@given(labellings, labellings)
def test_scores_are_symmetric_and_in_range(first, second):
    a, b = segments(first), segments(second)
    assert edit_score(a, b) == pytest.approx(edit_score(b, a))
    assert 0 <= edit_score(a, b) <= 1
    tious = segment_tious(a, b)
    assert tious.shape == (len(a), len(b))
    np.testing.assert_allclose(tious, segment_tious(b, a).T)
    assert 0 <= mean_segment_tiou(a, b) <= 1
    f1 = [segment_counts(a, b, overlap).f1 for overlap in F1_OVERLAPS]
    assert f1 == sorted(f1, reverse=True)


def test_a_truth_is_matched_once():
    truths, halves = [Segment("run", 0, 10)], [Segment("run", 0, 5), Segment("run", 5, 10)]
    assert segment_counts(truths, halves, 0.5) == MatchCounts(1, 2, 1)


def test_labels_must_agree():
    assert segment_counts([Segment("run", 0, 10)], [Segment("jump", 0, 10)], 0.1) == MatchCounts(0, 1, 1)
    assert mean_segment_tiou([Segment("run", 0, 10)], [Segment("jump", 0, 10)]) == 0


def test_without_truths_every_prediction_is_wrong():
    assert segment_counts([], [Segment("run", 0, 1)], 0.5) == MatchCounts(0, 1, 0)
    assert edit_score([], [Segment("run", 0, 1)]) == 0
    assert mean_segment_tiou([], [Segment("run", 0, 1)]) == 0


def test_empty_segments_overlap_nothing():
    assert segment_tious([Segment("run", 3, 3)], [Segment("run", 3, 3), Segment("run", 0, 9)]).tolist() == [[0, 0]]


def test_impossible_segments_and_thresholds_are_refused():
    with pytest.raises(ValueError, match="from 2 to 1"):
        Segment("run", 2, 1)
    with pytest.raises(ValueError, match="nan"):
        Segment("run", float("nan"), 1)
    with pytest.raises(ValueError, match="above 0"):
        segment_counts([], [], 0)
