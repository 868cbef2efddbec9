"""Which test videos are predicted again, and what becomes of the predictions."""

import numpy as np
import pytest

from reelwise.jobs.classifier.ablation import combinations_to_retrain, masked_positions, masked_predictions
from reelwise.jobs.classifier.inputs import InputPlan
from reelwise.jobs.classifier.model_request import ModelRequest
from reelwise.jobs.classifier.plan import EvaluationPlan
from reelwise.jobs.classifier.training_plan import Target, TrainingPlan, plan_training


@pytest.fixture(scope="module")
def plan() -> TrainingPlan:
    inputs = InputPlan(("cnn", "audio_cnn"), ("frames", "sound"), "concat")
    return plan_training(ModelRequest(epochs=2), inputs, Target(("a", "b")), 40)[0]


@pytest.mark.parametrize(("ablation", "count"), [("off", 0), ("retrain", 5), ("mask", 5)])
def test_few_test_videos_are_all_masked_or_none(plan, ablation, count):
    evaluation = EvaluationPlan(ablation, refit=True, seed=0)
    assert masked_positions(plan, evaluation, num_test=5, num_train=40).tolist() == list(range(count))


def test_of_many_test_videos_as_many_are_masked_as_training_was_long(plan):
    evaluation = EvaluationPlan("mask", refit=True, seed=0)
    few, many = (masked_positions(plan, evaluation, 5000, num_train) for num_train in (100, 40_000))
    assert 24 <= len(few) < len(many) < 5000
    assert (np.diff(many) > 0).all()


def test_the_combinations_to_retrain_leave_the_whole_out(plan):
    assert combinations_to_retrain(plan) == [("frames",), ("sound",)]


def test_without_masked_predictions_there_is_no_ablation(plan):
    assert masked_predictions(plan, {}, np.arange(3)) is None
    ablation = masked_predictions(plan, {"sound": np.ones((3, 2))}, np.arange(3))
    assert ablation is not None
    assert ablation.modalities == ("frames", "sound")
