"""Predictions of each task: labels, value and most probable labels."""

import numpy as np
import pytest

from reelwise.core.output import Calibration, LabelOutput, Score
from reelwise.core.results import Prediction
from reelwise.tasks.classification import ClassificationOutput
from reelwise.tasks.multilabel import MultilabelOutput
from reelwise.tasks.regression import RegressionOutput


def test_a_class():
    prediction = Prediction("a", ClassificationOutput(("x", "y", "z")), np.array([0.2, 0.4, 0.4]), False, 0.0)
    assert prediction.top(2) == [Score("y", 0.4), Score("z", 0.4)]
    assert prediction.labels_given == ("y",)
    assert prediction.value is None
    assert (prediction.task, prediction.labels, prediction.thresholds) == ("classification", ("x", "y", "z"), ())


def test_labels_by_their_thresholds():
    probs = np.array([0.2, 0.6, 0.5])
    assert Prediction("a", MultilabelOutput(("x", "y", "z")), probs, False, 0.0).labels_given == ("y", "z")
    strict = Prediction("a", MultilabelOutput(("x", "y", "z"), thresholds=(0.1, 0.7, 0.9)), probs, False, 0.0)
    assert strict.labels_given == ("x",)
    assert strict.top(1) == [Score("y", 0.6)]
    assert (strict.task, strict.thresholds) == ("multilabel", (0.1, 0.7, 0.9))


def test_a_number():
    prediction = Prediction("a", RegressionOutput(("speed",)), np.array([-3.5]), False, 0.0)
    assert prediction.value == -3.5
    assert prediction.top() == []
    assert prediction.labels_given == ()
    assert (prediction.task, prediction.labels, prediction.thresholds) == ("regression", ("speed",), ())


def test_an_output_without_calibration_has_a_neutral_one():
    assert RegressionOutput(("speed",)).calibration == Calibration(1.0, 0.0, ())
    assert ClassificationOutput(("x", "y"), (), 2.0, 0.4).calibration == Calibration(2.0, 0.4, ())
    assert MultilabelOutput(("x",), (), 2.0, (0.3,)).calibration == Calibration(2.0, 0.0, (0.3,))


@pytest.mark.parametrize(
    "output", [ClassificationOutput(("x", "y")), MultilabelOutput(("x", "y")), RegressionOutput(("x",))]
)
def test_a_failure_has_no_labels_and_no_value(output: LabelOutput):
    prediction = Prediction("a", output, np.zeros(0), True, 0.0, "damaged")
    assert prediction.top() == []
    assert prediction.labels_given == ()
    assert prediction.value is None
