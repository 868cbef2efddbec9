import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwise.metrics import bootstrap
from reelwise.metrics.bootstrap import (
    accuracy_interval,
    group_codes,
    mean_interval,
    paired_difference_interval,
    wilson_interval,
)


def test_without_groups_the_interval_is_about_the_normal_one():
    correct = np.repeat([1, 0], [300, 100])
    interval = accuracy_interval(correct, None, seed=0)
    half = 1.96 * np.sqrt(0.75 * 0.25 / 400)
    assert interval.low == pytest.approx(0.75 - half, abs=0.006)
    assert interval.high == pytest.approx(0.75 + half, abs=0.006)


def test_groups_of_equal_predictions_widen_the_interval():
    correct = np.repeat([1, 1, 1, 0, 1, 1, 0, 1], 20)
    groups = [str(i // 20) for i in range(160)]
    alone, together = accuracy_interval(correct, None, 0), accuracy_interval(correct, groups, 0)
    assert together.high - together.low > 2 * (alone.high - alone.low)


def test_large_and_small_groups_count_by_their_videos():
    correct = np.array([1] * 90 + [0] * 10)
    groups = ["big"] * 90 + [f"small {i}" for i in range(10)]
    assert mean_interval(correct, groups, 0).high <= 1
    assert 0.9 in mean_interval(correct, groups, 0)


def test_about_95_of_100_intervals_contain_the_true_accuracy():
    rng = np.random.default_rng(1)
    num_covering = 0
    for seed in range(200):
        skill = rng.beta(8, 3, size=25)  # each recording is easier or harder
        correct = (rng.random((25, 6)) < skill[:, None]).ravel()
        groups = [str(i // 6) for i in range(150)]
        num_covering += 8 / 11 in accuracy_interval(correct, groups, seed)
    assert 178 <= num_covering <= 199


@pytest.mark.parametrize("right", [0, 1])
def test_the_interval_has_a_width_where_all_predictions_are_right_or_all_wrong(right):
    interval = accuracy_interval(np.full(10, right), None, seed=0)
    assert (interval.low, interval.high) == (
        (0.0, pytest.approx(0.278, abs=1e-3)) if not right else (pytest.approx(0.722, abs=1e-3), 1.0)
    )


def test_with_few_groups_the_interval_is_not_narrower_than_over_videos():
    correct = np.tile([1, 1, 1, 0], 5)
    interval = accuracy_interval(correct, ["a"] * 10 + ["b"] * 10, seed=0)
    wilson = wilson_interval(15, 20)
    assert interval.low <= wilson.low
    assert interval.high >= wilson.high


def test_the_interval_of_one_video_is_wide():
    interval = accuracy_interval(np.array([1]), ["a"], seed=0)
    assert interval.low < 0.3
    assert interval.high == 1.0


def test_the_same_seed_gives_the_same_interval():
    correct = np.random.default_rng(0).random(40) < 0.7
    assert accuracy_interval(correct, None, 5) == accuracy_interval(correct, None, 5)
    assert accuracy_interval(correct, None, 5) != accuracy_interval(correct, None, 6)


def test_the_interval_does_not_depend_on_the_chunk_size(monkeypatch):
    correct = np.random.default_rng(0).random(40) < 0.7
    whole = accuracy_interval(correct, None, 5)
    monkeypatch.setattr(bootstrap, "_MAX_SAMPLED_CELLS", 40 * 100)
    assert accuracy_interval(correct, None, 5) == whole


def test_the_interval_of_a_paired_difference_is_narrower_than_the_two_intervals():
    rng = np.random.default_rng(0)
    hard = rng.random(120) < 0.4
    second = ~hard
    first = second | (np.arange(120) % 10 == 0)  # right wherever the other is, and in a few more
    own, other = accuracy_interval(first, None, 0), accuracy_interval(second, None, 0)
    assert own.low < other.high  # they overlap
    assert paired_difference_interval(first, second, None, 0).low >= 0


def test_equal_predictions_have_a_difference_of_0_with_an_interval():
    same = np.tile([1, 0], 10)
    interval = paired_difference_interval(same, same, None, 0)
    assert interval.low < 0 < interval.high


def test_swapping_the_models_negates_the_interval():
    rng = np.random.default_rng(3)
    first, second = rng.random(60) < 0.8, rng.random(60) < 0.5
    forth, back = paired_difference_interval(first, second, None, 0), paired_difference_interval(second, first, None, 0)
    assert forth.low == pytest.approx(-back.high, abs=1e-12)


def test_wilson_intervals_agree_with_a_published_table():
    interval = wilson_interval(8, 10)  # e.g. statsmodels proportion_confint(8, 10, method="wilson")
    assert (interval.low, interval.high) == pytest.approx((0.4901625, 0.9433178), abs=1e-6)


def test_a_missing_group_is_a_group_of_its_own():
    assert group_codes(["a", None, "a", None, ""], 5).tolist() == [0, 1, 0, 2, 3]


def test_a_wrong_number_of_groups_is_a_value_error():
    with pytest.raises(ValueError, match="2 groups for 3"):
        group_codes(["a", "b"], 3)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abcdefgh")), min_size=1, max_size=40), st.integers(0, 99))
def test_an_interval_contains_its_accuracy_and_lies_in_0_to_1(videos, seed):
    correct = np.array([right for right, _ in videos])
    interval = accuracy_interval(correct, [group for _, group in videos], seed)
    assert 0 <= interval.low <= correct.mean() <= interval.high <= 1
