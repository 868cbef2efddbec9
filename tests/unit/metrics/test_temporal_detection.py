import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwise.metrics.segments import Segment
from reelwise.metrics.temporal_detection import ScoredSegment, detection_metrics

truth_lists = st.lists(
    st.builds(lambda label, start, length: Segment(label, start, start + length),
              st.sampled_from(["run", "jump"]), st.integers(0, 50), st.integers(1, 9)),
    min_size=1, max_size=6, unique_by=lambda segment: (segment.label, segment.start),
)  # fmt: skip


@settings(deadline=None, max_examples=50)
@given(truth_lists, st.floats(0, 1))
def test_the_truth_itself_is_perfect_whatever_its_score(truths, score):
    predictions = [ScoredSegment(s.label, s.start, s.end, score) for s in truths]
    assert detection_metrics({"a": truths}, {"a": predictions}).average_map == pytest.approx(1)


@settings(deadline=None, max_examples=50)
@given(truth_lists, truth_lists)
def test_values_are_in_range_and_fall_with_the_temporal_iou(truths, others):
    predictions = [ScoredSegment(s.label, s.start, s.end, i / 10) for i, s in enumerate(others)]
    metrics = detection_metrics({"a": truths}, {"a": predictions})
    assert all(0 <= value <= 1 for row in metrics.average_precisions for value in row)
    assert len(metrics.mean_average_precisions) == 5


def test_a_second_prediction_of_the_same_truth_is_wrong():
    truths = {"a": [Segment("run", 0, 10), Segment("run", 20, 30)]}
    twice = [ScoredSegment("run", 0, 10, 0.9), ScoredSegment("run", 0, 10, 0.8), ScoredSegment("run", 20, 30, 0.7)]
    assert detection_metrics(truths, {"a": twice}, [0.5]).average_map == pytest.approx((1 + 2 / 3) / 2)


def test_a_prediction_in_another_video_is_wrong():
    truths = {"a": [Segment("run", 0, 10)], "b": []}
    assert detection_metrics(truths, {"b": [ScoredSegment("run", 0, 10, 0.9)]}, [0.5]).average_map == 0


def test_a_label_that_is_true_nowhere_has_no_average_precision():
    metrics = detection_metrics({"a": [Segment("run", 0, 10)]}, {"a": [ScoredSegment("jump", 0, 10, 0.9)]}, [0.5])
    assert metrics.labels == ("run",)
    assert detection_metrics({"a": []}, {"a": []}, [0.5]).average_map == 0
