"""Numbers: against scikit-learn, with intervals over groups."""

import numpy as np
import pytest
from sklearn import metrics as sk

from reelwise.core.errors import DataError
from reelwise.metrics.bootstrap import expanded_percentiles, resampled_counts
from reelwise.metrics.regression import r2_interval, regression_metrics


def example(num_videos: int = 80) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    truth = 1000 + 50 * rng.normal(size=num_videos)
    return truth, truth + 20 * rng.normal(size=num_videos) + 3


def test_scores_are_those_of_scikit_learn():
    truth, values = example()
    metrics = regression_metrics("speed", truth, values[:, None])
    assert metrics["mae"] == pytest.approx(sk.mean_absolute_error(truth, values))
    assert metrics["mse"] == pytest.approx(sk.mean_squared_error(truth, values))
    assert metrics["r2"] == pytest.approx(sk.r2_score(truth, values))
    assert metrics["bias"] == pytest.approx((values - truth).mean())
    assert metrics["spread"] == pytest.approx(truth.std())
    assert metrics["range"] == [truth.min(), truth.max()]
    for name in ("mae", "mse", "r2"):
        low, high = metrics[f"{name}_ci95"]
        assert low < metrics[name] < high
    assert metrics["labels"] == ["speed"]


def test_the_interval_of_r2_is_that_of_a_bootstrap_written_as_a_loop():
    truth, values = example()
    interval = r2_interval(truth, values, None, seed=0)
    assert interval is not None
    rng = np.random.default_rng(9)
    scores = [sk.r2_score(truth[d], values[d]) for d in (rng.integers(80, size=80) for _ in range(2000))]
    assert [interval.low, interval.high] == pytest.approx(np.percentile(scores, [2.5, 97.5]), abs=0.02)


def test_every_resample_has_the_r2_of_its_own_videos():
    truth, values = np.array([1.0, 2, 4, 8, 9, 3]), np.array([2.0, 2, 3, 6, 9, 1])
    interval = r2_interval(truth, values, None, seed=0)
    assert interval is not None
    scores = []
    for counts in resampled_counts(np.arange(6), seed=0):
        resamples = [np.repeat(np.arange(6), row.astype(int)) for row in counts]
        scores += [sk.r2_score(truth[d], values[d]) for d in resamples if np.ptp(truth[d])]
    assert [interval.low, interval.high] == pytest.approx(np.percentile(scores, expanded_percentiles(6)))


def test_whole_groups_are_resampled():
    truth, values = example(20)
    alone = regression_metrics("x", truth, values)
    repeated_videos = regression_metrics(
        "x", np.repeat(truth, 6), np.repeat(values, 6), [str(i) for i in np.repeat(range(20), 6)]
    )
    for name in ("mae_ci95", "r2_ci95"):
        assert repeated_videos[name] == pytest.approx(alone[name], rel=0.3)


def test_few_groups_do_not_make_the_interval_narrower():
    truth, values = example()
    few = regression_metrics("x", truth, values, list("abcd") * 20)
    every = regression_metrics("x", truth, values)
    assert regression_metrics("x", truth, values, ["a", "b"] * 40)["r2_ci95"] is None
    for name in ("mae_ci95", "r2_ci95"):
        assert few[name][0] <= every[name][0]
        assert few[name][1] >= every[name][1]


def test_equal_numbers_have_no_r2():
    metrics = regression_metrics("x", np.full(4, 7.0), np.array([7.0, 7, 8, 6]))
    assert metrics["r2"] is None
    assert metrics["r2_ci95"] is None
    assert metrics["mae"] == 0.5


@pytest.mark.parametrize(
    ("truth", "values"),
    [
        (np.zeros(0), np.zeros(0)),
        (np.zeros(3), np.zeros(2)),
        (np.zeros(3), np.full(3, np.inf)),
        (np.zeros((3, 2)), np.zeros((3, 2))),
    ],
)
def test_unusable_predictions_are_data_errors(truth, values):
    with pytest.raises(DataError):
        regression_metrics("x", truth, values)
