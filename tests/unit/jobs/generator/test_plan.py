"""What a model that makes clips is trained with, before its data is read."""

import pytest

from reelwise.core.errors import UsageError
from reelwise.jobs.generator.option_checks import check_options
from reelwise.jobs.generator.plan import plan_generator
from reelwise.jobs.runs.options import TrainOptions
from reelwise.jobs.training_kinds import TRAINING_KINDS, training_kind


def test_the_task_alone_means_the_smallest_flowdit() -> None:
    options = TrainOptions("synthetic:moving_digit", task="generation")
    assert training_kind(options) is TRAINING_KINDS["clips"]
    plan = plan_generator(options)
    assert plan.name == "flowdit:nano"
    assert (plan.window.num_frames, plan.contract.input.clip.input_size) == (8, 32)
    assert plan.contract.input.decode.fit == "crop"
    assert not plan.mirrors
    assert plan.config.ema is not None
    assert plan.config.ema_warmup


def test_an_odd_number_of_frames_is_whole_in_the_window() -> None:
    with pytest.raises(UsageError, match="5 frames do not divide"):
        plan_generator(TrainOptions("synthetic:moving_digit", model="flowdit", num_frames=5))
    plan = plan_generator(TrainOptions("synthetic:moving_digit", model="flowdit", num_frames=4, flip="on"))
    assert plan.window.num_frames == 4
    assert plan.mirrors


def test_a_single_frame_is_refused() -> None:
    with pytest.raises(UsageError, match="does not move"):
        check_options(TrainOptions("synthetic:moving_digit", model="flowdit", num_frames=1))
