"""What a model that makes clips is trained with, before its data is read."""

from types import SimpleNamespace
from typing import Any

import pytest

from reelwise.core.errors import DataError, UsageError
from reelwise.jobs.generator.option_checks import check_options
from reelwise.jobs.generator.plan import plan_generators, with_labels
from reelwise.jobs.runs.options import TrainOptions
from reelwise.jobs.training_kinds import TRAINING_KINDS, training_kind
from reelwise.tasks.generation import generation_output


def test_the_task_alone_means_the_smallest_flowdit() -> None:
    options = TrainOptions("synthetic:moving_digit", task="generation")
    assert training_kind(options) is TRAINING_KINDS["clips"]
    plan = plan_generators(options)[0]
    assert plan.name == "flowdit:nano"
    assert (plan.window.num_frames, plan.contract.input.clip.input_size) == (8, 32)
    assert plan.contract.input.decode.fit == "crop"
    assert not plan.mirrors
    assert plan.config.ema is not None
    assert plan.config.ema_warmup


@pytest.mark.parametrize(("precision", "bfloat16"), [("bfloat16", True), ("float32", False)])
def test_the_precision_that_is_asked_for_is_trained_in(precision: str, bfloat16: bool) -> None:
    options = TrainOptions("synthetic:moving_digit", model="flowdit", precision=precision)
    check_options(options)
    assert plan_generators(options)[0].config.bfloat16 is bfloat16


def test_an_odd_number_of_frames_is_whole_in_the_window() -> None:
    with pytest.raises(UsageError, match="5 frames do not divide"):
        plan_generators(TrainOptions("synthetic:moving_digit", model="flowdit", num_frames=5))[0]
    plan = plan_generators(TrainOptions("synthetic:moving_digit", model="flowdit", num_frames=4, flip="on"))[0]
    assert plan.window.num_frames == 4
    assert plan.mirrors


def test_a_single_frame_is_refused() -> None:
    with pytest.raises(UsageError, match="does not move"):
        check_options(TrainOptions("synthetic:moving_digit", model="flowdit", num_frames=1))


def videos_of(labels: list[str], train: tuple[int, ...]) -> Any:
    """Videos with these classes, as far as a plan looks at them."""
    records = [SimpleNamespace(label=label, name=f"{number}.mp4") for number, label in enumerate(labels)]
    dataset = SimpleNamespace(records=records, root="clips")
    return SimpleNamespace(video_set=SimpleNamespace(dataset=dataset), split=SimpleNamespace(train=train))


def labels_of(labels: list[str], train: tuple[int, ...] = (0, 1)) -> tuple[str, ...]:
    plan = plan_generators(TrainOptions("clips", model="flowdit:nano"))[0]
    return generation_output(with_labels(plan, videos_of(labels, train)).contract).labels


def test_classes_are_those_of_the_videos_and_one_class_is_none() -> None:
    assert labels_of(["b", "a", "a"]) == ("a", "b")
    assert labels_of(["", "", ""]) == ()
    assert labels_of(["a", "a", "a"]) == ()


def test_a_video_without_class_and_a_class_without_training_video_are_refused_by_name() -> None:
    with pytest.raises(DataError, match=r"2\.mp4 has no class") as caught:
        labels_of(["a", "b", ""])
    assert "all into one folder" in caught.value.hint
    with pytest.raises(DataError, match="rare: no video of this class is for training") as caught:
        labels_of(["a", "a", "rare"])
    assert "Give more videos of it, or leave it out" in caught.value.hint
