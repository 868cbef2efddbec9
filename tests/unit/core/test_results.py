"""What a prediction says, by task."""

import numpy as np

from reelwise.core.results import Prediction, Score


def test_a_class():
    said = Prediction("a", ("x", "y", "z"), np.array([0.2, 0.4, 0.4]), False, 0.0)
    assert said.top(2) == [Score("y", 0.4), Score("z", 0.4)]
    assert said.labels_given == ("y",)
    assert said.value is None


def test_labels_by_their_thresholds():
    said = Prediction("a", ("x", "y", "z"), np.array([0.2, 0.6, 0.5]), False, 0.0, task="multilabel")
    assert said.labels_given == ("y", "z")
    strict = Prediction("a", said.labels, said.probs, False, 0.0, task="multilabel", thresholds=(0.1, 0.7, 0.9))
    assert strict.labels_given == ("x",)
    assert strict.top(1) == [Score("y", 0.6)]


def test_a_number():
    said = Prediction("a", ("speed",), np.array([-3.5]), False, 0.0, task="regression")
    assert said.value == -3.5
    assert said.top() == []
    assert said.labels_given == ()


def test_a_failure_says_nothing():
    for task in ("classification", "multilabel", "regression"):
        said = Prediction("a", ("x", "y"), np.zeros(0), True, 0.0, "damaged", task=task)
        assert said.top() == []
        assert said.labels_given == ()
        assert said.value is None
