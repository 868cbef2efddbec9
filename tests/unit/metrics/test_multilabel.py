"""Labels, any number per video: against scikit-learn, and thresholds that do not depend on a few videos."""

import warnings

import numpy as np
import pytest
from sklearn import metrics as sk

from reelwise.core.errors import DataError
from reelwise.metrics.multilabel import fit_thresholds, multilabel_metrics

LABELS = ["dog", "car", "rain", "never"]


def example(num_videos: int = 60, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = (rng.random((num_videos, 4)) < [0.5, 0.2, 0.1, 0.0]).astype(int)
    probs = np.clip(0.35 * truth + rng.random((num_videos, 4)) * 0.65, 0, 1).round(2)
    return truth, probs, probs >= [0.5, 0.4, 0.6, 0.5]


def test_scores_are_those_of_scikit_learn():
    truth, probs, given = example()
    metrics = multilabel_metrics(LABELS, truth, probs, given, split="test")
    precision, recall, f1, support = sk.precision_recall_fscore_support(truth, given, zero_division=0)
    for i, label in enumerate(LABELS):
        entry = metrics["per_class"][label]
        assert entry["precision"] == pytest.approx(precision[i])
        assert entry["recall"] == pytest.approx(recall[i])
        assert entry["f1"] == pytest.approx(f1[i])
        assert entry["support"] == support[i]
        if support[i]:
            assert entry["average_precision"] == pytest.approx(sk.average_precision_score(truth[:, i], probs[:, i]))
    assert metrics["per_class"]["never"]["average_precision"] is None
    assert metrics["map"] == pytest.approx(sk.average_precision_score(truth[:, :3], probs[:, :3], average="macro"))
    assert metrics["micro_f1"] == pytest.approx(sk.f1_score(truth, given, average="micro"))
    assert metrics["micro_precision"] == pytest.approx(sk.precision_score(truth, given, average="micro"))
    assert metrics["micro_recall"] == pytest.approx(sk.recall_score(truth, given, average="micro"))
    assert metrics["macro_f1"] == pytest.approx(f1.mean())
    assert metrics["exact_match"] == pytest.approx(sk.accuracy_score(truth, given))
    assert metrics["label_accuracy"] == pytest.approx((truth == given).mean())
    assert metrics["map_ci95"][0] <= metrics["map"] <= metrics["map_ci95"][1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        losses = [sk.log_loss(truth[:, i], probs[:, i], labels=[0, 1]) for i in range(4)]
    assert metrics["log_loss"] == pytest.approx(np.mean(losses))


def test_a_label_that_never_occurs_and_is_never_predicted_does_not_count():
    truth, probs, given = example()
    given[:, 3] = False
    metrics = multilabel_metrics(LABELS, truth, probs, given)
    assert metrics["macro_f1"] == pytest.approx(sk.f1_score(truth[:, :3], given[:, :3], average="macro"))


def test_nothing_is_nan_when_no_video_has_a_label():
    truth, probs, _ = example()
    metrics = multilabel_metrics(LABELS, 0 * truth, probs, np.zeros_like(truth, bool))
    assert metrics["map"] == metrics["micro_f1"] == metrics["macro_f1"] == metrics["guessing_map"] == 0
    assert metrics["exact_match"] == 1


def test_a_threshold_gives_the_best_f1():
    rng = np.random.default_rng(0)
    truth = (rng.random((400, 1)) < 0.2).astype(int)
    probs = np.clip(rng.normal(0.15 + 0.25 * truth, 0.1), 0, 1)
    (edge,) = fit_thresholds(truth, probs)
    best = max(sk.f1_score(truth[:, 0], probs[:, 0] > t) for t in np.linspace(0, 1, 201))
    assert sk.f1_score(truth[:, 0], probs[:, 0] > edge) > best - 0.02
    assert best > sk.f1_score(truth[:, 0], probs[:, 0] > 0.5) + 0.2


def test_with_few_videos_the_threshold_stays_at_one_half():
    truth = np.array([[1], [1], [1], [0], [0], [0], [0], [0]])
    assert fit_thresholds(truth, np.linspace(0.3, 0.01, 8)[:, None]).tolist() == [0.5]
    assert fit_thresholds(np.zeros((0, 3)), np.zeros((0, 3))).tolist() == [0.5] * 3
    assert fit_thresholds(np.ones((9, 1)), np.full((9, 1), 0.2)).tolist() == [0.5]


def test_a_threshold_stays_at_one_half_unless_f1_rises_enough():
    """F1 at 0.5 is close to the best: a gain of a fraction of a video is not enough, nor is a gap around 0.5."""
    truth = np.repeat([[1], [0]], 10, axis=0)
    apart = np.concatenate([np.linspace(0.9, 0.7, 10), np.linspace(0.3, 0.1, 10)])[:, None]
    assert fit_thresholds(truth, apart).tolist() == [0.5]
    one_more = np.concatenate([np.full(19, 0.9), [0.45], np.full(20, 0.1)])[:, None]
    assert fit_thresholds(np.repeat([[1], [0]], 20, axis=0), one_more).tolist() == [0.5]
    low = apart / 3
    (edge,) = fit_thresholds(truth, low)
    assert 0.1 < edge < 0.7 / 3


def test_no_threshold_separates_equal_probabilities():
    truth = np.array([1, 1, 1, 1, 0, 0, 0, 0])[:, None]
    (edge,) = fit_thresholds(truth, np.full((8, 1), 0.3))
    assert 0 < edge < 0.3


@pytest.mark.parametrize(
    ("truth", "probs"),
    [
        (np.zeros((0, 2)), np.zeros((0, 2))),
        (np.zeros((3, 2)), np.zeros((3, 3))),
        (np.full((3, 2), 2), np.zeros((3, 2))),
        (np.zeros((3, 2)), np.full((3, 2), 1.5)),
        (np.zeros((3, 2)), np.full((3, 2), np.nan)),
    ],
)
def test_unusable_predictions_are_data_errors(truth, probs):
    with pytest.raises(DataError):
        multilabel_metrics(["a", "b"], truth, probs, np.asarray(probs) > 0.5)
