"""Labels, any number per video: against scikit-learn, with thresholds that few videos cannot bend."""

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
    found = multilabel_metrics(LABELS, truth, probs, given, split="test")
    precision, recall, f1, support = sk.precision_recall_fscore_support(truth, given, zero_division=0)
    for i, label in enumerate(LABELS):
        entry = found["per_class"][label]
        assert entry["precision"] == pytest.approx(precision[i])
        assert entry["recall"] == pytest.approx(recall[i])
        assert entry["f1"] == pytest.approx(f1[i])
        assert entry["support"] == support[i]
        if support[i]:
            assert entry["average_precision"] == pytest.approx(sk.average_precision_score(truth[:, i], probs[:, i]))
    assert found["per_class"]["never"]["average_precision"] is None
    assert found["map"] == pytest.approx(sk.average_precision_score(truth[:, :3], probs[:, :3], average="macro"))
    assert found["micro_f1"] == pytest.approx(sk.f1_score(truth, given, average="micro"))
    assert found["micro_precision"] == pytest.approx(sk.precision_score(truth, given, average="micro"))
    assert found["micro_recall"] == pytest.approx(sk.recall_score(truth, given, average="micro"))
    assert found["macro_f1"] == pytest.approx(f1.mean())
    assert found["exact_match"] == pytest.approx(sk.accuracy_score(truth, given))
    assert found["label_accuracy"] == pytest.approx((truth == given).mean())
    assert found["map_ci95"][0] <= found["map"] <= found["map_ci95"][1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        losses = [sk.log_loss(truth[:, i], probs[:, i], labels=[0, 1]) for i in range(4)]
    assert found["log_loss"] == pytest.approx(np.mean(losses))


def test_a_label_that_is_never_there_and_never_given_does_not_count():
    truth, probs, given = example()
    given[:, 3] = False
    found = multilabel_metrics(LABELS, truth, probs, given)
    assert found["macro_f1"] == pytest.approx(sk.f1_score(truth[:, :3], given[:, :3], average="macro"))


def test_nothing_is_nan_when_no_video_has_a_label():
    truth, probs, _ = example()
    found = multilabel_metrics(LABELS, 0 * truth, probs, np.zeros_like(truth, bool))
    assert found["map"] == found["micro_f1"] == found["macro_f1"] == found["guessing_map"] == 0
    assert found["exact_match"] == 1


def test_a_threshold_gives_the_best_f1():
    rng = np.random.default_rng(0)
    truth = (rng.random((400, 1)) < 0.2).astype(int)
    probs = np.clip(rng.normal(0.15 + 0.25 * truth, 0.1), 0, 1)
    (edge,) = fit_thresholds(truth, probs)
    best = max(sk.f1_score(truth[:, 0], probs[:, 0] > t) for t in np.linspace(0, 1, 201))
    assert sk.f1_score(truth[:, 0], probs[:, 0] > edge) > best - 0.02
    assert best > sk.f1_score(truth[:, 0], probs[:, 0] > 0.5) + 0.2


def test_few_videos_leave_the_threshold_where_it_is():
    truth = np.array([[1], [1], [1], [0], [0], [0], [0], [0]])
    assert fit_thresholds(truth, np.linspace(0.3, 0.01, 8)[:, None]).tolist() == [0.5]
    assert fit_thresholds(np.zeros((0, 3)), np.zeros((0, 3))).tolist() == [0.5] * 3
    assert fit_thresholds(np.ones((9, 1)), np.full((9, 1), 0.2)).tolist() == [0.5]


def test_a_threshold_is_moved_for_a_reason_only():
    """Half right at 0.5 already: a gain of a fraction of a video is no reason, a gap that holds 0.5 neither."""
    truth = np.repeat([[1], [0]], 10, axis=0)
    apart = np.concatenate([np.linspace(0.9, 0.7, 10), np.linspace(0.3, 0.1, 10)])[:, None]
    assert fit_thresholds(truth, apart).tolist() == [0.5]
    one_more = np.concatenate([np.full(19, 0.9), [0.45], np.full(20, 0.1)])[:, None]
    assert fit_thresholds(np.repeat([[1], [0]], 20, axis=0), one_more).tolist() == [0.5]
    low = apart / 3
    (edge,) = fit_thresholds(truth, low)
    assert 0.1 < edge < 0.7 / 3


def test_equal_probabilities_are_given_together():
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
def test_what_does_not_fit_is_refused(truth, probs):
    with pytest.raises(DataError):
        multilabel_metrics(["a", "b"], truth, probs, np.asarray(probs) > 0.5)
