"""reelwise.json: what may stand in it, checked strictly before anything is done with it."""

import json
import re
from dataclasses import asdict, fields
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.contract import Contract, InputSpec, NetworkSpec
from reelwise.core.errors import ModelFileError, ReelwiseError, UsageError
from reelwise.core.modalities import Encoder, MetadataColumn, SoundInput
from reelwise.core.output import OutputSpec
from reelwise.tasks import TASKS, find_task

SCHEMA = "reelwise/model/1"
MAX_COLUMNS = 64
MAX_VALUES = 1000
MAX_ANSWERS = 8
_MAX_DEPTH = 32

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Text = Annotated[str, Field(max_length=1000)]
Label = Annotated[str, Field(min_length=1, max_length=300)]
Ratio = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,8}/[1-9][0-9]{0,8}$")]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Weight = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]
Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Modality = Literal["frames", "sound", "metadata"]
Arguments = Annotated[dict[Name, int | Finite | Text | bool], Field(max_length=40)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class _Decode(_Strict):
    size: Annotated[int, Field(ge=16, le=512)]
    max_frame_rate: Ratio | None
    max_frames: Annotated[int, Field(ge=1, le=100_000)]
    window_seconds: Ratio


class _Clip(_Strict):
    num_frames: Annotated[int, Field(ge=1, le=256)]
    frame_stride: Annotated[int, Field(ge=1, le=1000)] | None
    max_span_seconds: Ratio
    input_size: Annotated[int, Field(ge=8, le=512)]


class _Sound(_Strict):
    sample_rate: Annotated[int, Field(ge=8_000, le=48_000)]
    fft_length: Annotated[int, Field(ge=64, le=8192)]
    window_length: Annotated[int, Field(ge=16, le=8192)]
    hop_length: Annotated[int, Field(ge=16, le=8192)]
    num_mels: Annotated[int, Field(ge=8, le=256)]
    max_seconds: Ratio


class _Column(_Strict):
    name: Annotated[str, Field(min_length=1, max_length=300)]
    kind: Literal["number", "category"]
    mean: Finite
    scale: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    values: Annotated[list[Label], Field(max_length=MAX_VALUES)]


class _Encoder(_Strict):
    architecture: Name
    preset: Name
    arguments: Arguments


def _known_task(name: str) -> str:
    if name not in [task.name for task in TASKS]:
        raise ValueError(f"should be one of {', '.join(task.name for task in TASKS)}")
    return name


class _Contract(_Strict):
    architecture: Name
    preset: Name
    arguments: Arguments
    labels: Annotated[list[Label], Field(min_length=1, max_length=10_000)]
    decode: _Decode
    clip: _Clip
    num_views: Annotated[int, Field(ge=1, le=64)]
    mirror_views: bool
    temperature: Annotated[float, Field(ge=0.05, le=20, allow_inf_nan=False)]
    unsure_below: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
    modalities: Annotated[list[Modality], Field(min_length=1, max_length=3)]
    normalization: Text
    task: Annotated[Name, AfterValidator(_known_task)]
    notes: Annotated[dict[Text, Text], Field(max_length=40)]
    encoders: Annotated[list[_Encoder], Field(max_length=2)] = []
    fusion: Literal["", "concat", "gated", "attention"] = ""
    sound: _Sound | None = None
    metadata: Annotated[list[_Column], Field(max_length=MAX_COLUMNS)] = []
    answers: Annotated[list[Name], Field(max_length=MAX_ANSWERS)] = []
    answer_weights: Annotated[list[Weight], Field(max_length=MAX_ANSWERS)] = []
    target_mean: Finite = 0.0
    target_scale: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    thresholds: Annotated[list[Probability], Field(max_length=10_000)] = []


class Part(_Strict):
    """Size and hash of one member of the file."""

    bytes: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Document(_Strict):
    """The whole of reelwise.json."""

    schema_: Literal["reelwise/model/1"] = Field(alias="schema")
    reelwise: Text
    contract: _Contract
    parameters: Annotated[int, Field(ge=1)]
    metrics: dict[str, Any]
    training: dict[str, Any]
    parts: dict[str, Part]


def parse_document(where: str, content: bytes) -> Document:
    """reelwise.json as typed data.

    Args:
        where: The file, for messages.
        content: The member's bytes; their number has been checked.

    Raises:
        ModelFileError: Not JSON, too deep, of a newer Reelwise, or a field that is missing, unknown or out of range.
    """
    value = _parse_json(where, content)
    schema = value.get("schema") if isinstance(value, dict) else None
    if schema != SCHEMA:
        hint = "Update Reelwise: this file may be of a newer version."
        raise ModelFileError(f"{where}: its schema is {str(schema)[:60]!r}, expected {SCHEMA!r}.", hint=hint)
    try:
        return Document.model_validate(value)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step)[:60] for step in first["loc"][:6])
        raise ModelFileError(f"{where}: reelwise.json: {place}: {first['msg']}.", hint=_CHANGED) from None


_CHANGED = "The file was changed or damaged; copy it again from where it came from."


def contract_to_json(contract: Contract) -> dict[str, Any]:
    """A contract as JSON values, all fields side by side; fractions become ``"30/1"``.

    Fields that the output of its task does not have stand there with the value that changes nothing.

    Example:
        >>> from reelwise.core.contract import InputSpec, NetworkSpec
        >>> from reelwise.tasks.classification import ClassificationOutput
        >>> network = NetworkSpec((Encoder("motion", "small"),))
        >>> contract = Contract(InputSpec(DecodeSettings(), ClipSpec()), network, ClassificationOutput(("jump", "run")))
        >>> contract_to_json(contract)["decode"]["max_frame_rate"]
        '30/1'
    """
    first, *others = contract.network.encoders
    output = contract.output
    return _plain(
        {
            **asdict(first),
            "labels": contract.labels,
            "decode": asdict(contract.input.decode),
            "clip": asdict(contract.input.clip),
            "num_views": contract.input.num_views,
            "mirror_views": contract.input.mirror_views,
            "temperature": getattr(output, "temperature", 1.0),
            "unsure_below": getattr(output, "unsure_below", 0.0),
            "modalities": contract.modalities,
            "normalization": contract.input.normalization,
            "task": contract.task,
            "notes": contract.notes,
            "encoders": [asdict(encoder) for encoder in others],
            "fusion": contract.network.fusion,
            "sound": None if contract.input.sound is None else asdict(contract.input.sound),
            "metadata": [asdict(column) for column in contract.input.metadata],
            "answers": contract.network.head_names,
            "answer_weights": getattr(output, "head_weights", ()),
            "target_mean": getattr(output, "mean", 0.0),
            "target_scale": getattr(output, "scale", 1.0),
            "thresholds": getattr(output, "thresholds", ()),
        }
    )


def contract_from_json(where: str, value: _Contract) -> Contract:
    """A validated contract as the dataclass that everybody uses.

    Raises:
        ModelFileError: The parts contradict each other.
    """
    fields_: dict[str, Any] = _tuples_in(value.model_dump())
    first = {name: fields_[name] for name in ("architecture", "preset", "arguments")}
    try:
        encoders = tuple(Encoder(**encoder) for encoder in (first, *fields_["encoders"]))
        network = NetworkSpec(encoders, fields_["fusion"], fields_["answers"])
        return Contract(_input(fields_), network, _output(fields_), fields_["notes"])
    except ReelwiseError as problem:
        raise ModelFileError(f"{where}: {problem.message}", hint=_CHANGED) from None


def _input(fields_: dict[str, Any]) -> InputSpec:
    decode, clip, sound = fields_["decode"], fields_["clip"], fields_["sound"]
    rate = decode.pop("max_frame_rate")
    return InputSpec(
        decode=DecodeSettings(
            max_frame_rate=None if rate is None else Fraction(rate),
            window_seconds=Fraction(decode.pop("window_seconds")),
            **decode,
        ),
        clip=ClipSpec(max_span_seconds=Fraction(clip.pop("max_span_seconds")), **clip),
        modalities=fields_["modalities"],
        sound=None if sound is None else SoundInput(max_seconds=Fraction(sound.pop("max_seconds")), **sound),
        metadata=tuple(MetadataColumn(**_tuples_in(item)) for item in fields_["metadata"]),
        num_views=fields_["num_views"],
        mirror_views=fields_["mirror_views"],
        normalization=fields_["normalization"],
    )


def _output(fields_: dict[str, Any]) -> OutputSpec:
    """The output of the task, from the fields that it has."""
    if fields_["thresholds"] and len(fields_["thresholds"]) != len(fields_["labels"]):
        raise UsageError(f"{len(fields_['thresholds'])} thresholds for {len(fields_['labels'])} labels.")
    renamed = {"head_weights": "answer_weights", "mean": "target_mean", "scale": "target_scale"}
    output_type = find_task(fields_["task"]).output_type
    return output_type(
        **{name: fields_[renamed.get(name, name)] for name in (field.name for field in fields(output_type))}
    )


def _tuples_in(fields_: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(item) if isinstance(item, list) else item for name, item in fields_.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, dict):
        return {_plain(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, str):  # odd file names carry lone surrogates, which are not text
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    return value


def _parse_json(where: str, content: bytes) -> Any:
    if _depth(content) > _MAX_DEPTH:
        raise ModelFileError(f"{where}: reelwise.json is nested deeper than {_MAX_DEPTH}.", hint=_CHANGED)
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError) as problem:
        raise ModelFileError(f"{where}: reelwise.json is not JSON ({str(problem)[:80]}).", hint=_CHANGED) from None


def _depth(content: bytes) -> int:
    """How deep brackets nest outside of strings, before a parser walks down there."""
    depth = deepest = 0
    for bracket in re.findall(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', content):
        if bracket in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif bracket in b"]}":
            depth -= 1
    return deepest


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is not a number in JSON")
