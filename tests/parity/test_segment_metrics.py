"""Metrics of segments against the evaluation scripts of ActivityNet (82304fa9) and MS-TCN (33ed91c0).

``make_segment_reference.py`` ran the scripts and names them; the file holds its random cases with the results.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from reelwise.metrics.match_counts import MatchCounts
from reelwise.metrics.segments import (
    F1_OVERLAPS,
    Segment,
    edit_score,
    segment_counts,
    segment_tious,
    segments_of_labels,
)
from reelwise.metrics.temporal_detection import TIOU_THRESHOLDS, ScoredSegment, detection_metrics

REFERENCE = json.loads(Path(__file__).with_name("segment_reference.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", REFERENCE["detections"])
def test_average_precision_is_that_of_activitynet(case):
    truths = {video: [Segment(*row) for row in rows] for video, rows in case["truths"].items()}
    predictions = {video: [ScoredSegment(*row) for row in rows] for video, rows in case["predictions"].items()}
    metrics = detection_metrics(truths, predictions)
    assert REFERENCE["tiou_thresholds"] == list(TIOU_THRESHOLDS)
    expected = [case["average_precisions"][label] for label in metrics.labels]
    np.testing.assert_allclose(np.transpose(metrics.average_precisions), expected, atol=1e-12)
    np.testing.assert_allclose(metrics.mean_average_precisions, case["mean_average_precisions"], atol=1e-12)


@pytest.mark.parametrize("case", REFERENCE["detections"])
def test_temporal_iou_is_that_of_activitynet(case):
    predictions = [Segment(*row[:3]) for row in case["predictions"]["a"]]
    truths = [Segment(*row) for row in case["truths"]["a"]]
    np.testing.assert_allclose(segment_tious(predictions, truths), case["tious"], atol=1e-12)


@pytest.mark.parametrize("case", REFERENCE["labels"])
def test_edit_score_and_f1_are_those_of_ms_tcn(case):
    videos = [[segments_of_labels(labels, ["background"]) for labels in pair] for pair in case["videos"]]
    edits = [100 * edit_score(truths, predictions) for truths, predictions in videos]
    np.testing.assert_allclose(edits, case["edit"], atol=1e-9)
    for overlap in F1_OVERLAPS:
        counts = [segment_counts(truths, predictions, overlap) for truths, predictions in videos]
        assert counts == [
            MatchCounts(int(tp), int(tp + fp), int(tp + fn)) for tp, fp, fn in case["tp_fp_fn"][f"{overlap}"]
        ]
