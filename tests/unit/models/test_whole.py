"""Whole contracts: their answers, their cost, and what makes no sense; all of it without Keras."""

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract
from reelwise.core.errors import UsageError
from reelwise.core.modalities import MODALITIES, Encoder, MetadataColumn, SoundInput
from reelwise.models.catalogue import find_entry
from reelwise.models.whole import answer_names, check_contract, contract_cost, readers, spelled_out

COLUMNS = (
    MetadataColumn("age", "number"),
    MetadataColumn("site", "category", values=("a", "b", "c")),
    MetadataColumn("weight", "number"),
    MetadataColumn("hand", "category", values=("left", "right")),
)
FRAMES = Contract("cnn_lstm", "small", {}, ("a", "b", "c"), DecodeSettings(), ClipSpec(8, input_size=48))
EVERYTHING = replace(
    FRAMES,
    modalities=MODALITIES,
    encoders=(Encoder("audio_cnn", "small"), Encoder("metadata_mlp", "base", {"units": 16})),
    fusion="concat",
    sound=SoundInput(),
    metadata=COLUMNS,
    answers=("frames", "sound", "metadata", "together"),
)


def test_one_modality_has_no_answers_of_its_own() -> None:
    assert answer_names(FRAMES) == ()
    assert answer_names(replace(FRAMES, architecture="motion")) == ()


def test_two_streams_of_frames_answer_twice() -> None:
    assert answer_names(EVERYTHING) == EVERYTHING.answers
    motion = replace(EVERYTHING, architecture="motion")
    assert answer_names(motion) == ("frames", "frames_2", "sound", "metadata", "together")
    alone = replace(motion, arguments={"still": False})
    assert answer_names(alone) == EVERYTHING.answers


def test_frames_alone_cost_what_their_entry_says() -> None:
    entry = find_entry("cnn_lstm")
    assert contract_cost(FRAMES) == entry.cost(entry.resolve("small"), FRAMES.clip, 3)


def test_every_part_costs_something() -> None:
    whole = contract_cost(EVERYTHING)
    fewer = contract_cost(replace(EVERYTHING, modalities=MODALITIES[:2], encoders=EVERYTHING.encoders[:1]))
    assert whole.parameters > fewer.parameters > contract_cost(FRAMES).parameters
    assert whole.multiply_adds > fewer.multiply_adds > contract_cost(FRAMES).multiply_adds
    longer = replace(EVERYTHING, sound=SoundInput(num_mels=128))
    assert contract_cost(longer).multiply_adds > whole.multiply_adds
    values = tuple(map(str, range(1000)))
    wider = replace(EVERYTHING, metadata=(*COLUMNS, MetadataColumn("more", "category", values=values)))
    assert contract_cost(wider).parameters - whole.parameters == 1002 * 16 + 16 * 16


def test_shapes_of_what_goes_in() -> None:
    found = {reader.modality: reader.shape for reader in readers(EVERYTHING)}
    assert found == {"frames": (8, 48), "sound": (600, 64), "metadata": (2, 2, 9)}
    assert list(found) == list(MODALITIES)


def test_arguments_are_spelled_out_for_every_encoder() -> None:
    spelled = spelled_out(EVERYTHING)
    assert spelled.arguments == find_entry("cnn_lstm").resolve("small")
    assert spelled.encoders[0].arguments == find_entry("audio_cnn").resolve("small")
    assert spelled.encoders[1].arguments == find_entry("metadata_mlp").resolve("base", {"units": 16})
    assert spelled_out(spelled) == spelled


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"encoders": (Encoder("metadata_mlp", "small"), Encoder("audio_cnn", "small"))},
            "metadata_mlp reads metadata",
        ),
        ({"architecture": "audio_cnn"}, "audio_cnn reads sound, not frames"),
        ({"encoders": (Encoder("resnet", "small"), Encoder("metadata_mlp", "base"))}, "no model 'resnet'"),
        ({"encoders": (Encoder("audio_cnn", "huge"), Encoder("metadata_mlp", "base"))}, "no preset"),
        ({"encoders": (Encoder("audio_cnn", "small", {"width": 10**9}), EVERYTHING.encoders[1])}, "expected an int"),
        ({"metadata": ()}, "at least one column"),
        ({"answers": ("frames", "together")}, "the network gives"),
        ({"metadata": (COLUMNS[0], COLUMNS[0])}, "same name"),
        ({"metadata": (MetadataColumn("a", "category", values=("x", "x")),)}, "same value twice"),
        ({"thresholds": (0.5,)}, "1 thresholds for 3 labels"),
        ({"task": "regression"}, "a number is one label"),
    ],
)
def test_contracts_that_make_no_sense(change: dict[str, Any], words: str) -> None:
    check_contract(EVERYTHING)
    with pytest.raises(UsageError, match=words):
        check_contract(replace(EVERYTHING, **change))


def test_columns_that_nobody_reads() -> None:
    with pytest.raises(UsageError, match="4 columns of metadata"):
        check_contract(replace(FRAMES, metadata=COLUMNS))


def test_answers_need_no_keras() -> None:
    script = (
        "import sys, reelwise.catalog as c; from reelwise.core.contract import Contract;"
        "from reelwise.core.clip import ClipSpec, DecodeSettings;"
        "contract = Contract('motion', 'small', {}, ('a', 'b'), DecodeSettings(), ClipSpec());"
        "c.answer_names(contract), c.contract_cost(contract);"
        "assert not {'keras', 'tensorflow', 'torch', 'jax'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
