"""From options and catalogue to contract and configuration."""

import pytest

from reelwise.core.errors import UsageError
from reelwise.jobs.classifier import training_plan
from reelwise.jobs.classifier.inputs import InputPlan
from reelwise.jobs.classifier.model_request import ModelRequest, model_request
from reelwise.jobs.classifier.training_plan import Target, plan_for_modalities, plan_training, resolve_model_names
from reelwise.jobs.runs.durations import parse_duration
from reelwise.jobs.runs.options import TrainOptions

SIDES = ("turn left", "turn right", "wave")
NO_SIDES = ("clap", "jump", "wave")


@pytest.fixture(scope="module", autouse=True)
def small_cnn() -> None:
    """Here the networks are those of the catalogue: their cost decides on the precision."""


def plan_of(labels=NO_SIDES, **options):
    return plan_training(ModelRequest(**options), InputPlan(("cnn",), ("frames",)), Target(labels), 40)


@pytest.mark.parametrize(
    ("flip", "labels", "mirrors", "asks"),
    [
        ("auto", NO_SIDES, False, True),
        ("auto", SIDES, False, False),
        ("off", NO_SIDES, False, False),
        ("on", SIDES, True, False),
    ],
)
def test_option_and_labels_decide_on_mirroring_or_leave_it_to_the_videos(flip, labels, mirrors, asks):
    plan, note = plan_of(labels, flip=flip)
    assert plan.flip is plan.contract.input.mirror_views is mirrors
    assert plan.asks_mirror is asks
    assert ("names a side" in note) == (labels is SIDES)


def test_options_reach_contract_and_configuration():
    plan, _ = plan_of(size=48, num_frames=6, frame_stride=2, epochs=7, batch_size=3, seed=5)
    assert plan.contract.input.decode.size == 48
    assert plan.contract.input.decode.max_frame_rate is None
    assert (plan.contract.input.clip.num_frames, plan.contract.input.clip.frame_stride) == (6, 2)
    assert 8 <= plan.contract.input.clip.input_size <= 48
    assert (plan.config.epochs, plan.config.batch_size, plan.config.seed) == (7, 3, 5)
    assert plan.config_for(9, 1, None, has_validation=True).epochs == 7


def test_a_refit_may_fix_its_epochs():
    plan, _ = plan_of()
    config = plan.config_for(40, 3, 60.0, has_validation=False, epochs=11)
    assert (config.epochs, config.seed, config.budget_seconds) == (11, 3, 60.0)
    assert config.patience is None


def test_the_models_clip_is_kept_when_starting_from_it():
    start, _ = plan_of(size=64, num_frames=12)
    plan, _ = plan_training(
        ModelRequest(size=32, start=start.contract), InputPlan(("cnn",), ("frames",)), Target(("a", "b")), 40
    )
    assert plan.contract.input.clip == start.contract.input.clip
    assert plan.contract.input.decode == start.contract.input.decode
    assert plan.contract.labels == ("a", "b")


BOTH = InputPlan(("motion", "audio_lstm"), ("frames", "sound"), "gated")


def test_several_modalities_are_one_contract():
    plan, _ = plan_training(ModelRequest(), BOTH, Target(NO_SIDES), 40)
    contract = plan.contract
    assert plan.name == "motion+audio_lstm"
    assert [encoder.architecture for encoder in contract.network.encoders] == ["motion", "audio_lstm"]
    assert contract.network.fusion == "gated"
    assert contract.network.head_names == ("frames", "frames_2", "sound", "together")
    assert contract.input.sound.max_seconds == contract.input.clip.max_span_seconds
    assert plan.objective.several_heads
    assert plan.config.mixup == 0
    assert plan.modality_dropout > 0


@pytest.mark.parametrize(
    ("modalities", "architecture", "separate"), [(("frames",), "motion", True), (("sound",), "audio_lstm", False)]
)
def test_one_modality_alone_is_trained_as_that_model_always_is(modalities, architecture, separate):
    plan, _ = plan_training(ModelRequest(), BOTH, Target(NO_SIDES), 40)
    alone = plan_for_modalities(plan, modalities)
    assert alone.contract.network.first.architecture == architecture
    assert alone.contract.modalities == modalities
    assert len(alone.contract.network.encoders) == 1
    assert (alone.contract.network.fusion, alone.contract.network.head_names) == ("", ())
    assert (alone.objective.several_heads, alone.objective.separate_streams, alone.modality_dropout) == (
        False,
        separate,
        0.0,
    )
    assert alone.contract.input.decode == plan.contract.input.decode


def test_names_are_resolved_and_each_trained_once():
    assert resolve_model_names(ModelRequest(("cnn", "lstm", "cnn:small")), 40, 3) == ["cnn", "lstm"]
    assert resolve_model_names(ModelRequest(("auto",), start=plan_of()[0].contract), 40, 3) == ["cnn"]
    with pytest.raises(UsageError, match="empty"):
        model_request(TrainOptions("x", model=" ,"))


@pytest.mark.parametrize(("text", "seconds"), [(None, None), ("90", 90), ("90s", 90), ("1.5m", 90), ("2H", 7200)])
def test_budgets(text, seconds):
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "0s", "-5m", "5 parsecs", "nan"])
def test_wrong_budgets(text):
    with pytest.raises(UsageError, match="--budget"):
        parse_duration(text)


def test_auto_takes_bfloat16_for_large_networks_but_not_for_a_frozen_extractor(monkeypatch):
    monkeypatch.setattr(training_plan, "bfloat16_pays", lambda multiply_adds: multiply_adds > 5e7)

    def precision_of(name, **options):
        request = ModelRequest(download_weights=name == "application_lstm", **options)
        plan, _ = plan_training(request, InputPlan((name,), ("frames",)), Target(NO_SIDES), 40)
        return "bfloat16" if plan.config.bfloat16 else "float32"

    assert [precision_of(name) for name in ("lstm", "cnn", "application_lstm")] == ["float32", "bfloat16", "float32"]
    assert precision_of("application_lstm", precision="bfloat16") == "bfloat16"
