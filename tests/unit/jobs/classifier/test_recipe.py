"""From options and catalogue to contract and configuration."""

import pytest

from reelwise.core.errors import UsageError
from reelwise.jobs.classifier.input_plan import Parts
from reelwise.jobs.classifier.recipe import Target, make_recipe, model_names, reading_only
from reelwise.jobs.runs.durations import parse_duration
from reelwise.jobs.runs.options import TrainOptions

SIDES = ("turn left", "turn right", "wave")
NO_SIDES = ("clap", "jump", "wave")


def recipe_of(labels=NO_SIDES, **options):
    parts = Parts((options.get("model", "cnn"),), ("frames",))
    return make_recipe(TrainOptions("clips", **options), parts, Target(labels), 40, None)


@pytest.mark.parametrize(
    ("flip", "labels", "mirrored"),
    [("auto", NO_SIDES, True), ("auto", SIDES, False), ("off", NO_SIDES, False), ("on", SIDES, True)],
)
def test_clips_are_mirrored_only_where_labels_allow(flip, labels, mirrored):
    recipe, why = recipe_of(labels, flip=flip)
    assert recipe.flip is mirrored
    assert recipe.contract.mirror_views is mirrored
    assert ("says a side" in why) == (labels is SIDES)


def test_options_reach_contract_and_configuration():
    recipe, _ = recipe_of(size=48, num_frames=6, frame_stride=2, epochs=7, batch_size=3, seed=5)
    assert recipe.contract.decode.size == 48
    assert recipe.contract.decode.max_frame_rate is None
    assert (recipe.contract.clip.num_frames, recipe.contract.clip.frame_stride) == (6, 2)
    assert 8 <= recipe.contract.clip.input_size <= 48
    assert (recipe.config.epochs, recipe.config.batch_size, recipe.config.seed) == (7, 3, 5)
    assert recipe.for_clips(9, 1, None, validated=True).epochs == 7


def test_a_refit_may_fix_its_epochs():
    recipe, _ = recipe_of()
    config = recipe.for_clips(40, 3, 60.0, validated=False, epochs=11)
    assert (config.epochs, config.seed, config.budget_seconds) == (11, 3, 60.0)
    assert config.patience is None


def test_the_models_clip_is_kept_when_starting_from_it():
    start, _ = recipe_of(size=64, num_frames=12)
    recipe, _ = make_recipe(
        TrainOptions("clips", size=32), Parts(("cnn",), ("frames",)), Target(("a", "b")), 40, start.contract
    )
    assert recipe.contract.clip == start.contract.clip
    assert recipe.contract.decode == start.contract.decode
    assert recipe.contract.labels == ("a", "b")


BOTH = Parts(("motion", "audio_lstm"), ("frames", "sound"), "gated")


def test_several_modalities_are_one_contract():
    recipe, _ = make_recipe(TrainOptions("clips"), BOTH, Target(NO_SIDES), 40, None)
    contract = recipe.contract
    assert recipe.name == "motion+audio_lstm"
    assert [encoder.architecture for encoder in contract.encoders] == ["audio_lstm"]
    assert contract.fusion == "gated"
    assert contract.answers == ("frames", "frames_2", "sound", "together")
    assert contract.sound.max_seconds == contract.clip.max_span_seconds
    assert recipe.config.several_answers
    assert recipe.config.mixup == 0
    assert recipe.hide > 0


@pytest.mark.parametrize(
    ("kept", "architecture", "separate"), [(("frames",), "motion", True), (("sound",), "audio_lstm", False)]
)
def test_one_part_alone_is_trained_as_that_model_always_is(kept, architecture, separate):
    recipe, _ = make_recipe(TrainOptions("clips"), BOTH, Target(NO_SIDES), 40, None)
    alone = reading_only(recipe, kept)
    assert alone.contract.architecture == architecture
    assert alone.contract.modalities == kept
    assert (alone.contract.encoders, alone.contract.fusion, alone.contract.answers) == ((), "", ())
    assert (alone.config.several_answers, alone.config.separate_streams, alone.hide) == (False, separate, 0.0)
    assert alone.contract.decode == recipe.contract.decode


def test_names_are_resolved_and_each_trained_once():
    assert model_names(TrainOptions("x", model="cnn, lstm,cnn:small"), 40, 3, None) == ["cnn", "lstm"]
    assert model_names(TrainOptions("x", model="auto"), 40, 3, recipe_of()[0].contract) == ["cnn"]
    with pytest.raises(UsageError, match="empty"):
        model_names(TrainOptions("x", model=" ,"), 40, 3, None)


@pytest.mark.parametrize(("text", "seconds"), [(None, None), ("90", 90), ("90s", 90), ("1.5m", 90), ("2H", 7200)])
def test_budgets(text, seconds):
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "0s", "-5m", "5 parsecs", "nan"])
def test_wrong_budgets(text):
    with pytest.raises(UsageError, match="--budget"):
        parse_duration(text)
