"""Motion is what changes within a shot; a card between two scenes is none."""

import numpy as np
import pytest
from made_up_films import film, print_of, scene

from reelwise.analysis.similarity.agreement import (
    agreement_along,
    changes_of,
    correlation,
    quick_changes_of,
    segments_of,
    shots_of,
    weakest_part,
)

RNG = np.random.default_rng(0)
WAYS = np.cumsum(RNG.normal(size=(100, 64)), 0).astype(np.float32)
CARD = np.repeat(scene(20, np.zeros(1)), 50, 0)


def test_shots_end_at_cuts():
    made = print_of(np.concatenate([film((1, 0, 2)), CARD, film((2, 0, 3))]))
    assert np.flatnonzero(np.diff(made.shots)).tolist() == [49, 99]


def test_quick_cuts_in_a_row_are_one_shot():
    made = print_of(np.concatenate([film((1, 0, 2)), *(film((seed, 0, 0.2)) for seed in range(3, 9)), film((2, 0, 2))]))
    assert np.flatnonzero(np.diff(made.shots)).tolist() == [49, 79]


def test_a_video_of_one_frame_is_one_shot():
    assert shots_of(np.ones((1, 64)), np.zeros(1)).tolist() == [0]


def test_from_a_scene_to_a_card_is_no_change():
    values = print_of(np.concatenate([CARD, CARD[:, ::-1], CARD])).descriptors[0].astype(np.float32)
    segments = np.array([0, 50, 100])
    assert np.abs(changes_of(values, segments)).max() < 1e-3 < np.abs(changes_of(values, np.array([0]))).max()
    assert np.abs(quick_changes_of(values, segments, 10)).max() < 1e-3


def test_slow_changes_are_no_quick_ones():
    values = np.linspace(0, 1, 100)[:, None] * np.ones((1, 64), np.float32) + 1
    assert np.abs(quick_changes_of(values, np.array([0]), 5)[5:-5]).max() < 1e-5


def test_segments_start_where_the_shot_changes():
    assert segments_of(np.array([3, 3, 4, 4, 4, 7])).tolist() == [0, 2, 5]


def test_the_weakest_third_counts_where_it_moves():
    other = WAYS.copy()
    other[70:] = RNG.normal(size=(30, 64))
    changes = [changes_of(one, np.array([0])) for one in (WAYS, other)]
    assert weakest_part(*changes, np.full(100, 5.0)) < 0.5
    assert weakest_part(*changes, np.zeros(100)) == 1
    assert correlation(changes[0], changes[0]) == pytest.approx(1)


def test_agreement_ends_where_motion_differs_and_is_unknown_where_nothing_moves():
    other = WAYS.copy()
    other[50:] = RNG.normal(size=(50, 64))
    along = agreement_along(*(quick_changes_of(one, np.array([0]), 5) for one in (WAYS, other)), np.full(100, 5.0), 5)
    assert along[:40].min() > 0.99
    assert np.abs(along[60:]).max() < 0.5
    assert np.isnan(agreement_along(WAYS, WAYS, np.zeros(100), 5)).all()
