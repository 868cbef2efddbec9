import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from reelwise.core.errors import DataError
from reelwise.metrics.classification import (
    classification_metrics,
    confusion_matrix,
    log_loss,
    precision_recall_f1,
    top_k_accuracy,
)


def answers(num_videos: int = 200, num_classes: int = 7, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = rng.integers(num_classes, size=num_videos)
    probs = rng.dirichlet(np.ones(num_classes), size=num_videos) + 0.4 * np.eye(num_classes)[y]
    return y, probs / probs.sum(axis=1, keepdims=True)


def named(num_classes: int) -> list[str]:
    return [f"class {i}" for i in range(num_classes)]


def test_agrees_with_scikit_learn():
    y, probs = answers()
    got = classification_metrics(named(7), y, probs)
    predicted = probs.argmax(axis=1)
    assert got["accuracy"] == reference.accuracy_score(y, predicted)
    assert got["macro_f1"] == pytest.approx(reference.f1_score(y, predicted, average="macro"), abs=1e-12)
    assert got["log_loss"] == pytest.approx(reference.log_loss(y, probs), abs=1e-12)
    assert got["top5_accuracy"] == reference.top_k_accuracy_score(y, probs, k=5)
    assert got["confusion"] == reference.confusion_matrix(y, predicted).tolist()
    precision, recall, f1, support = reference.precision_recall_fscore_support(y, predicted, zero_division=0)
    for i, name in enumerate(named(7)):
        entry = got["per_class"][name]
        wanted = (precision[i], recall[i], f1[i], support[i])
        assert tuple(entry.values()) == pytest.approx(wanted, abs=1e-12)


def test_fields_and_their_order_are_those_of_the_schema():
    y, probs = answers()
    assert list(classification_metrics(named(7), y, probs, split="out_of_fold")) == [
        "schema", "task", "split", "num_videos", "labels", "accuracy", "accuracy_ci95", "top5_accuracy", "macro_f1",
        "log_loss", "ece", "per_class", "confusion",
    ]  # fmt: skip


def test_is_json_and_the_same_twice():
    y, probs = answers()
    groups = [f"g{i % 9}" for i in range(len(y))]
    texts = {json.dumps(classification_metrics(named(7), y, probs, groups, 3), allow_nan=False) for _ in range(2)}
    assert len(texts) == 1


def test_float32_probabilities_are_judged_in_float64():
    y, probs = answers()
    small = probs.astype(np.float32)
    assert classification_metrics(named(7), y, small)["log_loss"] == log_loss(y, small.astype(np.float64))


def test_top5_is_null_under_six_classes():
    y, probs = answers(num_classes=5)
    assert classification_metrics(named(5), y, probs)["top5_accuracy"] is None


def test_certain_and_wrong_costs_much_but_not_everything():
    value = log_loss(np.array([0]), np.array([[0.0, 1.0]]))
    assert value == pytest.approx(-np.log(np.finfo(np.float64).eps))


def test_classes_that_never_occur_do_not_lower_macro_f1():
    probs = np.eye(4)[[0, 1, 0]]
    got = classification_metrics(named(4), np.array([0, 1, 0]), probs)
    assert got["macro_f1"] == 1.0
    assert got["per_class"]["class 3"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 0}


def test_equal_probabilities_count_in_the_order_of_the_labels():
    probs = np.full((1, 8), 1 / 8)
    assert top_k_accuracy(np.array([4]), probs, 5) == 1.0
    assert top_k_accuracy(np.array([5]), probs, 5) == 0.0


@pytest.mark.parametrize(
    ("y", "probs", "words"),
    [
        ([], np.zeros((0, 2)), "no videos"),
        ([0], np.array([[0.5, 0.3, 0.2]]), "expected"),
        ([2], np.array([[0.5, 0.5]]), "true class"),
        ([-1], np.array([[0.5, 0.5]]), "true class"),
        ([0], np.array([[np.nan, 0.5]]), "no probabilities"),
        ([0], np.array([[3.0, -2.0]]), "no probabilities"),
        ([0], np.array([[0.5, 0.1]]), "no probabilities"),
    ],
)
def test_what_cannot_be_judged_is_refused_in_words(y, probs, words):
    with pytest.raises(DataError, match=words):
        classification_metrics(["a", "b"], np.array(y, int), probs)


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 30), st.integers(2, 8), st.integers(0, 1000))
def test_properties_of_any_answers(num_videos, num_classes, seed):
    y, probs = answers(num_videos, num_classes, seed)
    got = classification_metrics(named(num_classes), y, probs, None, seed)
    low, high = got["accuracy_ci95"]
    assert 0 <= low <= got["accuracy"] <= high <= 1
    assert sum(map(sum, got["confusion"])) == num_videos == sum(e["support"] for e in got["per_class"].values())
    assert 0 <= got["ece"] <= 1
    assert got["top5_accuracy"] is None or got["top5_accuracy"] >= got["accuracy"]
    json.dumps(got, allow_nan=False)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=40))
def test_renaming_the_classes_renames_the_numbers(pairs):
    truth, predicted = np.array(pairs).T
    turn = np.array([3, 0, 4, 1, 2])
    plain = precision_recall_f1(confusion_matrix(truth, predicted, 5))
    turned = precision_recall_f1(confusion_matrix(turn[truth], turn[predicted], 5))
    for before, after in zip(plain, turned, strict=True):
        np.testing.assert_array_equal(before, after[turn])
