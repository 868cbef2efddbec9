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


def predictions(num_videos: int = 200, num_classes: int = 7, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = rng.integers(num_classes, size=num_videos)
    probs = rng.dirichlet(np.ones(num_classes), size=num_videos) + 0.4 * np.eye(num_classes)[y]
    return y, probs / probs.sum(axis=1, keepdims=True)


def class_names(num_classes: int) -> list[str]:
    return [f"class {i}" for i in range(num_classes)]


def test_scores_agree_with_scikit_learn():
    y, probs = predictions()
    metrics = classification_metrics(class_names(7), y, probs)
    predicted_classes = probs.argmax(axis=1)
    assert metrics["accuracy"] == reference.accuracy_score(y, predicted_classes)
    assert metrics["macro_f1"] == pytest.approx(reference.f1_score(y, predicted_classes, average="macro"), abs=1e-12)
    assert metrics["log_loss"] == pytest.approx(reference.log_loss(y, probs), abs=1e-12)
    assert metrics["top5_accuracy"] == reference.top_k_accuracy_score(y, probs, k=5)
    assert metrics["confusion"] == reference.confusion_matrix(y, predicted_classes).tolist()
    precision, recall, f1, support = reference.precision_recall_fscore_support(y, predicted_classes, zero_division=0)
    for i, name in enumerate(class_names(7)):
        entry = metrics["per_class"][name]
        expected = (precision[i], recall[i], f1[i], support[i])
        assert tuple(entry.values()) == pytest.approx(expected, abs=1e-12)


def test_fields_and_their_order_are_those_of_the_schema():
    y, probs = predictions()
    assert list(classification_metrics(class_names(7), y, probs, split="out_of_fold")) == [
        "schema", "task", "split", "num_videos", "labels", "accuracy", "accuracy_ci95", "top5_accuracy", "macro_f1",
        "log_loss", "ece", "per_class", "confusion",
    ]  # fmt: skip


def test_the_same_predictions_give_the_same_json():
    y, probs = predictions()
    groups = [f"g{i % 9}" for i in range(len(y))]
    texts = {json.dumps(classification_metrics(class_names(7), y, probs, groups), allow_nan=False) for _ in range(2)}
    assert len(texts) == 1


def test_the_log_loss_of_float32_probabilities_is_computed_in_float64():
    y, probs = predictions()
    small = probs.astype(np.float32)
    assert classification_metrics(class_names(7), y, small)["log_loss"] == log_loss(y, small.astype(np.float64))


def test_top5_is_null_under_six_classes():
    y, probs = predictions(num_classes=5)
    assert classification_metrics(class_names(5), y, probs)["top5_accuracy"] is None


def test_the_log_loss_of_a_certain_wrong_prediction_is_finite():
    value = log_loss(np.array([0]), np.array([[0.0, 1.0]]))
    assert value == pytest.approx(-np.log(np.finfo(np.float64).eps))


def test_classes_that_never_occur_do_not_lower_macro_f1():
    probs = np.eye(4)[[0, 1, 0]]
    metrics = classification_metrics(class_names(4), np.array([0, 1, 0]), probs)
    assert metrics["macro_f1"] == 1.0
    assert metrics["per_class"]["class 3"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 0}


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
        ([0], np.array([[np.nan, 0.5]]), "not probabilities"),
        ([0], np.array([[3.0, -2.0]]), "not probabilities"),
        ([0], np.array([[0.5, 0.1]]), "not probabilities"),
    ],
)
def test_unusable_predictions_are_data_errors(y, probs, words):
    with pytest.raises(DataError, match=words):
        classification_metrics(["a", "b"], np.array(y, int), probs)


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 30), st.integers(2, 8), st.integers(0, 1000))
def test_properties_of_any_predictions(num_videos, num_classes, seed):
    y, probs = predictions(num_videos, num_classes, seed)
    metrics = classification_metrics(class_names(num_classes), y, probs)
    low, high = metrics["accuracy_ci95"] or (0, 1)
    assert (metrics["accuracy_ci95"] is None) == (num_videos < 4)
    assert 0 <= low <= metrics["accuracy"] <= high <= 1
    assert sum(map(sum, metrics["confusion"])) == num_videos == sum(e["support"] for e in metrics["per_class"].values())
    assert 0 <= metrics["ece"] <= 1
    assert metrics["top5_accuracy"] is None or metrics["top5_accuracy"] >= metrics["accuracy"]
    json.dumps(metrics, allow_nan=False)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=40))
def test_renaming_the_classes_permutes_the_scores(pairs):
    truth, predicted_classes = np.array(pairs).T
    permutation = np.array([3, 0, 4, 1, 2])
    plain = precision_recall_f1(confusion_matrix(truth, predicted_classes, 5))
    permuted_scores = precision_recall_f1(confusion_matrix(permutation[truth], permutation[predicted_classes], 5))
    for before, after in zip(plain, permuted_scores, strict=True):
        np.testing.assert_array_equal(before, after[permutation])
