"""Contracts beside the catalogue: their heads, and what makes no sense; all of it without Keras."""

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract, InputSpec, NetworkSpec
from reelwise.core.errors import UsageError
from reelwise.core.modalities import MODALITIES, Encoder, MetadataColumn, SoundInput
from reelwise.models.catalogue import find_entry
from reelwise.models.network_plan import (
    check_contract,
    encoder_plans,
    plan_head_names,
    with_all_arguments,
)
from reelwise.tasks.classification import ClassificationOutput

COLUMNS = (
    MetadataColumn("age", "number"),
    MetadataColumn("site", "category", values=("a", "b", "c")),
    MetadataColumn("weight", "number"),
    MetadataColumn("hand", "category", values=("left", "right")),
)
ENCODERS = (
    Encoder("cnn_lstm", "small"),
    Encoder("audio_cnn", "small"),
    Encoder("metadata_mlp", "base", {"units": 16}),
)
FRAMES = Contract(
    InputSpec(DecodeSettings(), ClipSpec(8, input_size=48)),
    NetworkSpec(ENCODERS[:1]),
    ClassificationOutput(("a", "b", "c")),
)
EVERYTHING = Contract(
    InputSpec(DecodeSettings(), ClipSpec(8, input_size=48), MODALITIES, SoundInput(), COLUMNS),
    NetworkSpec(ENCODERS, "concat", ("frames", "sound", "metadata", "together")),
    FRAMES.output,
)


def with_encoders(contract: Contract, *encoders: Encoder) -> Contract:
    return replace(contract, network=replace(contract.network, encoders=encoders))


def with_input(contract: Contract, **changes: Any) -> Contract:
    return replace(contract, input=replace(contract.input, **changes))


def test_classes_of_one_modality_have_one_head() -> None:
    assert plan_head_names(FRAMES) == ()
    assert plan_head_names(with_encoders(FRAMES, Encoder("motion", "small"))) == ()


def test_two_streams_of_frames_have_two_heads() -> None:
    assert plan_head_names(EVERYTHING) == EVERYTHING.network.head_names
    motion = with_encoders(EVERYTHING, Encoder("motion", "small"), *ENCODERS[1:])
    assert plan_head_names(motion) == ("frames", "frames_2", "sound", "metadata", "together")
    one_stream = with_encoders(EVERYTHING, Encoder("motion", "small", {"still": False}), *ENCODERS[1:])
    assert plan_head_names(one_stream) == EVERYTHING.network.head_names


def test_shapes_of_the_inputs() -> None:
    shapes = {plan.modality: plan.shape for plan in encoder_plans(EVERYTHING)}
    assert shapes == {"frames": (8, 48), "sound": (600, 64), "metadata": (2, 2, 9)}
    assert list(shapes) == list(MODALITIES)


def test_every_argument_of_every_encoder() -> None:
    complete = with_all_arguments(EVERYTHING)
    assert [encoder.arguments for encoder in complete.network.encoders] == [
        find_entry("cnn_lstm").resolve("small"),
        find_entry("audio_cnn").resolve("small"),
        find_entry("metadata_mlp").resolve("base", {"units": 16}),
    ]
    assert with_all_arguments(complete) == complete


@pytest.mark.parametrize(
    ("encoders", "words"),
    [
        ((ENCODERS[0], ENCODERS[2], ENCODERS[1]), "metadata_mlp reads metadata"),
        ((ENCODERS[1], *ENCODERS[1:]), "audio_cnn reads sound, not frames"),
        ((ENCODERS[0], Encoder("resnet", "small"), ENCODERS[2]), "no model 'resnet'"),
        ((ENCODERS[0], Encoder("audio_cnn", "huge"), ENCODERS[2]), "no preset"),
        ((ENCODERS[0], Encoder("audio_cnn", "small", {"width": 10**9}), ENCODERS[2]), "expected an int"),
    ],
)
def test_impossible_encoders_are_refused(encoders: tuple[Encoder, ...], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        check_contract(with_encoders(EVERYTHING, *encoders))


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ((), "at least one column"),
        ((COLUMNS[0], COLUMNS[0]), "same name"),
        ((MetadataColumn("a", "category", values=("x", "x")),), "same value twice"),
    ],
)
def test_impossible_columns_are_refused(columns: tuple[MetadataColumn, ...], words: str) -> None:
    check_contract(EVERYTHING)
    with pytest.raises(UsageError, match=words):
        check_contract(with_input(EVERYTHING, metadata=columns))


def test_heads_that_the_network_does_not_have() -> None:
    with pytest.raises(UsageError, match="the network has"):
        check_contract(replace(EVERYTHING, network=replace(EVERYTHING.network, head_names=("frames", "together"))))


def test_columns_without_their_modality_are_refused() -> None:
    with pytest.raises(UsageError, match="4 columns of metadata"):
        check_contract(with_input(FRAMES, metadata=COLUMNS))


def test_heads_need_no_keras() -> None:
    script = (
        "import sys; from reelwise.core.contract import Contract, InputSpec, NetworkSpec;"
        "from reelwise.core.clip import ClipSpec, DecodeSettings; from reelwise.core.modalities import Encoder;"
        "from reelwise.models.network_plan import plan_head_names;"
        "from reelwise.tasks.classification import ClassificationOutput;"
        "spec, network = InputSpec(DecodeSettings(), ClipSpec()), NetworkSpec((Encoder('motion', 'small'),));"
        "contract = Contract(spec, network, ClassificationOutput(('a', 'b')));"
        "plan_head_names(contract);"
        "assert not {'keras', 'tensorflow', 'torch', 'jax'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
