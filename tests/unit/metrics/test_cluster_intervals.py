import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwise.metrics.cluster_intervals import (
    UnitSums,
    accuracy_interval,
    difference_ends,
    effective_videos,
    error_difference_interval,
    error_interval,
    paired_difference_interval,
    share_ends,
)
from reelwise.metrics.student_t import t_quantile


def width(interval) -> float:
    return interval.high - interval.low


def beta_skills(rng, shape, correlation, accuracy):
    """How likely a video of each unit is right, so that two videos of one unit have this correlation."""
    strength = 1 / correlation - 1
    return rng.beta(accuracy * strength, (1 - accuracy) * strength, size=shape)


def unit_sizes(rng, num_units, num_draws):
    """Units of 2, of 30, and of 2 to 30 videos."""
    shape = (num_draws, num_units)
    return [np.full(shape, 2), np.full(shape, 30), rng.integers(2, 31, size=shape)]


@pytest.mark.parametrize("num_units", [4, 6, 12, 40])
def test_intervals_hold_the_true_accuracy_as_often_as_they_say(num_units):
    rng = np.random.default_rng(num_units)
    shares = {}
    for correlation in (0.1, 0.3, 0.5):
        for accuracy in (0.6, 0.8, 0.95):
            for number, sizes in enumerate(unit_sizes(rng, num_units, 1500)):
                right = rng.binomial(sizes, beta_skills(rng, sizes.shape, correlation, accuracy)).astype(float)
                low, high = share_ends(UnitSums(sizes.astype(float), right, right))
                shares[correlation, accuracy, number] = ((low <= accuracy) & (accuracy <= high)).mean()
    assert np.mean(list(shares.values())) >= 0.93
    assert min(share for (_, accuracy, _), share in shares.items() if accuracy <= 0.8) >= 0.88


@pytest.mark.parametrize("num_units", [4, 6, 12, 40])
def test_one_of_two_equal_models_is_seldom_called_clearly_better(num_units):
    rng = np.random.default_rng(num_units)
    for correlation in (0.1, 0.3, 0.5):
        for sizes in unit_sizes(rng, num_units, 4000):
            skills = [beta_skills(rng, sizes.shape, correlation, 0.7) for _ in range(2)]
            right = rng.binomial(sizes, skills[0])
            both = rng.binomial(right, skills[1])
            gained, lost = right - both, rng.binomial(sizes - right, skills[1])
            sums = UnitSums(sizes.astype(float), (gained - lost).astype(float), (gained + lost).astype(float))
            assert (difference_ends(sums)[0] > 0).mean() <= 0.035


def test_without_units_the_interval_is_wilson_s():
    interval = accuracy_interval(np.repeat([1, 0], [8000, 2000]), None)
    assert (interval.low, interval.high) == pytest.approx((0.79205, 0.80772), abs=1e-4)  # statsmodels, method="wilson"


def test_eight_files_that_are_right_or_wrong_as_a_whole_tell_as_much_as_eight_videos_at_most():
    correct = np.repeat([1, 1, 1, 1, 1, 1, 0, 0], 10)
    files = [f"file {i // 10}" for i in range(80)]
    of_files, of_videos = accuracy_interval(correct, files), accuracy_interval(correct, None)
    assert of_files.low <= 0.45
    assert of_files.high >= 0.90
    assert width(of_videos) < 0.2


def test_units_widen_the_interval_even_where_they_seem_to_be_alike():
    correct = np.tile([1, 1, 1, 0], 20)
    units = [str(i // 20) for i in range(80)]
    assert width(accuracy_interval(correct, units)) > 1.5 * width(accuracy_interval(correct, None))


def test_what_is_measured_outweighs_what_is_assumed_as_units_become_many():
    rng = np.random.default_rng(0)
    sizes = np.full((1, 400), 10.0)
    right = rng.binomial(10, 0.7, size=(1, 400)).astype(float)  # no correlation at all
    assert effective_videos(UnitSums(sizes, right, right))[0] > 0.8 * 4000


@pytest.mark.parametrize("num_units", [1, 2, 3])
def test_with_fewer_than_four_units_there_is_no_interval(num_units):
    values = np.tile([1.0, 0.0], 30)
    units = [str(i % num_units) for i in range(60)]
    for interval in (accuracy_interval, error_interval):
        assert interval(values, units) is None
    for interval in (paired_difference_interval, error_difference_interval):
        assert interval(values, 1 - values, units) is None
    assert accuracy_interval(np.ones(num_units), None) is None
    assert accuracy_interval(np.ones(4), None) is not None


@pytest.mark.parametrize("right", [0, 1])
def test_the_interval_has_a_width_where_all_predictions_are_right_or_all_wrong(right):
    interval = accuracy_interval(np.full(10, right), None)
    assert (interval.low == 0.0) if not right else (interval.high == 1.0)
    assert 0.25 < width(interval) < 0.4


def test_large_units_count_by_their_videos():
    correct = np.array([1] * 90 + [0] * 10)
    units = ["big"] * 90 + [f"small {i}" for i in range(10)]
    assert 0.9 in accuracy_interval(correct, units)


def test_the_interval_of_a_paired_difference_is_narrower_than_the_two_intervals():
    rng = np.random.default_rng(0)
    hard = rng.random(120) < 0.4
    second = ~hard
    first = second | (np.arange(120) % 10 == 0)  # right wherever the other is, and in a few more
    own, other = accuracy_interval(first, None), accuracy_interval(second, None)
    assert own.low < other.high  # they overlap
    assert width(paired_difference_interval(first, second, None)) < width(own)


def test_a_clear_difference_is_clear():
    first, second = np.ones(60), np.tile([1, 0], 30)
    assert paired_difference_interval(first, second, None).low > 0.3
    assert paired_difference_interval(first, second, [str(i // 6) for i in range(60)]).low > 0.2


def test_five_videos_more_of_ninety_six_are_not_clear():
    second = np.repeat([1, 0], [60, 36])
    first = second.copy()
    first[60:65] = 1  # five in favour, none against: by tossing a coin once in 32
    assert paired_difference_interval(first, second, None).low < 0


def test_equal_predictions_have_a_difference_of_0_with_an_interval():
    same = np.tile([1, 0], 10)
    interval = paired_difference_interval(same, same, None)
    assert interval.low < 0 < interval.high


def test_swapping_the_models_negates_the_interval():
    rng = np.random.default_rng(3)
    first, second = rng.random(60) < 0.8, rng.random(60) < 0.5
    units = [str(i // 5) for i in range(60)]
    forth, back = (
        paired_difference_interval(first, second, units),
        paired_difference_interval(second, first, units),
    )
    assert (forth.low, forth.high) == pytest.approx((-back.high, -back.low), abs=1e-12)


@pytest.mark.parametrize("num_units", [4, 8, 20])
def test_intervals_of_errors_hold_their_true_mean_as_often_as_they_say(num_units):
    rng = np.random.default_rng(num_units)
    num_holding = 0
    for _ in range(400):
        scales = np.exp(0.4 * rng.normal(size=num_units)) / math.exp(0.08)  # some units are harder; mean 1
        errors = np.abs(rng.normal(size=(num_units, 8))) * scales[:, None]
        units = [str(i // 8) for i in range(8 * num_units)]
        num_holding += math.sqrt(2 / math.pi) in error_interval(errors.ravel(), units)
    assert num_holding >= 0.92 * 400


def test_the_interval_of_errors_is_positive_and_finite():
    errors = np.array([0.0] * 11 + [100.0])
    interval = error_interval(errors, [str(i // 3) for i in range(12)])
    assert 0 < interval.low < errors.mean() < interval.high < math.inf
    assert error_interval(np.zeros(6), None).as_list() == [0.0, 0.0]


def test_the_paired_interval_of_errors_holds_the_difference():
    first, second = np.linspace(1, 2, 40), np.linspace(2, 3, 40)
    interval = error_difference_interval(first, second, None)
    assert (interval.low, interval.high) == pytest.approx((-1.0, -1.0))
    spread = error_difference_interval(first, second[::-1], None)
    assert spread.low < -1.0 < spread.high < 0


@pytest.mark.parametrize(("degrees", "value"), [(3, 3.182), (4, 2.776), (7, 2.365), (20, 2.086), (1000, 1.962)])
def test_quantiles_of_t_are_those_of_printed_tables(degrees, value):
    assert t_quantile(degrees) == pytest.approx(value, rel=2e-3)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abcdefgh")), min_size=1, max_size=40))
def test_an_interval_contains_its_accuracy_and_lies_in_0_to_1(videos):
    correct = np.array([right for right, _ in videos])
    interval = accuracy_interval(correct, [unit for _, unit in videos])
    if len({unit for _, unit in videos}) < 4:
        assert interval is None
    else:
        assert 0 <= interval.low <= correct.mean() <= interval.high <= 1
