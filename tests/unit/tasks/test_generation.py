"""What a model of new clips is told by: share recognised, verdict, cautions."""

from typing import Any

import numpy as np
import pytest

from reelwise.core.errors import UsageError
from reelwise.evaluation.verdict import verdict
from reelwise.tasks import GENERATION, TASKS, find_any_task, read_metrics, task_of
from reelwise.tasks.generation import GenerationOutput
from reelwise.tasks.metrics import GenerationMetrics


def metrics(
    num_right: int, *, judge: float = 0.95, num_training_videos: int = 1000, **others: Any
) -> GenerationMetrics:
    """Of 20 clips of two classes, the first ones recognised; of noise, none is."""
    is_recognised = np.arange(20) < num_right
    fields = GENERATION.metrics(is_recognised, ["a", "b"] * 10, ["a", "b"])
    fields |= {"judge_accuracy": judge, "judge_accuracy_ci95": [judge, judge], "judge_num_clips": 40}
    noise = GENERATION.score_entry(np.zeros(20, bool)) | {"difference_ci95": [0.1, 0.9] if num_right else [-0.1, 0]}
    return GENERATION.metrics_type(
        {**fields, "num_training_videos": num_training_videos, "baselines": {"noise": noise}, **others}
    )


def test_the_share_recognised_of_all_and_of_each_class() -> None:
    read = read_metrics(metrics(11))
    assert type(read) is GENERATION.metrics_type
    assert task_of(read) is GENERATION
    assert read.class_accuracy == pytest.approx(0.55)
    low, high = read.class_accuracy_ci95
    assert low < 0.55 < high
    assert read.chance == 0.5
    assert read.per_class == {
        "a": {"class_accuracy": 0.6, "num_clips": 10}, "b": {"class_accuracy": 0.5, "num_clips": 10},
    }  # fmt: skip


def test_the_verdict_names_generated_and_real_clips_and_what_was_not_measured() -> None:
    text = verdict(metrics(11))
    assert "Shows the class that was wanted in 55 % of its clips" in text
    assert "right on 95 % of real test clips" in text
    assert "clearly beats the best simple rule (pure noise, 0 %)" in text
    assert "not measured" in text
    assert "says little" not in text
    assert "too small" not in text


def test_a_weak_judge_and_few_videos_are_said() -> None:
    assert "this score says little" in verdict(metrics(11, judge=0.5))
    assert "your data is too small for this (30 videos)" in verdict(metrics(11, num_training_videos=30))
    assert "do not rely on it yet" in verdict(metrics(0))


def test_it_is_found_by_name_and_takes_no_labels_of_videos() -> None:
    assert find_any_task("generation") is GENERATION
    assert GENERATION not in TASKS


@pytest.mark.parametrize(("labels", "rate"), [(("a", "a"), 15.0), (("a",), 0.0), ((), 2000.0)])
def test_an_output_that_makes_no_sense_is_refused(labels: tuple[str, ...], rate: float) -> None:
    with pytest.raises(UsageError):
        GenerationOutput(labels, rate)


def memory(share: float, *, is_likely: bool) -> dict[str, Any]:
    """Of repeated training clips."""
    ends = [share - 0.02, share + 0.02]
    return {
        "nearer_share": share, "nearer_share_ci95": ends, "is_likely": is_likely, "median_ratio": 0.4,
        "num_training": 50, "num_held_out": 80,
    }  # fmt: skip


def test_repeated_training_clips_are_said_and_where_nobody_knows() -> None:
    text = verdict(metrics(11, memorisation=memory(0.4, is_likely=True)))
    assert "40 % of the clips come nearer to a training clip" in text
    assert "it repeats training clips" in text
    assert "repeat" not in verdict(metrics(11, memorisation=memory(0.05, is_likely=False)))
    few = {"nearer_share": "too few", "num_training": 50, "num_held_out": 12}
    assert "is not known: 12 real test clips are too few" in verdict(metrics(11, memorisation=few))


def test_clips_that_are_alike_or_stand_still_are_said() -> None:
    poor, usual = {"generated": 1.0, "real": 3.0}, {"generated": 2.0, "real": 3.0}
    assert "much more alike" in verdict(metrics(11, diversity=poor, motion=usual))
    assert "move much less" in verdict(metrics(11, diversity=usual, motion=poor))
    text = verdict(metrics(11, diversity=usual, motion=usual))
    assert "alike" not in text
    assert "move" not in text
    assert "alike" not in verdict(metrics(11, diversity=None, motion=usual))


def test_a_set_farther_off_than_real_clips_that_were_spoilt_is_said() -> None:
    controls = {"copies": 0.1, "time_shuffled": 1.0, "blurred": 2.0, "noise": 9.0}
    refused = {"value": "refused", "controls": controls}
    far, between, near = ({"value": value, "controls": controls} for value in (3.0, 1.5, 0.5))
    text = verdict(metrics(11, distances={"kvd[self]": refused, "kvd[random]": far}))
    assert "than real clips with their frames out of order and blurred real clips (kvd[random])" in text
    text = verdict(metrics(11, distances={"kvd[self]": between}))
    assert "than real clips with their frames out of order (kvd[self])" in text
    assert "as a set" not in verdict(metrics(11, distances={"kvd[self]": near, "fvd[self]": far}))


def unlabelled_metrics(**others: Any) -> GenerationMetrics:
    """Of clips without classes."""
    entry = {"value": 1.5, "ci95": [1.0, 2.0], "floor": 0.0, "highest_floor": 0.1, "controls": {
        "copies": 0.1, "time_shuffled": 2.0, "blurred": 2.0, "noise": 9.0}}  # fmt: skip
    rule = {"kvd": 9.0, "difference_ci95": [-8.0, -7.0]}
    fields: dict[str, Any] = {
        "task": "generation", "num_videos": 256, "labels": [], "kvd": 1.5, "kvd_ci95": [1.0, 2.0],
        "num_training_videos": 300, "baselines": {"noise": rule}, "distances": {"kvd[random]": entry},
        "memorisation": memory(0.05, is_likely=False), "diversity": None, "motion": {"generated": 5.0, "real": 6.0},
    }  # fmt: skip
    return GENERATION.metrics_type({**fields, **others})


def test_without_classes_the_score_is_the_kernel_distance_or_none() -> None:
    scored = unlabelled_metrics()
    assert task_of(scored).score.name == "kvd"
    text = verdict(scored)
    assert "lie 1.5 from real test clips (kernel distance, likely between 1 and 2)" in text
    assert "two halves of the real ones 0.1 at most, and clearly beats" in text
    assert "pure noise, off by 9" in text
    few = {"kvd[random]": {"value": "too few", "why": "256 clips of each kind are needed"}}
    text = verdict(unlabelled_metrics(kvd=None, kvd_ci95=None, baselines={}, distances=few))
    assert text.startswith("These clips have no score, for want of classes and with too few clips (256 clips")


def test_real_clips_that_stand_still_are_said() -> None:
    still = {"generated": 0.0, "real": 0.1}
    assert "nothing moves in the real test clips" in verdict(metrics(11, motion=still))


def test_shapes_that_vanish_or_move_unevenly_are_said() -> None:
    real = {"presence": 0.9, "unevenness": 0.2}

    def cautions(presence: float, unevenness: float) -> str:
        physics = {"generated": {"presence": presence, "unevenness": unevenness}, "real": real}
        return verdict(metrics(11, physics=physics))

    assert "shapes" not in cautions(0.85, 0.22)
    assert "shapes vanish, where real ones do not" in cautions(0.5, 0.2)
    assert "shapes vanish and move less evenly, where real ones do not" in cautions(0.5, 0.5)


def test_real_clips_that_were_learned_from_are_said() -> None:
    text = verdict(metrics(11, learned_from=3, num_real_videos=8))
    assert "trained on 3 of the 8 real videos beside its clips" in text
    assert "says nothing" not in text
