"""A network from a contract: the catalogue says which builder, the contract says with which arguments."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras
from keras import layers

from reelwise.catalog import Entry
from reelwise.core.contract import Contract
from reelwise.models.fusion import Modality, join
from reelwise.models.heads import Said, answers_head, classification_head
from reelwise.models.whole import TOGETHER, Reader, readers, stream_names


def build_network(contract: Contract) -> keras.Model:
    """The network that a contract describes, with new random weights.

    Layers follow Keras' dtype policy of the moment: float32 unless a trainer asks for a twin in bfloat16.

    Args:
        contract: Modalities, what reads them, clip and labels.

    Returns:
        A functional model. Of frames alone it takes clips (B, T, H, W, 3) uint8, or (B, T, F) float32 where the
        catalogue says ``frame_descriptors``; else a dict of the inputs that :func:`network_inputs` names. Of one
        modality it gives (B, C) float32 logits, of several (B, H, C): one row for each of ``contract.answers``; so do
        two streams of one modality that are asked for labels or a number.

    Raises:
        UsageError: No such architecture, or an argument out of its range.

    Example:
        >>> from reelwise.core.clip import ClipSpec, DecodeSettings
        >>> contract = Contract("motion", "small", {}, ("jump", "run"), DecodeSettings(), ClipSpec(8, input_size=32))
        >>> build_network(contract).output_shape
        (None, 2)
    """
    found = readers(contract)
    inputs = {name: item for reader in found for name, item in network_inputs(reader, contract).items()}
    encoded = [_encode(reader, inputs) for reader in found]
    num_outputs = len(contract.labels)
    if len(found) == 1:
        (only,) = encoded
        if contract.task == "classification" or len(only.streams) == 1:
            logits = classification_head(only.streams, num_outputs, only.dropout)
        else:
            logits = answers_head(_of_streams(only), num_outputs)
        taken = next(iter(inputs.values())) if contract.modalities == ("frames",) else inputs
        return keras.Model(taken, logits, name=found[0].entry.name)
    return keras.Model(inputs, answers_head(_said(contract.fusion, encoded), num_outputs), name="fused")


def network_inputs(reader: Reader, contract: Contract) -> dict[str, Any]:
    """The inputs of one modality by name, in their order.

    Args:
        reader: What reads it.
        contract: Whether it is the only modality.

    Returns:
        Of frames ``clips`` or ``descriptors``, and ``frames_present`` (1,) beside other modalities; of sound ``sound``
        (M, F) and ``sound_present`` (M,); of metadata ``numbers`` (K, 2) and ``categories`` (L,) as far as there are
        such columns, and ``metadata_present`` (1,).
    """
    shapes: dict[str, tuple[tuple[int, ...], str]] = {}
    if reader.modality == "sound":
        shapes = {"sound": (reader.shape, "float32"), "sound_present": (reader.shape[:1], "float32")}
    elif reader.modality == "metadata":
        shapes = _of_columns(*reader.shape[:2])
    else:
        shapes = _of_frames(reader, alone=len(contract.modalities) == 1)
    return {name: keras.Input(shape, dtype=dtype, name=name) for name, (shape, dtype) in shapes.items()}


def _of_columns(num_numbers: int, num_categories: int) -> dict[str, tuple[tuple[int, ...], str]]:
    numbers = {"numbers": ((num_numbers, 2), "float32")} if num_numbers else {}
    categories = {"categories": ((num_categories,), "int32")} if num_categories else {}
    return {**numbers, **categories, "metadata_present": ((1,), "float32")}


def _of_frames(reader: Reader, alone: bool) -> dict[str, tuple[tuple[int, ...], str]]:
    num_frames, side = reader.shape
    present = {} if alone else {"frames_present": ((1,), "float32")}
    if reader.entry.input_kind == "frame_descriptors":
        return {"descriptors": ((num_frames, int(reader.arguments["num_descriptors"])), "float32"), **present}
    return {"clips": ((num_frames, side, side, 3), "uint8"), **present}


@dataclass(frozen=True)
class _Encoded:
    """What the encoder of a modality says: one or two streams."""

    modality: str
    streams: tuple[Any, ...]
    present: Any
    dropout: float


def _encode(reader: Reader, inputs: Mapping[str, Any]) -> _Encoded:
    arguments = dict(reader.arguments)
    dropout, build = float(arguments.pop("dropout")), _builder(reader.entry)
    if reader.modality == "sound":
        present = inputs["sound_present"]
        streams = build(inputs["sound"], present, **arguments)
        return _Encoded("sound", streams, _any_step(present), dropout)
    if reader.modality == "metadata":
        columns, present = (inputs.get("numbers"), inputs.get("categories")), inputs["metadata_present"]
        streams = build(*columns, present, num_codes=reader.shape[2], **arguments)
        return _Encoded("metadata", streams, present, dropout)
    streams = build(inputs["descriptors"] if "descriptors" in inputs else inputs["clips"], **arguments)
    return _Encoded("frames", streams, inputs.get("frames_present"), dropout)


def _any_step(present: Any) -> Any:
    """(B, M) to (B, 1): 1 where any step is there."""
    steps = layers.Reshape((present.shape[1], 1), dtype="float32", name="sound_any_step")(present)
    return layers.GlobalMaxPooling1D(dtype="float32", name="sound_any")(steps)


def _said(fusion: str, encoded: list[_Encoded]) -> list[Said]:
    """What each answer is made from: every stream of every modality, then all together."""
    said = [row for one in encoded for row in _of_streams(one)]
    modalities = [Modality(one.modality, _joined(one), one.present) for one in encoded]
    return [*said, Said(TOGETHER, join(fusion, modalities), None, encoded[0].dropout)]


def _of_streams(one: _Encoded) -> list[Said]:
    names = stream_names(one.modality, one.streams)
    return [Said(name, x, one.present, one.dropout) for name, x in zip(names, one.streams, strict=True)]


def _joined(one: _Encoded) -> Any:
    """(B, D): both streams side by side."""
    if len(one.streams) == 1:
        return one.streams[0]
    return layers.Concatenate(name=f"{one.modality}_streams")(list(one.streams))


def _builder(entry: Entry) -> Any:
    """The builder of an entry; its address comes from our own catalogue, never from a file."""
    module, _, function = entry.builder.partition(":")
    return getattr(importlib.import_module(module), function)
