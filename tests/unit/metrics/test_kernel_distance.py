"""Kernel distance: against two loops over pairs, without bias, in blocks."""

import numpy as np
import pytest

from reelwise.core.errors import DataError
from reelwise.metrics import kernel_distance as module
from reelwise.metrics.kernel_distance import kernel_distance, kernel_resamples


def features(num_clips: int, seed: int, shift: float = 0.0, num_features: int = 6) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(num_clips, num_features)) + shift


def loop_distance(x: np.ndarray, y: np.ndarray, x_clips: np.ndarray, y_clips: np.ndarray) -> float:
    """The estimate pair by pair; a pair of one clip with itself (also one that was drawn twice) is left out."""

    def kernel(a: np.ndarray, b: np.ndarray) -> float:
        return float((a @ b / len(a) + 1) ** 3)

    def within(z: np.ndarray, clips: np.ndarray) -> float:
        return float(np.mean([kernel(z[i], z[j]) for i in clips for j in clips if i != j]))

    return (
        within(x, x_clips)
        + within(y, y_clips)
        - 2 * float(np.mean([kernel(x[i], y[j]) for i in x_clips for j in y_clips]))
    )


def test_it_is_the_estimate_of_two_loops():
    real, samples = features(9, 0), features(7, 1, shift=0.5)
    expected = loop_distance(real, samples, np.arange(9), np.arange(7))
    assert kernel_distance(real, samples) == pytest.approx(expected, rel=1e-10)


def test_the_block_size_does_not_count(monkeypatch):
    real, samples = features(50, 0), features(41, 1)
    whole = kernel_distance(real, samples)
    resamples = kernel_resamples(real, samples, None, 0, 20)
    monkeypatch.setattr(module, "_BLOCK", 8)
    assert kernel_distance(real, samples) == pytest.approx(whole, rel=1e-9)
    np.testing.assert_allclose(kernel_resamples(real, samples, None, 0, 20), resamples, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("num_reals", "num_samples"), [(10, 10), (40, 5)])
def test_sets_of_one_distribution_have_0_on_average_whatever_their_sizes(num_reals, num_samples):
    distances = [kernel_distance(features(num_reals, i), features(num_samples, 10_000 + i)) for i in range(600)]
    standard_error = np.std(distances) / np.sqrt(len(distances))
    assert abs(np.mean(distances)) < 3 * standard_error
    assert min(distances) < 0


def test_it_grows_with_the_shift_and_sees_a_change_of_spread():
    real = features(400, 0)
    distances = [kernel_distance(real, features(400, 1, shift=shift)) for shift in (0.0, 0.2, 0.5, 1.0)]
    assert np.all(np.diff(distances) > 0)
    assert kernel_distance(real, 2 * features(400, 1)) > 10 * abs(distances[0])


def test_it_is_symmetric_and_the_order_of_clips_does_not_count():
    real, samples = features(30, 0), features(20, 1)
    distance = kernel_distance(real, samples)
    assert kernel_distance(samples, real) == pytest.approx(distance, rel=1e-9)
    assert kernel_distance(real[::-1], samples) == pytest.approx(distance, rel=1e-9)


def test_a_resample_is_the_estimate_of_two_loops_over_the_drawn_clips():
    real, samples = features(6, 0), features(5, 1)
    resamples = kernel_resamples(real, samples, None, seed=4, num_resamples=5)
    real_counts = next(iter(module.resampled_counts(np.arange(6), 4, 5)))
    sample_counts = next(iter(module.resampled_counts(np.arange(5), 5, 5)))
    for r in range(5):
        real_clips = np.repeat(np.arange(6), real_counts[r].astype(int))
        sample_clips = np.repeat(np.arange(5), sample_counts[r].astype(int))
        assert resamples[r] == pytest.approx(loop_distance(real, samples, real_clips, sample_clips), rel=1e-9)


def test_the_mean_of_the_resamples_is_the_distance():
    real, samples = features(60, 0), features(60, 1, shift=0.3)
    resamples = kernel_resamples(real, samples, None, 0, 4000)
    assert resamples.mean() == pytest.approx(kernel_distance(real, samples), abs=4 * resamples.std() / np.sqrt(4000))


def test_whole_groups_of_real_clips_are_resampled():
    real, samples = np.repeat(features(8, 0), 10, axis=0), features(80, 1)
    groups = [str(i // 10) for i in range(80)]
    alone = kernel_resamples(real, samples, None, 0, 300)
    together = kernel_resamples(real, samples, groups, 0, 300)
    assert together.std() > 1.5 * alone.std()


def test_features_that_are_not_finite_are_a_data_error():
    with pytest.raises(DataError, match="finite"):
        kernel_distance(features(3, 0), np.full((3, 6), np.inf))
