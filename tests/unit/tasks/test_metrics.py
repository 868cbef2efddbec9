"""metrics.json with types: attributes and keys say the same, nothing can be replaced, JSON is the file's."""

import copy
import json
import pickle

import pytest

from reelwise.tasks import read_metrics
from reelwise.tasks.metrics import MultilabelMetrics

FIELDS = {"schema": "reelwise/metrics/1", "task": "multilabel", "map": 0.5, "map_ci95": [0.4, 0.6], "verdict": "Finds."}


def test_attributes_and_keys_say_the_same():
    metrics = read_metrics(FIELDS)
    assert isinstance(metrics, MultilabelMetrics)
    assert metrics.map == metrics["map"] == 0.5
    assert json.dumps(metrics) == json.dumps(FIELDS)
    assert metrics.to_json() == FIELDS


def test_a_field_that_the_file_lacks_is_no_attribute():
    with pytest.raises(AttributeError, match="labels"):
        _ = read_metrics(FIELDS).labels


def test_metrics_of_the_first_versions_are_of_classes():
    assert type(read_metrics({"accuracy": 1.0})).__name__ == "ClassificationMetrics"
    assert read_metrics({"task": "of a later version", "loss": 1.0})["loss"] == 1.0


def test_nothing_can_be_replaced():
    metrics = read_metrics(FIELDS)
    with pytest.raises(TypeError, match="copy"):
        metrics["map"] = 0.9
    with pytest.raises(TypeError, match="copy"):
        metrics.update(map=0.9)
    with pytest.raises(TypeError, match="copy"):
        del metrics["map"]
    assert metrics == FIELDS


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda metrics: pickle.loads(pickle.dumps(metrics))])
def test_a_copy_is_of_the_same_type(again):
    metrics = read_metrics(FIELDS)
    assert again(metrics) == metrics
    assert type(again(metrics)) is MultilabelMetrics
