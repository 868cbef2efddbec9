"""The fields of reelwise.json, validated strictly before any is used. Schema 2; reads schema 1 too."""

from dataclasses import asdict, fields
from typing import Annotated, Any, Literal, TypeVar, get_type_hints

from pydantic import BaseModel, Field, ValidationError, create_model

from reelwise.core.contract import Contract, InputSpec, NetworkSpec
from reelwise.core.errors import ModelFileError, ReelwiseError
from reelwise.core.output import ABSENT_IN_OLD_FILES, OutputSpec
from reelwise.models.schema_1 import Contract1, contract_of_schema_1
from reelwise.models.schema_fields import (
    MAX_COLUMNS,
    MAX_HEADS,
    MAX_LABELS,
    ClipFields,
    ColumnFields,
    DecodeFields,
    EncoderFields,
    Finite,
    ImageFields,
    Label,
    Modality,
    Name,
    SoundFields,
    Strict,
    Text,
    clip_spec,
    decode_fields,
    decode_settings,
    encoders,
    image_input,
    metadata_columns,
    plain,
    sound_input,
)
from reelwise.models.strict_json import CHANGED, parse_json
from reelwise.tasks import find_any_task

_Model = TypeVar("_Model", bound=BaseModel)

SCHEMA = "reelwise/model/2"
SCHEMA_1 = "reelwise/model/1"

_MAX_SECONDS = 1e6
"""Of a training clip: eleven days, longer than any recording."""

_OUTPUT_FIELDS: dict[Any, Any] = {
    bool: bool,
    int: int,
    float: Finite,
    str: Label,
    tuple[str, ...]: Annotated[list[Label], Field(max_length=MAX_LABELS)],
    tuple[float, ...]: Annotated[list[Finite], Field(max_length=MAX_LABELS)],
}
"""The allowed values of a field of an output, by its type; the output itself checks ranges."""


class InputFields(Strict):
    """InputSpec."""

    decode: DecodeFields
    clip: ClipFields
    modalities: Annotated[list[Modality], Field(min_length=1, max_length=3)]
    sound: SoundFields | None
    metadata: Annotated[list[ColumnFields], Field(max_length=MAX_COLUMNS)]
    num_views: Annotated[int, Field(ge=1, le=64)]
    mirror_views: bool
    normalization: Text
    typical_seconds: (
        Annotated[
            list[Annotated[float, Field(gt=0, le=_MAX_SECONDS, allow_inf_nan=False)]], Field(min_length=3, max_length=3)
        ]
        | None
    )
    images: ImageFields | None = None


class NetworkFields(Strict):
    """NetworkSpec."""

    encoders: Annotated[list[EncoderFields], Field(min_length=1, max_length=3)]
    fusion: Literal["", "concat", "gated", "attention"]
    head_names: Annotated[list[Name], Field(max_length=MAX_HEADS)]


class ContractFields(Strict):
    """Contract; the class of its task checks the output."""

    input: InputFields
    network: NetworkFields
    output: dict[Name, Any]
    notes: Annotated[dict[Text, Text], Field(max_length=40)]


class Part(Strict):
    """Size and hash of one member of the file."""

    bytes: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Document(Strict):
    """The fields of reelwise.json that both schemas share: all but the contract."""

    schema_: Text = Field(alias="schema")
    reelwise: Text
    parameters: Annotated[int, Field(ge=1)]
    metrics: dict[str, Any]
    training: dict[str, Any]
    parts: dict[str, Part]


class Document1(_Document):
    """A document of schema 1."""

    contract: Contract1


class Document2(_Document):
    """A document of schema 2."""

    contract: ContractFields


Document = Document1 | Document2

_DOCUMENTS: dict[str, type[Document1] | type[Document2]] = {SCHEMA: Document2, SCHEMA_1: Document1}
"""Every schema that is read; the first one is written."""


def parse_document(where: str, content: bytes) -> Document:
    """reelwise.json as typed data.

    Args:
        where: The file, for messages.
        content: The member's bytes; their number has been checked.

    Raises:
        ModelFileError: Not JSON, too deep, of a newer Reelwise, or a field that is missing, unknown or out of range.
    """
    value = parse_json(where, content)
    schema = value.get("schema") if isinstance(value, dict) else None
    document = _DOCUMENTS.get(schema) if isinstance(schema, str) else None
    if document is None:
        hint = "Update Reelwise: this file may be of a newer version."
        raise ModelFileError(f"{where}: its schema is {str(schema)[:60]!r}, expected {SCHEMA!r}.", hint=hint)
    return _validate(where, document, value)


def contract_of(where: str, document: Document) -> Contract:
    """The contract of a document, whatever its schema.

    Raises:
        ModelFileError: Its parts contradict each other, or its task is unknown.
    """
    try:
        if isinstance(document.contract, Contract1):
            return contract_of_schema_1(document.contract)
        return _contract(where, document.contract)
    except ModelFileError:
        raise
    except ReelwiseError as problem:
        raise ModelFileError(f"{where}: {problem.message}", hint=CHANGED) from None


def network_of_json(where: str, content: bytes) -> NetworkSpec:
    """A network of a stranger's file that is no contract's own; whether the catalogue has it is not checked.

    Args:
        where: The file, for messages.
        content: The network of :func:`contract_to_json`, as JSON; its length has been checked.

    Raises:
        ModelFileError: Not JSON, too deep, or a field that is missing, unknown or out of range.
    """
    return _network(_validate(where, NetworkFields, parse_json(where, content)))


def contract_to_json(contract: Contract) -> dict[str, Any]:
    """A contract as JSON values, as schema 2 has it; fractions become ``"30/1"``.

    Example:
        >>> from reelwise.core.clip import ClipSpec, DecodeSettings
        >>> from reelwise.core.modalities import Encoder
        >>> from reelwise.tasks.classification import ClassificationOutput
        >>> network = NetworkSpec((Encoder("motion", "small"),))
        >>> contract = Contract(InputSpec(DecodeSettings(), ClipSpec()), network, ClassificationOutput(("jump", "run")))
        >>> value = contract_to_json(contract)
        >>> value["input"]["decode"]["max_frame_rate"], value["output"]["task"]
        ('30/1', 'classification')
    """
    value = plain(asdict(contract))
    value["input"]["decode"] = decode_fields(contract.input.decode)
    if contract.input.images is None:  # as in files of before there were any
        del value["input"]["images"]
    return {**value, "output": {"task": contract.task, **value["output"]}}


def _network(value: NetworkFields) -> NetworkSpec:
    fields = value.model_dump()
    return NetworkSpec(encoders(fields["encoders"]), fields["fusion"], tuple(fields["head_names"]))


def _contract(where: str, value: ContractFields) -> Contract:
    spec = value.input.model_dump()
    seconds = spec["typical_seconds"]
    return Contract(
        InputSpec(
            decode=decode_settings(spec["decode"]),
            clip=clip_spec(spec["clip"]),
            modalities=tuple(spec["modalities"]),
            sound=sound_input(spec["sound"]),
            metadata=metadata_columns(spec["metadata"]),
            num_views=spec["num_views"],
            mirror_views=spec["mirror_views"],
            normalization=spec["normalization"],
            typical_seconds=None if seconds is None else (seconds[0], seconds[1], seconds[2]),
            images=image_input(spec["images"]),
        ),
        _network(value.network),
        _output(where, value.output),
        value.notes,
    )


def _output(where: str, value: dict[str, Any]) -> OutputSpec:
    """The output of the task that the file names; the class comes from our list of tasks, never from the file."""
    output_type = find_any_task(str(value.get("task"))).output_type
    values = _validate(where, _output_model(output_type), value, "contract.output.").model_dump()
    del values["task"]
    return output_type(**{name: tuple(item) if isinstance(item, list) else item for name, item in values.items()})


def _output_model(output_type: type[OutputSpec]) -> type[BaseModel]:
    """The fields of an output, each with the limits of its type, all required but those that came later."""
    types = get_type_hints(output_type)
    columns: dict[str, Any] = {
        field.name: (_OUTPUT_FIELDS[types[field.name]], field.default if field.metadata == ABSENT_IN_OLD_FILES else ...)
        for field in fields(output_type)
    }
    return create_model(output_type.__name__, __base__=Strict, task=(str, ...), **columns)


def _validate(where: str, model: type[_Model], value: Any, prefix: str = "") -> _Model:
    try:
        return model.model_validate(value)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_input=False)[0]
        place = prefix + ".".join(str(step)[:60] for step in first["loc"][:6])
        raise ModelFileError(f"{where}: reelwise.json: {place}: {first['msg']}.", hint=CHANGED) from None
