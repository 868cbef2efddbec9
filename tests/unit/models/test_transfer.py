"""Weights go over where they mean the same: encoders always, heads and fusions only of the same kind."""

from dataclasses import replace
from fractions import Fraction

import keras
import numpy as np
import pytest

from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract, InputSpec, NetworkSpec
from reelwise.core.modalities import Encoder, MetadataColumn, SoundInput
from reelwise.models.build import build_network
from reelwise.models.network_plan import plan_head_names
from reelwise.models.transfer import copy_matching_weights, prefixes_to_skip
from reelwise.tasks.classification import ClassificationOutput
from reelwise.tasks.generation import GenerationOutput
from reelwise.tasks.multilabel import MultilabelOutput

pytestmark = pytest.mark.backend

MOTION = Encoder("motion", "small", {"width": 4, "num_blocks": 1})
FRAMES = Contract(
    InputSpec(DecodeSettings(size=40), ClipSpec(4, input_size=36)),
    NetworkSpec((MOTION,)),
    ClassificationOutput(("a", "b")),
)
CLIP_INPUT = InputSpec(DecodeSettings(size=16), ClipSpec(4, input_size=16))
SOUND = SoundInput(num_mels=16, max_seconds=Fraction(1, 2))
METADATA = (MetadataColumn("site", "category", values=("a", "b")),)


def with_modalities(*names: str, fusion: str = "gated") -> Contract:
    encoders = {"sound": Encoder("audio_cnn", "small", {"width": 4}), "metadata": Encoder("metadata_mlp", "small")}
    spec = replace(
        FRAMES.input,
        modalities=("frames", *names),
        sound=SOUND if "sound" in names else None,
        metadata=METADATA if "metadata" in names else (),
    )
    contract = Contract(spec, NetworkSpec((MOTION, *(encoders[name] for name in names)), fusion), FRAMES.output)
    return replace(contract, network=replace(contract.network, head_names=plan_head_names(contract)))


def first_names(contract: Contract, other: Contract) -> set[str]:
    """Layers of the second network that took weights from the first, each by the first word of its name."""
    source, target = build_network(contract), build_network(other)
    for weight in source.weights:
        weight.assign(np.full(weight.shape, 7.0))
    names = copy_matching_weights(source, target, prefixes_to_skip(contract, other))
    sevens = [weight.path for weight in target.weights if (keras.ops.convert_to_numpy(weight) == 7).all()]
    assert sevens == names
    return {path.split("/")[0] for path in names}


def layers_of(contract: Contract) -> set[str]:
    return {weight.path.split("/")[0] for weight in build_network(contract).weights}


def test_the_same_contract_takes_everything() -> None:
    contract = with_modalities("sound", "metadata")
    assert first_names(contract, contract) == layers_of(contract)


def test_the_encoder_of_frames_alone_goes_into_a_fusion() -> None:
    fused = with_modalities("sound")
    frames = {name for name in layers_of(FRAMES) if not name.startswith("logits")}
    assert first_names(FRAMES, fused) == frames
    assert first_names(fused, FRAMES) == frames


def test_another_fusion_takes_over_encoders_and_their_heads() -> None:
    new = ("fusion", "logits_together")
    expected = {name for name in layers_of(with_modalities("sound")) if not name.startswith(new)}
    assert first_names(with_modalities("sound"), with_modalities("sound", fusion="attention")) == expected
    more = with_modalities("sound", "metadata")
    assert first_names(with_modalities("sound"), more) == expected


def test_other_classes_start_with_new_heads() -> None:
    contract = with_modalities("sound", "metadata")
    other = replace(contract, output=ClassificationOutput(("c", "d")))
    assert first_names(contract, other) == {name for name in layers_of(contract) if not name.startswith("logits")}
    other = replace(contract, output=MultilabelOutput(("a", "b")))
    assert not any(name.startswith("logits") for name in first_names(contract, other))


def test_encoders_of_other_columns_of_the_same_shape_are_not_copied() -> None:
    contract = with_modalities("sound", "metadata")
    columns = (MetadataColumn("site", "category", values=("a", "c")),)
    other = replace(contract, input=replace(contract.input, metadata=columns))
    new = ("metadata_", "fusion_", "logits_metadata", "logits_together")
    assert first_names(contract, other) == {name for name in layers_of(contract) if not name.startswith(new)}


def test_what_steers_a_generator_by_class_goes_over_to_the_same_classes_alone():
    network = NetworkSpec((Encoder("flowdit", "nano", {"num_blocks": 1}),))
    contract = Contract(FRAMES.input, network, GenerationOutput(("a", "b"), 15.0))
    assert prefixes_to_skip(contract, replace(contract, output=GenerationOutput(("a", "b"), 30.0))) == ()
    assert prefixes_to_skip(contract, replace(contract, output=GenerationOutput(("a", "c"), 15.0))) == ("class/",)
    names = [weight.path for weight in build_network(replace(contract, input=CLIP_INPUT)).weights]
    assert [name for name in names if name.startswith("class/")] == ["class/kernel"]
