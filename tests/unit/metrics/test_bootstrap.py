import math

import numpy as np
import pytest

from reelwise.metrics import bootstrap
from reelwise.metrics.bootstrap import group_codes, has_interval, percentile_interval, resampled_counts


def test_a_missing_group_is_a_group_of_its_own():
    assert group_codes(["a", None, "a", None, ""], 5).tolist() == [0, 1, 0, 2, 3]


def test_a_wrong_number_of_groups_is_a_value_error():
    with pytest.raises(ValueError, match="2 groups for 3"):
        group_codes(["a", "b"], 3)


def test_four_units_are_enough_for_an_interval():
    assert has_interval(np.array([0, 1, 2, 3]))
    assert not has_interval(np.array([0, 1, 2, 2, 2]))


def test_whole_units_are_resampled():
    codes = np.array([0, 0, 1, 2, 2, 2])
    counts = np.concatenate(list(resampled_counts(codes, seed=0, num_resamples=50)))
    assert counts.shape == (50, 6)
    assert (counts[:, 0] == counts[:, 1]).all()
    assert (counts[:, 3] == counts[:, 5]).all()
    assert (counts[:, [0, 2, 3]].sum(axis=1) == 3).all()


def test_the_same_seed_gives_the_same_resamples_whatever_the_chunk_size(monkeypatch):
    codes = np.arange(40)
    whole = np.concatenate(list(resampled_counts(codes, 5, 300)))
    assert (whole != np.concatenate(list(resampled_counts(codes, 6, 300)))).any()
    monkeypatch.setattr(bootstrap, "_MAX_COUNT_CELLS", 40 * 100)
    assert (np.concatenate(list(resampled_counts(codes, 5, 300))) == whole).all()


def test_with_many_units_the_percentiles_are_the_usual_ones():
    resamples = np.random.default_rng(0).normal(size=20_000)
    interval = percentile_interval(resamples, 5000, 0.0)
    assert (interval.low, interval.high) == pytest.approx(np.percentile(resamples, [2.5, 97.5]), abs=0.01)


def test_with_few_units_the_percentiles_lie_farther_out():
    resamples = np.random.default_rng(0).normal(size=20_000)
    widths = [interval.high - interval.low for n in (4, 8, 40) for interval in [percentile_interval(resamples, n, 0.0)]]
    assert widths[0] > 1.3 * widths[1] > 1.3 * widths[2]


def test_resamples_without_a_score_are_left_out_and_the_score_itself_is_contained():
    interval = percentile_interval(np.array([0.4, math.nan, 0.5]), 10, 0.9)
    assert interval.as_list() == [pytest.approx(0.4, abs=0.01), 0.9]
    assert percentile_interval(np.array([math.nan]), 10, 0.9).as_list() == [0.9, 0.9]
