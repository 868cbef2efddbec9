"""Memorised clips: copies are seen, new clips are not called copies."""

import numpy as np
import pytest

from reelwise.core.errors import DataError
from reelwise.metrics.memorisation import QUANTILE, Memorisation, memorisation
from reelwise.metrics.set_distances import TooFewClips


def features(num_clips: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(num_clips, 8))


def compare(samples: np.ndarray, num_held_out: int = 200, seed: int = 0) -> Memorisation:
    result = memorisation(samples, features(300, 0), features(num_held_out, 1), seed=seed)
    assert isinstance(result, Memorisation)
    return result


def test_copies_are_memorised_and_their_training_clips_are_named():
    numbers = np.random.default_rng(2).integers(300, size=100)
    result = compare(features(300, 0)[numbers])
    assert result.samples.indices.tolist() == numbers.tolist()
    assert result.samples.distances.max() == 0
    assert result.nearer_share == 1.0
    assert result.is_likely
    assert result.median_ratio == 0


def test_new_clips_lie_below_the_threshold_about_as_often_as_held_out_ones():
    result = compare(features(1000, 3), num_held_out=1000)
    assert result.nearer_share == pytest.approx(QUANTILE, abs=0.03)
    assert result.nearer_share in result.nearer_share_ci95
    assert not result.is_likely
    assert result.median_ratio == pytest.approx(1.0, abs=0.05)
    assert (result.held_out.distances < result.threshold).mean() == pytest.approx(QUANTILE, abs=1e-3)


def test_one_copy_in_five_among_new_clips_is_seen():
    samples = np.concatenate([features(300, 0)[:60] + 0.05, features(240, 3)])
    result = compare(samples)
    assert 0.2 <= result.nearer_share < 0.35
    assert result.is_likely


def test_new_clips_are_seldom_called_memorised():
    false_alarms = 0
    for i in range(60):
        result = memorisation(features(100, 100 + i), features(100, 300 + i), features(60, 500 + i), seed=i)
        assert isinstance(result, Memorisation)
        false_alarms += result.is_likely
    assert false_alarms <= 6


def test_groups_of_held_out_clips_widen_the_interval():
    held_out = np.repeat(features(12, 1), 10, axis=0) + 0.01 * features(120, 4)
    groups = [str(i // 10) for i in range(120)]
    alone = memorisation(features(200, 3), features(300, 0), held_out)
    together = memorisation(features(200, 3), features(300, 0), held_out, groups)
    assert isinstance(alone, Memorisation)
    assert isinstance(together, Memorisation)
    assert alone.nearer_share == together.nearer_share
    widths = [m.nearer_share_ci95.high - m.nearer_share_ci95.low for m in (alone, together)]
    assert widths[1] > 1.3 * widths[0]


def test_frames_may_stand_in_the_place_of_features():
    train = np.random.default_rng(0).integers(0, 256, (80, 2, 4, 4, 3), np.uint8)
    held_out = np.random.default_rng(1).integers(0, 256, (80, 2, 4, 4, 3), np.uint8)
    result = memorisation(train[:20], train, held_out)
    assert isinstance(result, Memorisation)
    assert result.is_likely


def test_samples_far_from_all_training_clips_have_a_share_of_0_for_certain():
    result = compare(features(100, 3) + 50)
    assert result.nearer_share_ci95.as_list() == [0.0, 0.0]


def test_few_held_out_clips_have_no_comparison():
    assert memorisation(features(9, 0), features(9, 1), features(59, 2)) == TooFewClips(59, 60)


def test_a_ratio_to_held_out_clips_that_are_copies_themselves_is_absent():
    train = features(100, 0)
    result = memorisation(train[:50], train, train)
    assert isinstance(result, Memorisation)
    assert result.median_ratio is None
    assert result.nearer_share == 0  # none lies nearer than 0


def test_the_same_seed_gives_the_same_interval():
    samples = features(100, 3)
    assert compare(samples, seed=1).nearer_share_ci95 == compare(samples, seed=1).nearer_share_ci95
    assert compare(samples, seed=1).nearer_share_ci95 != compare(samples, seed=2).nearer_share_ci95


def test_shapes_that_do_not_match_are_a_data_error():
    with pytest.raises(DataError):
        memorisation(features(9, 0)[:, :4], features(9, 1), features(70, 2))
