"""Weights go over where they mean the same: encoders always, heads and fusions only of the same kind."""

from dataclasses import replace
from fractions import Fraction

import keras
import numpy as np
import pytest

from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract
from reelwise.core.modalities import Encoder, MetadataColumn, SoundInput
from reelwise.models.build import build_network
from reelwise.models.transfer import copy_matching_weights, names_to_leave
from reelwise.models.whole import answer_names

pytestmark = pytest.mark.backend

FRAMES = Contract(
    "motion", "small", {"width": 4, "num_blocks": 1}, ("a", "b"), DecodeSettings(size=40), ClipSpec(4, input_size=36)
)
SOUND = SoundInput(num_mels=16, max_seconds=Fraction(1, 2))
METADATA = (MetadataColumn("site", "category", values=("a", "b")),)


def with_parts(*names: str, fusion: str = "gated") -> Contract:
    encoders = {"sound": Encoder("audio_cnn", "small", {"width": 4}), "metadata": Encoder("metadata_mlp", "small")}
    contract = replace(
        FRAMES,
        modalities=("frames", *names),
        encoders=tuple(encoders[name] for name in names),
        fusion=fusion,
        sound=SOUND if "sound" in names else None,
        metadata=METADATA if "metadata" in names else (),
    )
    return replace(contract, answers=answer_names(contract))


def first_names(contract: Contract, other: Contract) -> set[str]:
    """Layers of the second network that took weights from the first, each by the first word of its name."""
    source, target = build_network(contract), build_network(other)
    for weight in source.weights:
        weight.assign(np.full(weight.shape, 7.0))
    copied = copy_matching_weights(source, target, names_to_leave(contract, other))
    sevens = [weight.path for weight in target.weights if (keras.ops.convert_to_numpy(weight) == 7).all()]
    assert sevens == copied
    return {path.split("/")[0] for path in copied}


def layers_of(contract: Contract) -> set[str]:
    return {weight.path.split("/")[0] for weight in build_network(contract).weights}


def test_the_same_contract_takes_everything() -> None:
    contract = with_parts("sound", "metadata")
    assert first_names(contract, contract) == layers_of(contract)


def test_frames_alone_bring_their_encoder_into_a_fusion() -> None:
    fused = with_parts("sound")
    frames = {name for name in layers_of(FRAMES) if not name.startswith("logits")}
    assert first_names(FRAMES, fused) == frames
    assert first_names(fused, FRAMES) == frames


def test_another_fusion_brings_encoders_and_their_answers() -> None:
    expected = {name for name in layers_of(with_parts("sound")) if not name.startswith(("fusion", "logits_together"))}
    assert first_names(with_parts("sound"), with_parts("sound", fusion="attention")) == expected
    more = with_parts("sound", "metadata")
    assert first_names(with_parts("sound"), more) == expected


def test_other_classes_start_with_new_heads() -> None:
    contract = with_parts("sound", "metadata")
    other = replace(contract, labels=("c", "d"))
    assert first_names(contract, other) == {name for name in layers_of(contract) if not name.startswith("logits")}
    assert not any(name.startswith("logits") for name in first_names(contract, replace(contract, task="multilabel")))


def test_other_columns_of_the_same_shape_start_anew() -> None:
    contract = with_parts("sound", "metadata")
    other = replace(contract, metadata=(MetadataColumn("site", "category", values=("a", "c")),))
    new = ("metadata_", "fusion_", "logits_metadata", "logits_together")
    assert first_names(contract, other) == {name for name in layers_of(contract) if not name.startswith(new)}
