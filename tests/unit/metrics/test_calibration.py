import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from sklearn.metrics import log_loss as reference_log_loss

from reelwise.metrics.calibration import (
    averaged_probs,
    expected_calibration_error,
    fit_temperature,
    reliability_curve,
    softmax,
    unsure_threshold,
)


def validation(num_videos: int, skill: float, loudness: float, seed: int = 0, num_classes: int = 4):
    rng = np.random.default_rng(seed)
    y = rng.integers(num_classes, size=num_videos)
    logits = rng.normal(size=(num_videos, num_classes)) + skill * np.eye(num_classes)[y]
    return y, loudness * logits


def test_with_many_videos_the_temperature_has_the_least_log_loss():
    y, logits = validation(3000, 1.5, 4.0)
    optimum = minimize_scalar(lambda t: reference_log_loss(y, softmax(logits / t)), bounds=(0.05, 20), method="bounded")
    assert fit_temperature(logits, y) == pytest.approx(optimum.x, rel=2e-3)


def test_scaling_the_logits_scales_the_temperature():
    y, logits = validation(3000, 1.5, 1.0)
    assert fit_temperature(3 * logits, y) / fit_temperature(logits, y) == pytest.approx(3, rel=0.01)


def test_a_few_right_predictions_do_not_make_probabilities_certain():
    logits = 2 * np.eye(3)[[0, 1, 2, 0, 1]]
    assert 0.4 < fit_temperature(logits, np.array([0, 1, 2, 0, 1])) < 1


@pytest.mark.parametrize("scale", [1e-9, 1e9])
def test_the_temperature_stays_in_its_range(scale):
    y, logits = validation(500, 3.0, scale)
    assert 0.05 <= fit_temperature(logits, y) <= 20


def test_without_videos_the_temperature_is_1():
    assert fit_temperature(np.zeros((0, 3)), np.zeros(0, int)) == 1.0


def test_views_are_averaged_after_the_temperature():
    y, logits = validation(200, 1.5, 2.0)
    views = np.stack([logits, logits[:, ::-1]], axis=1)
    expected = (softmax(logits / 2) + softmax(logits[:, ::-1] / 2)) / 2
    np.testing.assert_allclose(averaged_probs(views, 2.0), expected, atol=1e-15)
    same = np.stack([logits, logits], axis=1)
    assert fit_temperature(same, y) == pytest.approx(fit_temperature(logits, y), rel=1e-5)


def test_softmax_of_large_logits_is_finite():
    assert softmax(np.array([1e4, 0.0])).tolist() == [1.0, 0.0]


def test_ece_of_four_videos_computed_by_hand():
    probs = np.array([[0.95, 0.05], [0.95, 0.05], [0.65, 0.35], [0.55, 0.45]])
    y = np.array([0, 1, 0, 0])
    # bins (0.9, 1]: 2 videos, 0.95 sure, half right; (0.6, 0.7]: right; (0.5, 0.6]: right
    expected = (2 * 0.45 + 0.35 + 0.45) / 4
    assert expected_calibration_error(y, probs) == pytest.approx(expected)


def test_every_video_is_in_one_bin_edges_too():
    probs = np.array([[1.0, 0.0], [0.5, 0.5], [0.6, 0.4], [0.7, 0.3]])
    bins = reliability_curve(np.zeros(4, int), probs)
    assert [b.count for b in bins] == [0, 0, 0, 0, 1, 1, 1, 0, 0, 1]
    assert bins[4].accuracy == 1.0


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 60), st.integers(2, 6), st.integers(0, 500))
def test_bins_have_the_count_confidence_and_accuracy_of_their_videos(num_videos, num_classes, seed):
    y, logits = validation(num_videos, 1.0, 1.0, seed, num_classes)
    probs = softmax(logits)
    bins = reliability_curve(y, probs)
    assert sum(b.count for b in bins) == num_videos
    assert all(b.low <= b.confidence <= b.high + 1e-12 for b in bins if b.count)
    accuracy = (probs.argmax(axis=1) == y).mean()
    assert sum(b.count * b.accuracy for b in bins) / num_videos == pytest.approx(accuracy)


def test_the_threshold_halves_the_error_rate_and_leaves_most_videos_above():
    y, logits = validation(2000, 2.0, 1.0)
    probs = softmax(logits)
    threshold = unsure_threshold(y, probs)
    is_above = probs.max(axis=1) >= threshold
    wrong = probs.argmax(axis=1) != y
    assert is_above.mean() >= 0.5
    assert wrong[is_above].mean() <= wrong.mean() / 2
    lower = probs.max(axis=1) >= threshold - 0.02
    assert wrong[lower].mean() > wrong.mean() / 2  # and no lower one would do


def test_half_of_the_videos_of_a_model_at_chance_are_above_the_threshold():
    y, logits = validation(400, 0.0, 1.0)
    probs = softmax(logits)
    assert (probs.max(axis=1) >= unsure_threshold(y, probs)).mean() >= 0.5


def test_without_a_wrong_prediction_no_validation_video_is_unsure():
    sure = np.linspace(0.45, 0.99, 48)
    probs = np.stack([sure, (1 - sure) / 2, (1 - sure) / 2], axis=1)
    assert unsure_threshold(np.zeros(48, int), probs) == pytest.approx(0.45)
    assert unsure_threshold(np.zeros(40, int), np.tile([0.9, 0.05, 0.05], (40, 1))) == 0.5


@pytest.mark.parametrize(("num_classes", "expected"), [(2, 0.625), (6, 0.375)])
def test_with_fewer_than_forty_units_the_threshold_is_a_default(num_classes, expected):
    assert unsure_threshold(np.zeros(0, int), np.zeros((0, num_classes))) == pytest.approx(expected)
    sure_and_wrong = np.ones(39, int), np.tile(np.eye(num_classes)[0], (39, 1))
    assert unsure_threshold(*sure_and_wrong) == pytest.approx(expected)
    segments = np.zeros(80, int), np.tile(np.eye(num_classes)[0], (80, 1))
    assert unsure_threshold(*segments) == 0.5
    assert unsure_threshold(*segments, [str(i // 10) for i in range(80)]) == pytest.approx(expected)


def test_no_threshold_separates_equal_probabilities():
    probs = np.tile([0.8, 0.2], (60, 1))
    y = (np.arange(60) < 15).astype(int)
    assert unsure_threshold(y, probs) == pytest.approx(0.625)  # as with too few videos; never 0, which is never unsure


@pytest.mark.parametrize("num_videos", [10, 20, 40, 100])
def test_some_predictions_are_always_unsure_ones(num_videos):
    """However few validation videos there are, a best probability near chance is reported as unsure."""
    for seed in range(50):
        y, logits = validation(num_videos, 2.0, 1.0, seed)
        assert unsure_threshold(y, softmax(logits)) > 0.3
