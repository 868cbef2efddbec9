"""Asked of made-up features: column 0 turns round in the mirror, column 1 does not, the others are noise."""

import numpy as np
import pytest

from reelwise.evaluation import mirror_trial
from reelwise.evaluation.linear_classifier import inner_folds
from reelwise.evaluation.mirror_trial import MirrorFeatures, MirrorTrial, try_mirror

TURNS = np.array([-1.0, 1, 1, 1, 1, 1])


def trial_of(clues, y, labels, task="classification", groups=None):
    """Ask about videos whose first two columns are the given clues."""
    rng = np.random.default_rng(0)
    columns = np.concatenate([clues, np.zeros((len(clues), 4))], axis=1) + 0.3 * rng.normal(size=(len(clues), 6))
    columns = columns.astype(np.float32)
    noise = rng.normal(size=columns.shape).astype(np.float32)
    features = MirrorFeatures((columns, noise), ((columns * TURNS).astype(np.float32), noise))
    return try_mirror(features, np.asarray(y), labels, groups, 0, task)


def clues_of(turning, lasting):
    return np.stack([turning, lasting], axis=1).astype(float)


Y = np.arange(40) % 4


def test_classes_that_differ_by_direction_alone_are_not_mirrored():
    sign = 2 * (Y % 2) - 1
    trial = trial_of(clues_of(sign, 0 * sign), Y % 2, ("arrival", "departure"))
    assert trial.is_learned
    assert trial.share_kept < 0
    assert not trial.keeps_labels
    assert trial.labels_lost == ("arrival", "departure")
    assert "no longer show 'arrival' and 'departure'" in trial.sentence


def test_classes_that_a_mirror_does_not_change_are_mirrored():
    sign = 2 * (Y % 2) - 1
    trial = trial_of(clues_of(0 * sign, sign), Y % 2, ("wave", "clap"))
    assert trial.keeps_labels
    assert trial.share_kept == pytest.approx(1, abs=0.1)
    assert trial.sentence == ("in the mirror, 40 held-out training videos keep 100 % of what was learned about them")


def test_two_directions_among_many_classes_are_enough():
    y = np.arange(120) % 12
    side = np.where(y == 0, 1, np.where(y == 1, -1, 0))
    rng = np.random.default_rng(3)
    others = 2.0 * rng.normal(size=(12, 12))[y] * (side == 0)[:, None]
    columns = np.concatenate([2.0 * side[:, None], others], axis=1) + 0.2 * rng.normal(size=(120, 13))
    in_mirror = columns * np.array([-1.0] + [1] * 12)
    features = MirrorFeatures((columns.astype(np.float32),), (in_mirror.astype(np.float32),))
    labels = ("forehand", "backhand", *(f"class {i}" for i in range(2, 12)))
    trial = try_mirror(features, y, labels, None, 0, "classification")
    assert trial.share_kept > mirror_trial.LEAST_KEPT
    assert trial.labels_lost == ("forehand", "backhand")
    assert not trial.keeps_labels


def test_what_was_not_learned_is_no_yes():
    rng = np.random.default_rng(1)
    trial = trial_of(0.1 * rng.normal(size=(40, 2)), Y % 2, ("a", "b"))
    assert not trial.is_learned
    assert not trial.keeps_labels
    assert "too little was learned" in trial.sentence


@pytest.mark.parametrize(("turning", "mirrors"), [(True, False), (False, True)])
def test_numbers_are_asked_too(turning, mirrors):
    value = np.linspace(-3, 3, 40)
    clues = clues_of(value, 0 * value) if turning else clues_of(0 * value, value)
    trial = trial_of(clues, 100 + 7 * value, ("velocity_x",), "regression")
    assert trial.is_learned
    assert trial.keeps_labels is mirrors


@pytest.mark.parametrize(("turning", "mirrors"), [(True, False), (False, True)])
def test_one_label_of_several_is_asked_by_itself(turning, mirrors):
    first, second = 2 * (Y % 2) - 1, 2 * (Y // 2) - 1
    y = np.stack([first > 0, second > 0], axis=1).astype(np.float32)
    clues = clues_of(first if turning else 0 * first, second)
    trial = trial_of(3 * clues, y, ("leaving", "running"), "multilabel")
    assert trial.is_learned
    assert trial.keeps_labels is mirrors
    assert trial.labels_lost == (("leaving",) if turning else ())


def test_videos_of_one_unit_stay_together(monkeypatch):
    seen = []

    def record(strata, codes, seed):
        seen.append(codes)
        return inner_folds(strata, codes, seed)

    monkeypatch.setattr(mirror_trial, "inner_folds", record)
    sign = 2 * (Y % 2) - 1
    trial_of(clues_of(sign, sign), Y % 2, ("a", "b"), groups=[f"day {i // 10}" for i in range(40)])
    (codes,) = seen
    assert len(set(codes)) == 4


@pytest.mark.parametrize(("y", "groups"), [([0, 1], ["a", "a"]), ([0, 0, 0], None), ([0], None)])
def test_too_few_to_ask(y, groups):
    trial = trial_of(np.zeros((len(y), 2)), y, ("a", "b"), groups=groups)
    assert trial == MirrorTrial()
    assert not trial.keeps_labels
