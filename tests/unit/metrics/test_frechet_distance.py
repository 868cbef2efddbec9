"""Fréchet distance: against matrix square roots where those hold, and where they are known to fail."""

import numpy as np
import pytest
from scipy import linalg

from reelwise.core.errors import DataError
from reelwise.metrics.frechet_distance import frechet_distance, frechet_resamples


def features(num_clips: int, num_features: int, seed: int, spread: float = 1.0) -> np.ndarray:
    """Correlated features whose scales go over three powers of ten, as those of a network do."""
    rng = np.random.default_rng(seed)
    mixing = np.random.default_rng(99).normal(size=(num_features, num_features))
    scales = np.logspace(0, -3, num_features)
    return spread * (rng.normal(size=(num_clips, num_features)) @ mixing) * scales + rng.normal(size=num_features)


def trace(x: np.ndarray) -> float:
    return float(x.var(axis=0, ddof=1).sum())


def scipy_distance(x: np.ndarray, y: np.ndarray) -> float:
    """The usual formula, with a square root of the product of the covariances."""
    first, second = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    root = np.asarray(linalg.sqrtm(first @ second)).real
    return float(((x.mean(axis=0) - y.mean(axis=0)) ** 2).sum() + np.trace(first + second - 2 * root))


def symmetric_distance(x: np.ndarray, y: np.ndarray) -> float:
    """The same by two symmetric eigenproblems, tr (Σ1^½ Σ2 Σ1^½)^½, which is real for any covariances."""
    first, second = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    values, vectors = np.linalg.eigh(first)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    singular_values = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ second @ root), 0))
    return float(((x.mean(axis=0) - y.mean(axis=0)) ** 2).sum() + np.trace(first + second) - 2 * singular_values.sum())


@pytest.mark.parametrize(("num_reals", "num_samples", "num_features"), [(300, 200, 3), (400, 300, 40), (600, 600, 64)])
def test_with_more_clips_than_features_it_is_that_of_scipys_square_root(num_reals, num_samples, num_features):
    real, samples = features(num_reals, num_features, 0), features(num_samples, num_features, 1, spread=1.3)
    assert frechet_distance(real, samples) == pytest.approx(scipy_distance(real, samples), rel=1e-6)


SIZES = [(2, 1), (2, 50), (20, 500), (50, 50), (51, 50), (192, 192), (300, 40), (1000, 128), (256, 1500)]


@pytest.mark.parametrize(("num_clips", "num_features"), SIZES)
def test_a_set_has_no_distance_from_itself(num_clips, num_features):
    """Elsewhere -341.4 (JunyaoHu/common_metrics_on_video_quality#25) and -4.8e-9 (mseitzer/pytorch-fid#105)."""
    real = features(num_clips, num_features, 0)
    assert 0 <= frechet_distance(real, real) <= 1e-10 * trace(real)
    shuffled_rows = np.random.default_rng(1).permutation(real)
    assert 0 <= frechet_distance(real, shuffled_rows) <= 1e-10 * trace(real)


@pytest.mark.parametrize(("num_clips", "num_features"), [(2, 64), (32, 64), (64, 64), (100, 400)])
def test_with_fewer_clips_than_features_it_is_that_of_symmetric_eigenproblems(num_clips, num_features):
    """Elsewhere complex numbers (bioinf-jku/TTUR#4) and 1e50 (JunyaoHu/common_metrics_on_video_quality#18)."""
    real, samples = features(num_clips, num_features, 0), features(num_clips + 5, num_features, 1)
    distance = frechet_distance(real, samples)
    # The reference takes roots of eigenvalues that are 0, whose rounding errors of 1e-16 become 1e-8.
    assert distance == pytest.approx(symmetric_distance(real, samples), rel=1e-4)
    assert distance > 0


def test_clips_that_repeat_give_a_distance_all_the_same():
    """Elsewhere -1.9e28 (songweige/content-debiased-fvd#4), where the covariance of 2048 clips was singular."""
    few = features(30, 400, 0)
    real, samples = np.tile(few, (20, 1)), np.tile(features(30, 400, 1), (20, 1))
    shrink = 20 * 29 / 599  # the same scatter twenty times, over 599 instead of 29
    expected = frechet_distance(few * np.sqrt(shrink), features(30, 400, 1) * np.sqrt(shrink))
    mean_terms = ((few.mean(axis=0) - features(30, 400, 1).mean(axis=0)) ** 2).sum() * (1 - shrink)
    assert frechet_distance(real, samples) == pytest.approx(expected + mean_terms, rel=1e-9)


def test_features_that_never_change_and_sets_of_one_repeated_clip_are_no_special_case():
    """Elsewhere a negative number for sets of rank 1 (bioinf-jku/TTUR#43)."""
    real, samples = features(300, 20, 0), features(300, 20, 1)
    dead = np.zeros((300, 200))
    assert frechet_distance(np.hstack([real, dead]), np.hstack([samples, dead])) == pytest.approx(
        frechet_distance(real, samples), rel=1e-9
    )
    repeated_clip = np.tile(samples[:1], (300, 1))
    expected = ((real.mean(axis=0) - samples[0]) ** 2).sum() + trace(real)
    assert frechet_distance(real, repeated_clip) == pytest.approx(expected, rel=1e-9)


def test_of_independent_features_it_is_the_sum_over_features():
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(500, 6))
    orthogonal = np.linalg.qr(noise - noise.mean(axis=0))[0] * np.sqrt(499)  # covariance 1, mean 0
    means, spreads = rng.normal(size=(2, 6)), rng.random((2, 6)) + 0.5
    real, samples = orthogonal * spreads[0] + means[0], orthogonal * spreads[1] + means[1]
    expected = ((means[0] - means[1]) ** 2 + (spreads[0] - spreads[1]) ** 2).sum()
    assert frechet_distance(real, samples) == pytest.approx(expected, rel=1e-9)


def test_it_is_symmetric_and_invariant_under_rotation_and_shift_and_grows_with_the_square_of_the_unit():
    real, samples = features(100, 30, 0), features(80, 30, 1)
    distance = frechet_distance(real, samples)
    rotation = np.linalg.qr(np.random.default_rng(2).normal(size=(30, 30)))[0]
    assert frechet_distance(samples, real) == pytest.approx(distance, rel=1e-9)
    assert frechet_distance(real @ rotation + 1000, samples @ rotation + 1000) == pytest.approx(distance, rel=1e-6)
    assert frechet_distance(1e-7 * real, 1e-7 * samples) == pytest.approx(1e-14 * distance, rel=1e-9)
    assert frechet_distance(1e9 * real, 1e9 * samples) == pytest.approx(1e18 * distance, rel=1e-9)


def test_resamples_are_distances_of_sets_with_repeated_clips():
    real, samples = features(40, 5, 0), features(30, 5, 1)
    resamples = frechet_resamples(real, samples, None, seed=0, num_resamples=50)
    assert resamples.shape == (50,)
    assert resamples.mean() > frechet_distance(real, samples)  # fewer different clips, more bias
    rng = np.random.default_rng(7)
    draws = [(rng.integers(40, size=40), rng.integers(30, size=30)) for _ in range(200)]
    expected = [frechet_distance(real[i], samples[j]) for i, j in draws]
    assert resamples.mean() == pytest.approx(np.mean(expected), rel=0.15)
    assert resamples.std() == pytest.approx(np.std(expected), rel=0.4)


def test_two_equal_sets_are_not_resampled_alike():
    real = features(40, 5, 0)
    assert frechet_resamples(real, real, None, seed=0, num_resamples=20).min() > 1e-3 * trace(real)


def test_whole_groups_of_real_clips_are_resampled():
    real, samples = np.repeat(features(8, 5, 0), 10, axis=0), features(80, 5, 1)
    groups = [str(i // 10) for i in range(80)]
    alone = frechet_resamples(real, samples, None, seed=0, num_resamples=60)
    together = frechet_resamples(real, samples, groups, seed=0, num_resamples=60)
    assert together.std() > 1.5 * alone.std()


@pytest.mark.parametrize(
    ("real", "samples"),
    [
        (np.zeros((3, 2)), np.zeros((3, 4))),
        (np.zeros((1, 2)), np.zeros((3, 2))),
        (np.zeros(3), np.zeros(3)),
        (np.zeros((3, 0)), np.zeros((3, 0))),
        (np.zeros((3, 2)), np.full((3, 2), np.nan)),
    ],
)
def test_unusable_features_are_a_data_error(real, samples):
    with pytest.raises(DataError):
        frechet_distance(real, samples)
