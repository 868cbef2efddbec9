"""Frames that follow as a task: its numbers are those of the measures, its words say how it stands."""

import json

import numpy as np
import pytest

from reelwise.core.errors import UsageError
from reelwise.evaluation.verdict import standing, verdict
from reelwise.metrics.frame_errors import frame_errors
from reelwise.tasks import PREDICTION, TASKS, find_any_task, read_metrics, task_of
from reelwise.tasks.prediction import PredictionOutput

SHAPE = (6, 3, 12, 12, 3)


def measured(noise: float, num_clips: int = 6):
    """Errors of frames that are off by a noise, with a still frame in each clip."""
    rng = np.random.default_rng(0)
    truths = rng.random((num_clips, *SHAPE[1:]))
    truths[:, 1] = truths[:, 0]
    predictions = np.clip(truths + noise * rng.choice([-1, 1], truths.shape), 0, 1)
    return frame_errors(truths, predictions, rng.random(truths[:, 0].shape))


def metrics_of(own: float, baseline: float, num_clips: int = 6, num_videos: int = 30):
    ours, theirs = measured(own, num_clips), measured(baseline, num_clips)
    groups = [str(index) for index in range(num_clips)]
    fields = PREDICTION.metrics(ours, groups, "test", num_videos)
    fields["baselines"] = {"flow": PREDICTION.baseline_entry(ours, theirs, groups, 0)}
    return PREDICTION.metrics_type(fields)


def test_its_metrics_are_json_and_read_back_as_its_own():
    metrics = metrics_of(0.1, 0.2)
    read = read_metrics(json.loads(json.dumps(metrics)))
    assert type(read) is PREDICTION.metrics_type
    assert task_of(read) is PREDICTION
    assert read == metrics
    errors = measured(0.1)
    assert metrics.psnr == pytest.approx(-10 * np.log10(errors.squared_errors.mean()))
    assert metrics.mse_summed == pytest.approx(metrics.mse * 12 * 12 * 3)
    assert metrics.still_share == pytest.approx(1 / 3)
    assert len(metrics.per_horizon["psnr"]) == 3
    low, high = metrics.psnr_ci95
    assert low < metrics.psnr < high


def test_the_verdict_says_how_it_stands():
    above, below = metrics_of(0.1, 0.2), metrics_of(0.2, 0.1)
    assert standing(above) == "above"
    text = verdict(above)
    assert text.startswith("Predicts the next 3 frames with a PSNR of 2")
    assert "and clearly beats the best simple rule (moving the last frame on along the flow, 1" in text
    assert standing(below) == "not_above"
    assert "do not rely on it yet" in verdict(below)


def test_few_clips_have_no_interval_and_decide_nothing():
    metrics = metrics_of(0.1, 0.2, num_clips=3, num_videos=3)
    assert metrics.psnr_ci95 is None
    assert metrics.baselines["flow"]["difference_ci95"] is None
    assert standing(metrics) == "unclear"
    assert "that may be luck" in verdict(metrics)
    assert "3 videos are too few for a firm verdict" in verdict(metrics)


def test_still_frames_are_named():
    errors = measured(0.1)
    fields = PREDICTION.metrics(errors, None, "test", 30)
    assert "equal the one before" not in verdict(PREDICTION.metrics_type(fields))
    text = verdict(PREDICTION.metrics_type({**fields, "still_share": 0.6}))
    assert "60 % of the frames equal the one before" in text


def test_labels_and_frames_are_two_lists():
    assert PREDICTION not in TASKS
    assert find_any_task("prediction") is PREDICTION
    with pytest.raises(UsageError, match="the task is 'next'") as caught:
        find_any_task("next")
    assert "classification" in caught.value.hint
    assert "prediction" in caught.value.hint


@pytest.mark.parametrize(("num_targets", "frame_rate"), [(0, 15.0), (256, 15.0), (8, 0.0), (8, 1e6)])
def test_an_output_out_of_range_is_refused(num_targets, frame_rate):
    with pytest.raises(UsageError):
        PredictionOutput(num_targets, frame_rate)
