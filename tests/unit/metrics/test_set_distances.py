"""Distances of sets as they are reported: number or "too few", interval, and the floor of real against real."""

import numpy as np
import pytest

from reelwise.metrics.set_distances import (
    FRECHET,
    KERNEL,
    MIN_CLIPS,
    NUM_HALVES,
    DistanceKind,
    SetDistance,
    TooFewClips,
    real_floor,
    set_distance,
)

KINDS = pytest.mark.parametrize("kind", [FRECHET, KERNEL], ids=lambda kind: kind.name)


def features(num_clips: int, seed: int, shift: float = 0.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(num_clips, 8)) + shift


@KINDS
def test_samples_of_the_real_distribution_score_near_the_floor_and_others_far_above(kind):
    real = features(400, 0)
    near, far = set_distance(kind, real, features(300, 1)), set_distance(kind, real, features(300, 1, shift=0.5))
    assert isinstance(near, SetDistance)
    assert isinstance(far, SetDistance)
    assert near.value < 2 * near.floor.highest
    assert far.value > 5 * far.floor.highest
    assert far.ci95.low > near.ci95.high
    assert near.value in near.ci95
    assert (far.name, far.num_reals, far.num_samples) == (kind.name, 400, 300)


@KINDS
def test_fewer_than_256_clips_of_either_set_have_no_number(kind):
    enough, few = features(MIN_CLIPS, 0), features(MIN_CLIPS - 1, 1)
    assert set_distance(kind, enough, few) == TooFewClips(255, 256)
    assert set_distance(kind, few, enough) == TooFewClips(255, 256)
    assert isinstance(set_distance(kind, enough, features(MIN_CLIPS, 1)), SetDistance)


@KINDS
def test_the_same_seed_gives_the_same_numbers_and_another_other_ones(kind):
    real, samples = features(260, 0), features(256, 1)
    assert set_distance(kind, real, samples, seed=3) == set_distance(kind, real, samples, seed=3)
    first, second = set_distance(kind, real, samples, seed=3), set_distance(kind, real, samples, seed=4)
    assert isinstance(first, SetDistance)
    assert isinstance(second, SetDistance)
    assert first.value == second.value
    assert first.ci95 != second.ci95
    assert first.floor != second.floor


def test_a_frechet_interval_holds_no_negative_distance_and_its_own_value_in_spite_of_the_bias():
    real = features(256, 0)
    distance = set_distance(FRECHET, real, real)
    assert isinstance(distance, SetDistance)
    assert 0 <= distance.ci95.low <= distance.value <= distance.ci95.high


def test_about_95_of_100_kernel_intervals_contain_the_true_distance():
    kind = DistanceKind("kvd", KERNEL.distance, KERNEL.resamples, num_resamples=300, lowest=-np.inf)
    true_distance = np.mean([KERNEL.distance(features(800, i), features(800, 900 + i, shift=0.3)) for i in range(30)])
    num_covering = 0
    for i in range(60):
        distance = set_distance(kind, features(256, 2000 + i), features(256, 3000 + i, shift=0.3), seed=i)
        assert isinstance(distance, SetDistance)
        num_covering += true_distance in distance.ci95
    assert 51 <= num_covering <= 60


def halves_of(real: np.ndarray, groups: list[str] | None) -> list[tuple[np.ndarray, np.ndarray]]:
    halves: list[tuple[np.ndarray, np.ndarray]] = []

    def distance(first: np.ndarray, second: np.ndarray) -> float:
        halves.append((first[:, 0], second[:, 0]))
        return float(len(halves))

    floor = real_floor(DistanceKind("test", distance, KERNEL.resamples, 1, 0.0), real, groups, seed=0)
    assert (floor.mean, floor.highest) == ((1 + NUM_HALVES) / 2, NUM_HALVES)
    return halves


def test_the_floor_halves_the_real_clips_anew_each_time():
    halves = halves_of(np.arange(31.0)[:, None], None)
    assert all(abs(len(first) - len(second)) == 1 for first, second in halves)
    assert all(sorted([*first, *second]) == list(range(31)) for first, second in halves)
    assert len({tuple(first) for first, _ in halves}) == NUM_HALVES


def test_a_group_is_not_torn_apart_and_the_halves_stay_about_equal():
    groups = [str(i % 9) for i in range(63)]
    for first, second in halves_of(np.arange(63.0)[:, None], groups):
        assert not {groups[int(i)] for i in first} & {groups[int(i)] for i in second}
        assert abs(len(first) - len(second)) <= 7


@pytest.mark.parametrize("groups", [["a", "b"] * 30, ["a"] * 50 + [str(i) for i in range(10)]])
def test_few_groups_or_one_that_is_most_of_the_set_are_torn_apart(groups):
    for first, second in halves_of(np.arange(60.0)[:, None], groups):
        assert len(first) == len(second) == 30
        assert {groups[int(i)] for i in first} & {groups[int(i)] for i in second}
