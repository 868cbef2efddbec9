"""Which job a command asks for, and which options it has no use for: said by name, before anything is made."""

from pathlib import Path

import pytest

from reelwise.core.errors import DataError, UsageError
from reelwise.jobs.clips.option_checks import check_clip_evaluation
from reelwise.jobs.predictor.option_checks import USABLE, check_options
from reelwise.jobs.runs.options import EvaluateOptions, TrainOptions
from reelwise.jobs.training_kinds import TRAINING_KINDS, training_kind
from reelwise.models.catalogue import CATALOG
from reelwise.tasks import all_tasks

DATA = "synthetic:moving_digits"


@pytest.mark.parametrize(
    ("options", "flag"),
    [
        ({"folds": 4}, "--folds"), ({"modalities": "sound"}, "--modalities"), ({"label_from": "a"}, "--label-from"),
        ({"ablate": "retrain"}, "--ablate"), ({"no_refit": True}, "--no-refit"), ({"fusion": "gated"}, "--fusion"),
        ({"extractor_weights": Path("x")}, "--extractor-weights"),
    ],
)  # fmt: skip
def test_options_without_sense_are_refused_by_name(options, flag):
    with pytest.raises(UsageError, match=f"^{flag} makes no sense for models that predict frames") as caught:
        check_options(TrainOptions(DATA, **options))
    assert caught.value.hint == "Leave it out."


def test_every_usable_option_is_one():
    fields = set(TrainOptions.__dataclass_fields__)
    assert set(USABLE) <= fields
    check_options(TrainOptions(DATA, num_frames=4, num_targets=6, frame_stride=1, flip="on", budget="5m", size=64))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"num_targets": 0}, "--num-targets is 0, expected 1 to 255"), ({"flip": "maybe"}, "--flip is 'maybe'"),
        ({"precision": "half"}, "--precision is 'half'"), ({"budget": "soon"}, "--budget is 'soon'"),
    ],
)  # fmt: skip
def test_values_out_of_range_are_refused(options, message):
    with pytest.raises(UsageError, match=message):
        check_options(TrainOptions(DATA, **options))


def test_data_and_splits_that_are_not_there_are_refused(tmp_path):
    with pytest.raises(DataError, match="no such file or folder"):
        check_options(TrainOptions(str(tmp_path / "clips")))
    with pytest.raises(DataError, match="no such file"):
        check_options(TrainOptions(DATA, splits=tmp_path / "splits.csv"))
    with pytest.raises(DataError, match="is a folder, expected a file"):
        check_options(TrainOptions(DATA, splits=tmp_path))


def test_an_evaluation_has_no_views_and_no_labels():
    with pytest.raises(UsageError, match="--views makes no sense for models that predict frames"):
        check_clip_evaluation(EvaluateOptions(Path("m"), DATA, views=3), "models that predict frames")
    check_clip_evaluation(EvaluateOptions(Path("m"), DATA, group="person", threads=1), "models that predict frames")


def test_frames_are_not_judged_by_features_of_clips():
    options = EvaluateOptions(Path("m"), DATA, fvd_features="i3d:x.pt")
    with pytest.raises(UsageError, match="--fvd-features makes no sense for models that predict frames"):
        check_clip_evaluation(options, "models that predict frames")
    check_clip_evaluation(options, "models that make clips", ("fvd_features",))


def test_the_job_follows_from_models_and_task():
    labels, frames = TRAINING_KINDS["labels"], TRAINING_KINDS["frames"]
    assert training_kind(TrainOptions(DATA)) is labels
    assert training_kind(TrainOptions(DATA, model="auto,cnn", task="regression")) is labels
    assert training_kind(TrainOptions(DATA, task="prediction")) is frames
    with pytest.raises(UsageError, match="--task prediction gives frames, but --model cnn gives labels"):
        training_kind(TrainOptions(DATA, model="cnn", task="prediction"))
    with pytest.raises(UsageError, match=r"--task is 'next', expected auto, classification.* prediction"):
        training_kind(TrainOptions(DATA, task="next"))


def test_every_entry_and_task_has_a_job():
    assert {entry.gives for entry in CATALOG} | {task.output_type.gives for task in all_tasks()} <= set(TRAINING_KINDS)
    assert all(callable(kind.train()) for kind in TRAINING_KINDS.values())


def test_labels_have_no_targets():
    with pytest.raises(UsageError, match="--num-targets makes no sense for models of labels"):
        TRAINING_KINDS["labels"].check_options(TrainOptions("synthetic:motion", num_targets=3))
