"""Which clips are drawn to be judged."""

import numpy as np

from reelwise.jobs.generator.drawing import plan_drawing


def test_with_few_real_clips_a_hundred_are_drawn_for_the_score() -> None:
    plan = plan_drawing(3, np.array([0, 1, 2, 2]), 4)
    assert len(plan.targets) == plan.num_scored == len(plan.compared_rows) == 99
    assert plan.targets[:6].tolist() == [0, 1, 2, 0, 1, 2]


def test_with_enough_real_clips_classes_come_as_often_as_among_them() -> None:
    real_labels = np.repeat([0, 1, 2], [200, 55, 45])
    plan = plan_drawing(3, real_labels, 300)
    assert plan.num_scored == 99
    assert np.bincount(plan.targets[: plan.num_scored]).tolist() == [33, 33, 33]
    assert len(plan.compared_rows) == len(set(plan.compared_rows.tolist())) == 256
    assert np.bincount(plan.targets[plan.compared_rows]).tolist() == [171, 47, 38]
    assert len(plan.targets) == 171 + 47 + 38


def test_a_class_that_is_rare_among_real_clips_is_drawn_for_the_score_alone() -> None:
    plan = plan_drawing(2, np.repeat([0, 1], [390, 10]), 400)
    assert np.bincount(plan.targets).tolist() == [250, 50]
    assert np.bincount(plan.targets[plan.compared_rows]).tolist() == [250, 6]


def test_without_classes_all_are_compared_and_none_is_judged_by_class() -> None:
    for num_reals, num_clips in ((10, 100), (256, 256)):
        plan = plan_drawing(0, None, num_reals)
        assert plan.num_scored == 0
        assert plan.targets.tolist() == [-1] * num_clips
        assert len(plan.compared_rows) == num_clips
