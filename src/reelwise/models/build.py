"""A network from a contract: the catalogue says which builder, the contract says with which arguments."""

import importlib
from collections.abc import Mapping
from typing import Any

import keras

from reelwise.catalog import Entry, Value, find_entry
from reelwise.core.contract import Contract
from reelwise.models.heads import classification_head


def build_network(contract: Contract) -> keras.Model:
    """The network that a contract describes, with new random weights.

    Layers follow Keras' dtype policy of the moment: float32 unless a trainer asks for a twin in bfloat16.

    Args:
        contract: Architecture, arguments, clip and labels.

    Returns:
        A functional model from clips (B, T, H, W, 3) uint8, or (B, T, F) float32 where the catalogue says
        ``frame_descriptors``, to (B, C) float32 logits.

    Raises:
        UsageError: No such architecture, or an argument out of its range.

    Example:
        >>> from reelwise.core.clip import ClipSpec, DecodeSettings
        >>> contract = Contract("motion", "small", {}, ("jump", "run"), DecodeSettings(), ClipSpec(8, input_size=32))
        >>> build_network(contract).output_shape
        (None, 2)
    """
    entry = find_entry(contract.architecture)
    arguments = entry.resolve(contract.preset, contract.arguments)
    dropout = arguments.pop("dropout")
    clips = _network_input(entry, contract, arguments)
    streams = _builder(entry)(clips, **arguments)
    logits = classification_head(streams, len(contract.labels), float(dropout))
    return keras.Model(clips, logits, name=entry.name)


def _network_input(entry: Entry, contract: Contract, arguments: Mapping[str, Value]) -> Any:
    if entry.input_kind == "frame_descriptors":
        shape = (contract.clip.num_frames, int(arguments["num_descriptors"]))
        return keras.Input(shape, dtype="float32", name="descriptors")
    size = contract.clip.input_size
    return keras.Input((contract.clip.num_frames, size, size, 3), dtype="uint8", name="clips")


def _builder(entry: Entry) -> Any:
    """The builder of an entry; its address comes from our own catalogue, never from a file."""
    module, _, function = entry.builder.partition(":")
    return getattr(importlib.import_module(module), function)
