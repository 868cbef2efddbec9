"""What a model of each task gives, and what its output refuses."""

import numpy as np
import pytest

from reelwise.core.errors import UsageError
from reelwise.core.output import LabelOutput, Score
from reelwise.tasks import TASKS
from reelwise.tasks.classification import ClassificationOutput
from reelwise.tasks.multilabel import MultilabelOutput
from reelwise.tasks.regression import RegressionOutput


def test_classes():
    output = ClassificationOutput(("x", "y", "z"), temperature=2.0, unsure_below=0.5)
    probs = output.activate(np.log([0.04, 0.16, 0.16]))
    np.testing.assert_allclose(probs, [0.2, 0.4, 0.4], rtol=1e-12)
    probs = np.array([0.2, 0.4, 0.4])
    assert output.top(probs, 2) == [Score("y", 0.4), Score("z", 0.4)]
    assert output.labels_given(probs) == ("y",)
    assert output.value(probs) is None
    assert output.is_unsure(probs)
    assert not output.is_unsure(np.array([0.5, 0.3, 0.2]))


def test_labels_by_their_thresholds():
    output = MultilabelOutput(("x", "y", "z"), temperature=2.0)
    np.testing.assert_allclose(output.activate(np.array([0.0, 2 * np.log(3), 0.0])), [0.5, 0.75, 0.5])
    assert output.labels_given(np.array([0.2, 0.6, 0.5])) == ("y", "z")
    strict = MultilabelOutput(("x", "y", "z"), thresholds=(0.1, 0.7, 0.9))
    assert strict.labels_given(np.array([0.2, 0.6, 0.5])) == ("x",)
    assert strict.labels_given(np.zeros(0)) == ()


def test_a_number():
    output = RegressionOutput(("speed",), mean=3.0, scale=2.0)
    assert output.activate(np.array([-1.0])).tolist() == [1.0]
    assert output.value(np.array([-3.5])) == -3.5
    assert output.value(np.zeros(0)) is None
    assert output.labels_given(np.array([-3.5])) == ()
    assert output.name == "speed"


@pytest.mark.parametrize(
    ("output", "fields", "message"),
    [
        (ClassificationOutput, {"labels": ("a",)}, "two or more different labels, got 1"),
        (ClassificationOutput, {"labels": ("a", "a")}, "two or more different labels, got 2"),
        (ClassificationOutput, {"temperature": 0.0}, "temperature is 0.0, expected 0.05 to 20"),
        (ClassificationOutput, {"temperature": float("nan")}, "temperature is nan"),
        (ClassificationOutput, {"unsure_below": 1.5}, "unsure_below is 1.5, expected 0 to 1"),
        (ClassificationOutput, {"head_weights": (1.0, -0.5)}, "head weights are .*, expected 0 to 1000"),
        (MultilabelOutput, {"labels": ("a", "a")}, "different labels, got 2"),
        (MultilabelOutput, {"labels": ()}, "different labels, got 0"),
        (MultilabelOutput, {"temperature": 21.0}, "temperature is 21.0, expected 0.05 to 20"),
        (MultilabelOutput, {"thresholds": (0.5,)}, "1 thresholds for 2 labels"),
        (MultilabelOutput, {"thresholds": (0.5, 1.5)}, "thresholds are .*, expected 0 to 1"),
        (RegressionOutput, {"labels": ("a", "b")}, "a number is one label, got 2"),
        (RegressionOutput, {"labels": ("a",), "scale": 0.0}, "mean and scale are 0.0 and 0.0"),
        (RegressionOutput, {"labels": ("a",), "mean": float("inf")}, "mean and scale are inf and 1.0"),
    ],
)
def test_what_an_output_refuses(output, fields, message):
    with pytest.raises(UsageError, match=message):
        output(**{"labels": ("a", "b"), **fields})


def test_an_output_takes_the_values_of_its_own_fields():
    values = {"temperature": 2.0, "thresholds": (0.5, 0.25), "mean": 1.0, "scale": 3.0, "unsure_below": 0.5}
    assert ClassificationOutput(("a", "b")).with_values(**values) == ClassificationOutput(("a", "b"), (), 2.0, 0.5)
    assert MultilabelOutput(("a", "b")).with_values(**values) == MultilabelOutput(("a", "b"), (), 2.0, (0.5, 0.25))
    number = RegressionOutput(("a",)).with_values(**values)
    assert number == RegressionOutput(("a",), (), 1.0, 3.0)
    assert (number.standardization, ClassificationOutput(("a", "b")).standardization) == ((1.0, 3.0), (0.0, 1.0))


def test_each_task_has_an_output_of_its_own_name():
    for task in TASKS:
        assert issubclass(task.output_type, LabelOutput)
        assert task.output_type.task == task.name
