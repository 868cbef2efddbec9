"""Schema 1 of reelwise.json, of Reelwise 0.1: a contract with all fields side by side, and a label output always."""

from dataclasses import asdict, fields
from typing import Annotated, Any, Literal

from pydantic import Field

from reelwise.core.contract import Contract, InputSpec, NetworkSpec
from reelwise.core.errors import UsageError
from reelwise.core.output import OutputSpec
from reelwise.models.schema_fields import (
    MAX_COLUMNS,
    MAX_HEADS,
    MAX_LABELS,
    Arguments,
    ClipFields,
    ColumnFields,
    DecodeFields,
    EncoderFields,
    Finite,
    Label,
    Modality,
    Name,
    Probability,
    SoundFields,
    Strict,
    Text,
    Weight,
    clip_spec,
    decode_fields,
    decode_settings,
    encoders,
    metadata_columns,
    plain,
    sound_input,
)
from reelwise.tasks import find_task


class Contract1(Strict):
    """A contract as schema 1 has it: all fields side by side, some under another name in the file (``alias``)."""

    architecture: Name
    preset: Name
    arguments: Arguments
    labels: Annotated[list[Label], Field(min_length=1, max_length=MAX_LABELS)]
    decode: DecodeFields
    clip: ClipFields
    num_views: Annotated[int, Field(ge=1, le=64)]
    mirror_views: bool
    temperature: Annotated[float, Field(ge=0.05, le=20, allow_inf_nan=False)]
    unsure_below: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
    modalities: Annotated[list[Modality], Field(min_length=1, max_length=3)]
    normalization: Text
    task: Literal["classification", "multilabel", "regression"]
    notes: Annotated[dict[Text, Text], Field(max_length=40)]
    encoders: Annotated[list[EncoderFields], Field(max_length=2)] = Field(default_factory=list)
    fusion: Literal["", "concat", "gated", "attention"] = ""
    sound: SoundFields | None = None
    metadata: Annotated[list[ColumnFields], Field(max_length=MAX_COLUMNS)] = Field(default_factory=list)
    head_names: Annotated[list[Name], Field(max_length=MAX_HEADS)] = Field(default_factory=list, alias="answers")
    head_weights: Annotated[list[Weight], Field(max_length=MAX_HEADS)] = Field(
        default_factory=list, alias="answer_weights"
    )
    mean: Finite = Field(default=0.0, alias="target_mean")
    scale: Annotated[float, Field(gt=0, allow_inf_nan=False)] = Field(default=1.0, alias="target_scale")
    thresholds: Annotated[list[Probability], Field(max_length=MAX_LABELS)] = Field(default_factory=list)


def contract_of_schema_1(value: Contract1) -> Contract:
    """The contract of a validated document of schema 1.

    Raises:
        UsageError: Its fields contradict each other.
    """
    flat = value.model_dump()
    first = {name: flat[name] for name in ("architecture", "preset", "arguments")}
    network = NetworkSpec(encoders([first, *flat["encoders"]]), flat["fusion"], tuple(flat["head_names"]))
    spec = InputSpec(
        decode=decode_settings(flat["decode"]),
        clip=clip_spec(flat["clip"]),
        modalities=tuple(flat["modalities"]),
        sound=sound_input(flat["sound"]),
        metadata=metadata_columns(flat["metadata"]),
        num_views=flat["num_views"],
        mirror_views=flat["mirror_views"],
        normalization=flat["normalization"],
    )
    return Contract(spec, network, _output(flat), flat["notes"])


def _output(flat: dict[str, Any]) -> OutputSpec:
    """The output of the task; fields of other tasks are ignored."""
    if flat["thresholds"] and len(flat["thresholds"]) != len(flat["labels"]):
        raise UsageError(f"{len(flat['thresholds'])} thresholds for {len(flat['labels'])} labels.")
    output_type = find_task(flat["task"]).output_type
    values = {field.name: flat[field.name] for field in fields(output_type)}
    return output_type(**{name: tuple(item) if isinstance(item, list) else item for name, item in values.items()})


def flat_contract(contract: Contract) -> dict[str, Any]:
    """A contract as schema 1 has it, for ``reelwise info --json``, whose fields stay.

    Fields of other tasks have the value that changes nothing.
    """
    first, *others = contract.network.encoders
    output = contract.output
    mean, scale = output.standardization
    return plain(
        {
            **asdict(first),
            "labels": contract.labels,
            "decode": decode_fields(contract.input.decode),
            "clip": asdict(contract.input.clip),
            "num_views": contract.input.num_views,
            "mirror_views": contract.input.mirror_views,
            "temperature": output.calibration.temperature,
            "unsure_below": output.calibration.unsure_below,
            "modalities": contract.modalities,
            "normalization": contract.input.normalization,
            "task": contract.task,
            "notes": contract.notes,
            "encoders": [asdict(encoder) for encoder in others],
            "fusion": contract.network.fusion,
            "sound": None if contract.input.sound is None else asdict(contract.input.sound),
            "metadata": [asdict(column) for column in contract.input.metadata],
            "answers": contract.network.head_names,
            "answer_weights": contract.head_weights,
            "target_mean": mean,
            "target_scale": scale,
            "thresholds": output.calibration.thresholds,
        }
    )
