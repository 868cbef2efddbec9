"""Average precision against scikit-learn, ties included, and its intervals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from reelwise.metrics.average_precision import (
    average_precisions,
    map_difference_interval,
    map_interval,
    mean_average_precision,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=1, max_size=30))
def test_equal_probabilities_share_a_rank_as_in_scikit_learn(pairs):
    truth = np.array([[int(there)] for there, _ in pairs])
    probs = np.array([[score / 6] for _, score in pairs])
    (precision,) = average_precisions(truth, probs)
    if truth.any():
        assert precision == pytest.approx(average_precision_score(truth[:, 0], probs[:, 0]))
    else:
        assert np.isnan(precision)
        assert mean_average_precision(truth, probs) == 0


def example() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    truth = (rng.random((80, 3)) < 0.3).astype(int)
    return truth, np.clip(0.3 * truth + 0.7 * rng.random((80, 3)), 0, 1)


def test_the_interval_is_that_of_a_bootstrap_written_as_a_loop():
    truth, probs = example()
    interval = map_interval(truth, probs, None, seed=0)
    rng = np.random.default_rng(9)
    means = []
    for _ in range(1500):
        rows = rng.integers(80, size=80)
        columns = [i for i in range(3) if truth[rows, i].any()]
        means.append(np.mean([average_precision_score(truth[rows, i], probs[rows, i]) for i in columns]))
    assert [interval.low, interval.high] == pytest.approx(np.percentile(means, [2.5, 97.5]), abs=0.02)
    assert mean_average_precision(truth, probs) in interval


def test_videos_of_one_group_are_resampled_together():
    truth, probs = example()
    alone = map_interval(truth[:10], probs[:10], None, seed=0)
    repeated_videos = map_interval(
        np.repeat(truth[:10], 8, 0), np.repeat(probs[:10], 8, 0), np.repeat(range(10), 8), seed=0
    )
    assert repeated_videos.high - repeated_videos.low == pytest.approx(alone.high - alone.low, rel=0.25)


def test_with_fewer_than_four_units_there_is_no_interval():
    truth, probs = example()
    assert map_interval(truth, probs, list("abca") * 20, seed=0) is None
    assert map_difference_interval(truth, probs, probs, list("abca") * 20, seed=0) is None


def test_the_interval_has_a_width_with_few_groups_and_with_perfect_order():
    truth, probs = example()
    few = map_interval(truth, probs, list("abcd") * 20, seed=0)
    every = map_interval(truth, probs, None, seed=0)
    assert few.high - few.low >= every.high - every.low
    perfect = map_interval(truth[:12], truth[:12] * 0.8, None, seed=0)
    assert perfect.low < 0.8
    assert perfect.high == 1


def test_a_difference_is_paired():
    truth, probs = example()
    better = np.clip(probs + 0.05 * truth, 0, 1)
    gap = map_difference_interval(truth, better, probs, None, seed=0)
    assert gap.low > 0
    same = map_difference_interval(truth, probs, probs, None, seed=0)
    assert (same.low, same.high) == (0, 0)


def test_the_same_seed_gives_the_same_interval():
    truth, probs = example()
    assert map_interval(truth, probs, None, seed=3) == map_interval(truth, probs, None, seed=3)
