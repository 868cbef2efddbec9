"""Generated clips beside real ones as a set."""

from typing import Any

import numpy as np
import pytest

from reelwise.jobs.generator.set_comparison import (
    ComparedSets,
    distance_entries,
    diversity,
    memorisation_entry,
    motion,
    rule_entry,
)
from reelwise.metrics.memorisation import memorisation

NUM = 256


def sets(*, shuffled_by: float, samples_by: float = 1.0, num: int = NUM) -> ComparedSets:
    """Normal features of eight directions; sets lie so far from real ones in the first of them."""
    rng = np.random.default_rng(0)

    def features(distance: float) -> np.ndarray:
        values = rng.standard_normal((num, 8))
        values[:, 0] += distance
        return values

    controls = {"copies": 0.0, "time_shuffled": shuffled_by, "blurred": 3.0, "noise": 6.0}
    return ComparedSets(
        features(0),
        features(samples_by),
        {name: features(by) for name, by in controls.items()},
        [f"video {i}" for i in range(num)],
    )


def test_a_distance_has_its_floor_interval_and_controls() -> None:
    entries = distance_entries("self", sets(shuffled_by=2.0), seed=0)
    assert list(entries) == ["kvd[self]", "fvd[self]"]
    for entry in entries.values():
        value: Any = entry["value"]
        low, high = entry["ci95"]
        assert low < value < high
        assert entry["floor"] <= entry["highest_floor"] < value
        controls = entry["controls"]
        assert controls["copies"] < value < controls["time_shuffled"] < controls["blurred"] < controls["noise"]
        assert (entry["num_real"], entry["num_generated"]) == (NUM, NUM)


def test_features_that_do_not_see_the_order_of_frames_are_refused() -> None:
    for entry in distance_entries("self", sets(shuffled_by=0.0), seed=0).values():
        assert entry["value"] == "refused"
        assert "it does not see movement here" in entry["why"]
        assert "ci95" not in entry
        assert entry["controls"]["blurred"] > entry["highest_floor"]


def test_too_few_clips_have_words_in_the_place_of_a_number() -> None:
    for entry in distance_entries("self", sets(shuffled_by=2.0, num=255), seed=0).values():
        assert entry["value"] == "too few"
        assert "256" in entry["why"]
        assert (entry["num_real"], entry["num_generated"]) == (255, 255)
        assert "controls" not in entry


def test_diversity_is_taken_within_classes_that_both_sets_have_twice() -> None:
    samples, labels = np.array([[0.0], [1.0], [50.0], [50.0], [7.0]]), np.array([0, 0, 1, 1, 2])
    real, real_labels = np.array([[0.0], [3.0], [90.0], [91.0], [5.0], [9.0]]), np.array([0, 0, 1, 1, 2, 2])
    assert diversity(samples, labels, real, real_labels) == {"generated": 0.5, "real": 2.0}
    assert diversity(samples[::2], labels[::2], real, real_labels) is None


def test_motion_is_the_mean_change_in_grey_levels() -> None:
    still = np.full((2, 3, 4, 4, 3), 200, np.uint8)
    moving = still.copy()
    moving[:, 1] = 190
    assert motion(still, moving) == {"generated": 0.0, "real": pytest.approx(10)}


def test_repetition_has_its_counts_and_words_where_clips_are_too_few() -> None:
    rng = np.random.default_rng(0)
    train, held_out = rng.normal(size=(50, 4)), rng.normal(size=(60, 4))
    entry = memorisation_entry(memorisation(train + 1e-4, train, held_out), 50, 60)
    assert entry["nearer_share"] == 1
    assert entry["is_likely"]
    assert (entry["num_training"], entry["num_held_out"]) == (50, 60)
    assert memorisation_entry(memorisation(train, train, held_out[:9]), 50, 9) == {
        "nearer_share": "too few", "num_training": 50, "num_held_out": 9,
    }  # fmt: skip


def test_a_rule_that_is_farther_off_has_a_difference_below_zero() -> None:
    compared = sets(shuffled_by=2.0)
    entry = rule_entry(compared, compared.controls["noise"], seed=0)
    low, high = entry["difference_ci95"]
    assert entry["kvd"] > 0
    assert low < high < 0
    low, high = rule_entry(compared, compared.samples, seed=0)["difference_ci95"]
    assert low == high == 0
