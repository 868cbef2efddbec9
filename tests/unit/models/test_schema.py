"""reelwise.json: contracts come back as they were; anything odd is refused before it is used."""

import json
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any

import pytest

from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract, InputSpec, NetworkSpec
from reelwise.core.errors import ModelFileError
from reelwise.core.modalities import Encoder, ImageInput, MetadataColumn, SoundInput
from reelwise.models import schema, schema_fields
from reelwise.models.schema import SCHEMA, SCHEMA_1, contract_of, contract_to_json, parse_document
from reelwise.models.schema_1 import flat_contract
from reelwise.tasks.classification import ClassificationOutput
from reelwise.tasks.multilabel import MultilabelOutput
from reelwise.tasks.prediction import PredictionOutput
from reelwise.tasks.regression import RegressionOutput

pytestmark = pytest.mark.backend

CONTRACT = Contract(
    InputSpec(
        DecodeSettings(size=72, max_frame_rate=Fraction(30000, 1001), max_frames=77, window_seconds=Fraction(1, 3)),
        ClipSpec(num_frames=9, frame_stride=3, max_span_seconds=Fraction(7, 2), input_size=64),
        num_views=3,
        mirror_views=True,
        normalization="other words",
    ),
    NetworkSpec((Encoder("cnn_lstm", "small", {"width": 16, "dropout": 0.5, "picture": "rgb", "deep": True}),)),
    ClassificationOutput(("jump", "ré 跳 😀", "run"), temperature=1.7, unsure_below=0.41),
    notes={"refit": "on all videos"},
)

FUSED = Contract(
    replace(
        CONTRACT.input,
        modalities=("frames", "sound", "metadata"),
        sound=SoundInput(22_050, 1024, 800, 200, 40, Fraction(7, 3)),
        metadata=(
            MetadataColumn("age", "number", 41.5, 12.0),
            MetadataColumn("tags.Ort 跳", "category", values=("nah", "fern 😀")),
        ),
    ),
    NetworkSpec(
        (
            CONTRACT.network.first,
            Encoder("audio_cnn", "small", {"width": 16, "dropout": 0.25}),
            Encoder("metadata_mlp", "base", {"units": 32}),
        ),
        "gated",
        ("frames", "sound", "metadata", "together"),
    ),
    MultilabelOutput(("a", "b", "c"), (0.5, 0.0, 0.25, 1.25), temperature=0.5, thresholds=(0.5, 0.25, 1.0)),
)
NUMBER = replace(FUSED, output=RegressionOutput(("age",), (0.5, 0.0, 0.25, 1.25), mean=-3.5, scale=0.25))
NEW_FIELDS = {
    "encoders",
    "fusion",
    "sound",
    "metadata",
    "answers",
    "answer_weights",
    "target_mean",
    "target_scale",
    "thresholds",
}


def document(**changes: Any) -> dict[str, Any]:
    parts = {"config.json": {"bytes": 1, "sha256": "0" * 64}}
    fields = {"schema": SCHEMA, "reelwise": "1", "contract": contract_to_json(CONTRACT), "parameters": 5}
    return {**fields, "metrics": {}, "training": {}, "parts": parts, **changes}


def document_1(contract: dict[str, Any]) -> dict[str, Any]:
    return document(schema=SCHEMA_1, contract=contract)


def parse(value: Any) -> Any:
    return parse_document("x.keras", value if isinstance(value, bytes) else json.dumps(value).encode())


@pytest.mark.parametrize("contract", [CONTRACT, FUSED, NUMBER])
def test_a_contract_comes_back(contract: Contract) -> None:
    typical = replace(contract, input=replace(contract.input, typical_seconds=(0.5, 2.0, 9.25)))
    for item in (contract, typical):
        assert contract_of("x", parse(document(contract=contract_to_json(item)))) == item
    assert contract_of("x", parse(document_1(flat_contract(contract)))) == contract


def test_every_new_field_comes_back() -> None:
    plain, fused, number = (flat_contract(contract) for contract in (CONTRACT, FUSED, NUMBER))
    of_both = NEW_FIELDS - {"target_mean", "target_scale", "thresholds"}
    assert all(plain[name] not in (fused[name], number[name]) for name in of_both)
    assert (fused["thresholds"], number["target_mean"], number["target_scale"]) == ([0.5, 0.25, 1.0], -3.5, 0.25)


def test_a_file_of_before_there_were_modalities_gives_the_same_contract() -> None:
    old = {name: value for name, value in flat_contract(CONTRACT).items() if name not in NEW_FIELDS}
    assert contract_of("x", parse(document_1(old))) == CONTRACT


def test_no_frame_rate_and_no_stride_come_back() -> None:
    spec = CONTRACT.input
    decode, clip = replace(spec.decode, max_frame_rate=None), replace(spec.clip, frame_stride=None)
    plain = replace(CONTRACT, input=replace(spec, decode=decode, clip=clip))
    assert contract_of("x", parse(document(contract=contract_to_json(plain)))) == plain
    assert contract_of("x", parse(document_1(flat_contract(plain)))) == plain


@pytest.mark.parametrize(
    "write", [lambda c: document(contract=contract_to_json(c)), lambda c: document_1(flat_contract(c))]
)
def test_a_fit_comes_back_and_none_stands_for_the_default(write: Any) -> None:
    squash = json.dumps(write(CONTRACT))
    assert '"fit"' not in squash  # so that files of classifiers are as before there was one
    crop = replace(CONTRACT, input=replace(CONTRACT.input, decode=replace(CONTRACT.input.decode, fit="crop")))
    assert contract_of("x", parse(write(crop))) == crop
    assert contract_of("x", parse(squash.encode())).input.decode.fit == "squash"
    wrong = json.dumps(write(crop)).replace('"fit": "crop"', '"fit": "stretch"')
    with pytest.raises(ModelFileError, match="fit"):
        parse_and_build(wrong.encode())


def parse_and_build(content: bytes) -> Contract:
    return contract_of("x", parse(content))


def test_every_field_of_a_contract_is_known_to_the_schema() -> None:
    pairs = (
        (DecodeSettings, "DecodeFields"),
        (ClipSpec, "ClipFields"),
        (SoundInput, "SoundFields"),
        (MetadataColumn, "ColumnFields"),
        (Encoder, "EncoderFields"),
        (ImageInput, "ImageFields"),
    )
    for ours, theirs in pairs:
        names = {item.name for item in fields(ours)} - {"num_stills"}  # of the stills of image features alone
        assert names == set(getattr(schema_fields, theirs).model_fields) - {"num_stills"}
    parts = ((InputSpec, schema.InputFields), (NetworkSpec, schema.NetworkFields), (Contract, schema.ContractFields))
    for ours, fields_model in parts:
        assert {item.name for item in fields(ours)} == set(fields_model.model_fields)


def test_lone_surrogates_become_text() -> None:
    odd = replace(CONTRACT, output=ClassificationOutput(("caf\udce9", "b")))
    assert contract_of("x", parse(document(contract=contract_to_json(odd)))).labels[0] == "caf\\udce9"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b'{"a": NaN}', "NaN is not a number"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b"[" * 100_000, "nested deeper"),
        (b'{"a":' * 33 + b"1" + b"}" * 33, "nested deeper"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not JSON"),
        (b"[]", "its schema is 'None'"),
        (b'{"schema": "reelwise/model/3"}', "newer"),
        (b'{"schema": ["' + b"x" * 500 + b'"]}', "its schema is"),
    ],
)
def test_other_json_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(ModelFileError, match=words) as caught:
        parse(content)
    assert len(str(caught.value)) < 400


def test_brackets_in_text_are_not_depth() -> None:
    assert parse(document(reelwise='"[[[[' * 100)).reelwise.startswith('"[[')


@pytest.mark.parametrize(
    "change",
    [
        {"surprise": 1},
        {"parameters": "5"},
        {"parameters": 0},
        {"parameters": True},
        {"metrics": []},
        {"parts": {"config.json": {"bytes": -1, "sha256": "0" * 64}}},
        {"parts": {"config.json": {"bytes": 1, "sha256": "z" * 64}}},
    ],
)
def test_fields_that_do_not_fit(change: dict[str, Any]) -> None:
    with pytest.raises(ModelFileError, match=r"reelwise\.json"):
        parse(document(**change))


@pytest.mark.parametrize(
    "change",
    [
        {"architecture": "../../etc"},
        {"architecture": "os:system"},
        {"architecture": "x" * 10_000},
        {"arguments": {"width": float("1e400")}},
        {"arguments": {"width": [1]}},
        {"arguments": {"__class__": 1}},
        {"arguments": {f"a{i}": 1 for i in range(50)}},
        {"labels": []},
        {"labels": ["a", ""]},
        {"labels": ["a", 1]},
        {"labels": [str(i) for i in range(10_001)]},
        {"num_views": 65},
        {"num_views": 0},
        {"num_views": 1.0},
        {"temperature": 0.0},
        {"temperature": 1e9},
        {"unsure_below": 2.0},
        {"task": "anything"},
        {"modalities": ["frames", "smell"]},
        {"modalities": ["frames"] * 4},
        {"encoders": [{"architecture": "os:system", "preset": "small", "arguments": {}}]},
        {"encoders": [{"architecture": "audio_cnn", "preset": "small", "arguments": {}, "more": 1}]},
        {"encoders": [{"architecture": "audio_cnn", "preset": "small", "arguments": {"width": [1]}}]},
        {"encoders": [{"architecture": "audio_cnn", "preset": "small", "arguments": {}}] * 3},
        {"fusion": "eval"},
        {"sound": {"sample_rate": 10**9}},
        {"sound": {"max_seconds": "1/0"}},
        {"sound": {"num_mels": 16.0}},
        {"sound": {"hop_length": 1}},
        {"sound": {"more": 1}},
        {"metadata": [{"name": "a", "kind": "number", "mean": 0.0, "scale": 1.0, "values": []}] * 65},
        {"metadata": [{"name": "a", "kind": "picture", "mean": 0.0, "scale": 1.0, "values": []}]},
        {"metadata": [{"name": "", "kind": "number", "mean": 0.0, "scale": 1.0, "values": []}]},
        {"metadata": [{"name": "a" * 301, "kind": "number", "mean": 0.0, "scale": 1.0, "values": []}]},
        {"metadata": [{"name": "a", "kind": "number", "mean": 0.0, "scale": 0.0, "values": []}]},
        {"metadata": [{"name": "a", "kind": "number", "mean": float("inf"), "scale": 1.0, "values": []}]},
        {"metadata": [{"name": "a", "kind": "category", "mean": 0.0, "scale": 1.0, "values": ["x"] * 1001}]},
        {"metadata": [{"name": "a", "kind": "category", "mean": 0.0, "scale": 1.0, "values": ["x" * 301]}]},
        {"metadata": [{"name": "a", "kind": "category", "mean": 0.0, "scale": 1.0, "values": [1]}]},
        {"answers": ["a b"]},
        {"answers": ["a"] * 9},
        {"answer_weights": [-0.5]},
        {"answer_weights": [float("inf")]},
        {"target_scale": 0.0},
        {"target_mean": float("inf")},
        {"thresholds": [1.5]},
        {"decode": {"size": 100_000}},
        {"decode": {"max_frame_rate": "1/0"}},
        {"decode": {"max_frame_rate": "1e9/1"}},
        {"decode": {"max_frames": 10**9}},
        {"clip": {"num_frames": 10**6}},
        {"clip": {"input_size": 4096}},
        {"clip": {"max_span_seconds": "-1/1"}},
        {"clip": {"more": 1}},
    ],
)
def test_contracts_over_a_limit_are_refused(change: dict[str, Any]) -> None:
    flat = flat_contract(FUSED)
    of_task = {"unsure_below": CONTRACT, "target_mean": NUMBER, "target_scale": NUMBER}
    nested = contract_to_json(of_task.get(next(iter(change)), FUSED))
    for name, value in change.items():
        flat[name] = {**flat[name], **value} if name in ("decode", "clip", "sound") else value
        place, key = place_in_schema_2(nested, name)
        place[key] = flat[name] if key != "encoders" else [*place[key][:1], *value]
    for wanted in (document_1(flat), document(contract=nested)):
        content = json.dumps(wanted).replace("Infinity", "1e400").encode()
        with pytest.raises(ModelFileError) as caught:
            contract_of("x.keras", parse(content))
        assert len(str(caught.value)) < 500


def place_in_schema_2(contract: dict[str, Any], name: str) -> tuple[dict[str, Any], str]:
    """Where a field of schema 1 stands in schema 2: the object that holds it, and its name there."""
    renamed = {
        "answers": "head_names",
        "answer_weights": "head_weights",
        "target_mean": "mean",
        "target_scale": "scale",
    }
    key = renamed.get(name, name)
    places = (contract["network"]["encoders"][0], contract["network"], contract["output"], contract["input"], contract)
    return next(place for place in places if key in place), key


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("input", {"typical_seconds": [1.0, 2.0]}),
        ("input", {"typical_seconds": [3.0, 2.0, 1.0]}),
        ("input", {"typical_seconds": [0.0, 2.0, 3.0]}),
        ("input", {"typical_seconds": [1.0, 2.0, 1e9]}),
        ("input", {"more": 1}),
        ("network", {"encoders": []}),
        ("network", {"more": 1}),
        ("output", {"more": 1}),
        ("output", {"task": "os.system"}),
        ("output", {"task": ["multilabel"]}),
        ("output", {"labels": "ab"}),
        ("output", {"labels": ["a"] * 3}),
        ("output", {"temperature": "1.0"}),
        ("output", {"head_weights": [2000.0] * 4}),
        ("output", {"thresholds": [0.5]}),
    ],
)
def test_what_schema_2_refuses(part: str, change: dict[str, Any]) -> None:
    nested = contract_to_json(FUSED)
    nested[part] |= change
    with pytest.raises(ModelFileError):
        contract_of("x.keras", parse(document(contract=nested)))
    for name in change.keys() & contract_to_json(FUSED)[part].keys():  # a field that is missing is refused as well
        del nested[part][name]
        with pytest.raises(ModelFileError):
            contract_of("x.keras", parse(document(contract=nested)))


def test_a_model_of_frames_of_before_there_was_a_threshold_takes_all_changes() -> None:
    spec = replace(CONTRACT.input, modalities=("frames",), sound=None, metadata=())
    frames = Contract(spec, NetworkSpec((Encoder("simvp", "nano"),)), PredictionOutput(4, 12.5, still_threshold=8.0))
    nested = contract_to_json(frames)
    assert contract_of("x.keras", parse(document(contract=nested))).output == frames.output
    del nested["output"]["still_threshold"]
    assert contract_of("x.keras", parse(document(contract=nested))).output == PredictionOutput(4, 12.5)
    nested["output"]["still_threshold"] = 256.0
    with pytest.raises(ModelFileError, match="still_threshold is 256"):
        contract_of("x.keras", parse(document(contract=nested)))


def test_equal_labels_are_refused() -> None:
    wanted = {**flat_contract(CONTRACT), "labels": ["a", "a"]}
    with pytest.raises(ModelFileError, match="two or more different labels"):
        contract_of("x.keras", parse(document_1(wanted)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"modalities": ["sound", "frames", "metadata"]}, "modalities are"),
        ({"modalities": ["frames", "sound"]}, "with 3 encoders"),
        ({"sound": None}, "the settings of sound are None"),
        ({"fusion": ""}, "does not fit 3 encoders"),
        ({"answer_weights": [1.0]}, "1 weights for 4 heads"),
        ({"labels": ["a"], "task": "classification", "thresholds": []}, "two or more"),
    ],
)
def test_parts_that_contradict_each_other(change: dict[str, Any], words: str) -> None:
    wanted = {**flat_contract(FUSED), **change}
    with pytest.raises(ModelFileError, match=words):
        contract_of("x.keras", parse(document_1(wanted)))
