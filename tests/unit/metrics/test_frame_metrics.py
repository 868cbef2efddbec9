"""PSNR in its three forms, squared error in two conventions, and intervals over groups."""

import numpy as np
import pytest

from reelwise.core.errors import DataError
from reelwise.metrics.bootstrap import expanded_percentiles, resampled_counts
from reelwise.metrics.frame_errors import FrameErrors, frame_errors
from reelwise.metrics.frame_metrics import frame_metrics, psnr, psnr_difference_interval


def errors_of(squared_errors: np.ndarray, num_values: int = 100) -> FrameErrors:
    squared_errors = np.asarray(squared_errors, np.float64)
    return FrameErrors(squared_errors, None, np.zeros(squared_errors.shape, bool), num_values)


def random_errors(num_clips: int = 40, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).gamma(2.0, 0.005, size=(num_clips, 3))


def test_psnr_is_of_the_mean_error_and_not_the_mean_of_psnr():
    metrics = frame_metrics(errors_of([[0.1, 0.001]]))
    assert metrics.psnr == pytest.approx(10 * np.log10(1 / 0.0505))
    assert metrics.psnr_by_frame == pytest.approx((10.0, 30.0))
    assert metrics.psnr_frames == pytest.approx(20.0)


def test_a_perfect_frame_counts_60_db_in_the_mean_of_frames():
    metrics = frame_metrics(errors_of([[0.0, 0.01]]))
    assert metrics.psnr_frames == pytest.approx((60 + 20) / 2)
    assert metrics.psnr_by_frame == pytest.approx((100.0, 20.0))
    assert frame_metrics(errors_of(np.zeros((6, 2)))).psnr == pytest.approx(100.0)


def test_the_summed_error_is_that_of_openstl():
    rng = np.random.default_rng(0)
    truths, predictions = rng.random((2, 3, 2, 12, 12, 1))
    metrics = frame_metrics(frame_errors(truths, predictions, truths[:, 0]))
    # As OpenSTL: the mean over clips and frames, then the sum over what is left.
    assert metrics.mse_summed == pytest.approx(np.mean((predictions - truths) ** 2, axis=(0, 1)).sum())
    assert metrics.mse == pytest.approx(((predictions - truths) ** 2).mean())
    assert (metrics.num_clips, metrics.num_frames) == (3, 2)


def test_ssim_and_still_frames_are_means_over_clips():
    ssim = np.array([[0.9, 0.5], [0.7, 0.1]])
    is_still = np.array([[True, False], [True, True]])
    metrics = frame_metrics(FrameErrors(np.full((2, 2), 0.01), ssim, is_still, 100))
    assert metrics.ssim == pytest.approx(0.55)
    assert metrics.ssim_by_frame == pytest.approx((0.8, 0.3))
    assert metrics.still_share == 0.75
    assert frame_metrics(errors_of([[0.01]])).ssim_by_frame is None


def test_the_interval_contains_the_psnr_and_groups_widen_it():
    errors = errors_of(np.repeat(random_errors(10), 8, axis=0))
    alone = frame_metrics(errors).psnr_ci95
    together = frame_metrics(errors, [str(i // 8) for i in range(80)])
    assert alone is not None
    assert together.psnr_ci95 is not None
    assert together.psnr in together.psnr_ci95
    assert together.psnr_ci95.high - together.psnr_ci95.low > 2 * (alone.high - alone.low)


def test_fewer_than_four_units_have_no_interval():
    three, six = errors_of(random_errors(3)), errors_of(random_errors(6))
    assert frame_metrics(three).psnr_ci95 is None
    assert psnr_difference_interval(three, three, None, 0) is None
    assert frame_metrics(six, list("aabbcc")).psnr_ci95 is None
    assert frame_metrics(errors_of(random_errors(4))).psnr_ci95 is not None


def test_the_paired_difference_is_of_both_psnr_on_the_same_resamples():
    first, second = random_errors(seed=0), random_errors(seed=1)
    interval = psnr_difference_interval(errors_of(first), errors_of(second), None, seed=3)
    assert interval is not None
    differences = []
    for counts in resampled_counts(np.arange(40), seed=3):
        resamples = [np.repeat(np.arange(40), row.astype(int)) for row in counts]
        differences += [float(psnr(first[r].mean()) - psnr(second[r].mean())) for r in resamples]
    assert interval.as_list() == pytest.approx(np.percentile(differences, expanded_percentiles(40)), abs=1e-9)


def test_a_small_gain_on_every_clip_is_clear_where_the_two_intervals_overlap():
    errors = random_errors()
    better, worse = errors_of(errors * 0.95), errors_of(errors)
    own, other = frame_metrics(better).psnr_ci95, frame_metrics(worse).psnr_ci95
    assert own is not None
    assert other is not None
    assert own.low < other.high
    interval = psnr_difference_interval(better, worse, None, 0)
    assert interval is not None
    assert 0.2 < interval.low <= interval.high < 0.25  # 10·log10(1 / 0.95) = 0.223 dB, on every resample


def test_swapping_the_predictors_negates_the_interval_and_equal_ones_have_0():
    first, second = errors_of(random_errors(seed=0)), errors_of(random_errors(seed=1))
    forth, back = psnr_difference_interval(first, second, None, 0), psnr_difference_interval(second, first, None, 0)
    assert forth is not None
    assert back is not None
    assert [forth.low, forth.high] == pytest.approx([-back.high, -back.low], abs=1e-9)
    zero = psnr_difference_interval(first, first, None, 0)
    assert zero is not None
    assert zero.as_list() == [0.0, 0.0]


def test_a_perfect_predictor_is_100_db_minus_the_other_ahead_on_every_resample():
    interval = psnr_difference_interval(errors_of(np.zeros((8, 2))), errors_of(np.full((8, 2), 0.01)), None, 0)
    assert interval is not None
    assert interval.as_list() == pytest.approx([80.0, 80.0])


def test_few_groups_do_not_make_the_difference_narrower():
    first, second = errors_of(random_errors(seed=0)), errors_of(random_errors(seed=1))
    every = psnr_difference_interval(first, second, None, 0)
    few = psnr_difference_interval(first, second, list("abcd") * 10, 0)
    assert every is not None
    assert few is not None
    assert few.low <= every.low
    assert few.high >= every.high


def test_about_95_of_100_intervals_contain_the_true_difference():
    rng = np.random.default_rng(5)
    num_covering = 0
    for seed in range(100):
        hardness = rng.gamma(4.0, 0.0025, size=60)  # the mean is 0.01; the second predictor has 0.8 of the error
        first = hardness * rng.gamma(20.0, 0.05, size=60)
        second = 0.8 * hardness * rng.gamma(20.0, 0.05, size=60)
        interval = psnr_difference_interval(errors_of(second[:, None]), errors_of(first[:, None]), None, seed)
        assert interval is not None
        num_covering += 10 * np.log10(1 / 0.8) in interval
    assert 87 <= num_covering <= 100


def test_errors_on_other_clips_are_a_data_error():
    first = errors_of(random_errors(6))
    with pytest.raises(DataError, match="same clips"):
        psnr_difference_interval(first, errors_of(random_errors(7)), None, 0)
    others = FrameErrors(first.squared_errors, None, ~first.is_still, 100)
    with pytest.raises(DataError, match="same clips"):
        psnr_difference_interval(first, others, None, 0)
