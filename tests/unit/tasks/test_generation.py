"""What a model of new clips is told by: share recognised, verdict, cautions."""

import numpy as np
import pytest

from reelwise.core.errors import UsageError
from reelwise.evaluation.verdict import verdict
from reelwise.tasks import GENERATION, TASKS, find_any_task, read_metrics, task_of
from reelwise.tasks.generation import GenerationOutput
from reelwise.tasks.metrics import GenerationMetrics


def metrics(num_right: int, *, judge: float = 0.95, num_training_videos: int = 1000) -> GenerationMetrics:
    """Of 20 clips of two classes, the first ones recognised; of noise, none is."""
    is_recognised = np.arange(20) < num_right
    fields = GENERATION.metrics(is_recognised, ["a", "b"] * 10, ["a", "b"], 0)
    fields |= {"judge_accuracy": judge, "judge_accuracy_ci95": [judge, judge], "judge_num_clips": 40}
    noise = GENERATION.score_entry(np.zeros(20, bool), 0) | {"difference_ci95": [0.1, 0.9] if num_right else [-0.1, 0]}
    return GENERATION.metrics_type(
        {**fields, "num_training_videos": num_training_videos, "baselines": {"noise": noise}}
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
    assert "in 55 % of the generated clips" in text
    assert "95 % of the real test clips" in text
    assert "clearly beats the best simple rule (pure noise, 0 %)" in text
    assert "not measured" in text
    assert "says little" not in text
    assert "little for new clips" not in text


def test_a_weak_judge_and_few_videos_are_said() -> None:
    assert "this score says little" in verdict(metrics(11, judge=0.5))
    assert "30 videos to learn from is little" in verdict(metrics(11, num_training_videos=30))
    assert "do not rely on it yet" in verdict(metrics(0))


def test_it_is_found_by_name_and_takes_no_labels_of_videos() -> None:
    assert find_any_task("generation") is GENERATION
    assert GENERATION not in TASKS


@pytest.mark.parametrize(("labels", "rate"), [(("a", "a"), 15.0), (("a",), 0.0), ((), 2000.0)])
def test_an_output_that_makes_no_sense_is_refused(labels: tuple[str, ...], rate: float) -> None:
    with pytest.raises(UsageError):
        GenerationOutput(labels, rate)
