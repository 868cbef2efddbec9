"""A network from a contract: the catalogue has the builder, the contract its arguments."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import keras
from keras import layers

from reelwise.catalog import Entry
from reelwise.core.contract import Contract
from reelwise.core.output import LabelOutput
from reelwise.models.fusion import ModalityFeatures, fuse
from reelwise.models.heads import HeadInput, several_heads, single_head, with_images
from reelwise.models.network_plan import TOGETHER, EncoderPlan, encoder_plans, stream_names
from reelwise.sampling.clip_inputs import takes_one_array


def build_network(contract: Contract) -> keras.Model:
    """The network that a contract describes, with new random weights.

    Layers follow Keras' current dtype policy: float32, unless training sets bfloat16.

    Args:
        contract: Whatever its task.

    Returns:
        A functional model. Of frames that follow it takes context frames (B, T_in, S, S, 3) uint8 and gives
        (B, T_out, S, S, 3) float32, where 0 is black and 1 is white. Of new clips it takes a dict of ``frames``
        (B, T, S, S, 3) float32, ``levels`` (B, T) float32 and ``label`` (B,) int32, and gives (B, T, S, S, 3) float32
        from -1 to 1.

        Of labels it takes, with clips alone, clips (B, T, H, W, 3) uint8, or (B, T, F) float32 where the catalogue
        says ``frame_descriptors``; else a dict of the inputs that :func:`network_inputs` names. Of one modality it
        gives (B, C) float32 logits, of several (B, H, C): one row for each of ``network.head_names``; so do two streams
        of one modality where their logits cannot be averaged.

    Raises:
        UsageError: No such architecture, or an argument out of its range.

    Example:
        >>> from reelwise.core.clip import ClipSpec, DecodeSettings
        >>> from reelwise.core.contract import InputSpec, NetworkSpec
        >>> from reelwise.core.modalities import Encoder
        >>> from reelwise.tasks.classification import ClassificationOutput
        >>> spec = InputSpec(DecodeSettings(), ClipSpec(8, input_size=32))
        >>> network = NetworkSpec((Encoder("motion", "small"),))
        >>> build_network(Contract(spec, network, ClassificationOutput(("jump", "run")))).output_shape
        (None, 2)
    """
    plans = encoder_plans(contract)
    if contract.output.gives in _PICTURE_NETWORKS:
        return _PICTURE_NETWORKS[contract.output.gives](plans[0], contract)
    inputs = {name: item for plan in plans for name, item in network_inputs(plan, contract).items()}
    output = contract.label_output
    encoded_modalities = [_encode(plan, inputs) for plan in plans]
    logits = _logits(contract.network.fusion, encoded_modalities, output)
    if (images := contract.input.images) is not None:
        inputs["images"] = keras.Input((images.num_values,), dtype="float32", name="images")
        logits = with_images(logits, inputs["images"], encoded_modalities[0].present)
    # A network of clips alone takes one array, as in the first model files.
    network_input = next(iter(inputs.values())) if takes_one_array(contract.input) else inputs
    name = "fused" if len(plans) > 1 else contract.network.first.architecture
    return keras.Model(network_input, logits, name=name)


def _logits(fusion: str, modalities: list["_EncodedModality"], output: LabelOutput) -> Any:
    """(B, C), or (B, H, C) of several heads."""
    if len(modalities) > 1:
        return several_heads(_heads_of_all(fusion, modalities), output.num_outputs)
    (only,) = modalities
    if output.averages_streams or len(only.streams) == 1:
        return single_head(only.streams, output.num_outputs, only.dropout)
    return several_heads(_heads_of_streams(only), output.num_outputs)


def _frames_network(plan: EncoderPlan, contract: Contract) -> keras.Model:
    """The network of frames that follow, as its builder makes it."""
    (clips,) = network_inputs(plan, contract).values()
    frames = _builder(plan.entry)(clips, **contract.output.builder_arguments, **plan.arguments)
    return keras.Model(clips, frames, name=plan.entry.name)


def _clips_network(plan: EncoderPlan, contract: Contract) -> keras.Model:
    """The network that takes the noise out of clips, as its builder makes it."""
    num_frames, side = plan.shape
    inputs = {
        "frames": keras.Input((num_frames, side, side, 3), dtype="float32", name="frames"),
        "levels": keras.Input((num_frames,), dtype="float32", name="levels"),
        "label": keras.Input((), dtype="int32", name="label"),
    }
    clips = _builder(plan.entry)(**inputs, **contract.output.builder_arguments, **plan.arguments)
    return keras.Model(inputs, clips, name=plan.entry.name)


_PICTURE_NETWORKS: dict[str, Callable[[EncoderPlan, Contract], keras.Model]] = {
    "frames": _frames_network,
    "clips": _clips_network,
}
"""How the networks that give pictures are made, by what the output of a task gives; all others give logits."""


def network_inputs(plan: EncoderPlan, contract: Contract) -> dict[str, Any]:
    """The inputs of one modality by name, in their order.

    Args:
        plan: Its encoder.
        contract: Whether it is the only modality.

    Returns:
        Of frames ``clips`` or ``descriptors``, and ``frames_present`` (1,) beside other modalities; of sound ``sound``
        (M, F) and ``sound_present`` (M,); of metadata ``numbers`` (K, 2) and ``categories`` (L,) as far as there are
        such columns, and ``metadata_present`` (1,).
    """
    shapes: dict[str, tuple[tuple[int, ...], str]] = {}
    if plan.modality == "sound":
        shapes = {"sound": (plan.shape, "float32"), "sound_present": (plan.shape[:1], "float32")}
    elif plan.modality == "metadata":
        shapes = _column_shapes(*plan.shape[:2])
    else:
        shapes = _frame_shapes(plan, alone=len(contract.modalities) == 1)
    return {name: keras.Input(shape, dtype=dtype, name=name) for name, (shape, dtype) in shapes.items()}


def _column_shapes(num_numbers: int, num_categories: int) -> dict[str, tuple[tuple[int, ...], str]]:
    numbers = {"numbers": ((num_numbers, 2), "float32")} if num_numbers else {}
    categories = {"categories": ((num_categories,), "int32")} if num_categories else {}
    return {**numbers, **categories, "metadata_present": ((1,), "float32")}


def _frame_shapes(plan: EncoderPlan, alone: bool) -> dict[str, tuple[tuple[int, ...], str]]:
    num_frames, side = plan.shape
    present = {} if alone else {"frames_present": ((1,), "float32")}
    if plan.entry.input_kind == "frame_descriptors":
        return {"descriptors": ((num_frames, int(plan.arguments["num_descriptors"])), "float32"), **present}
    return {"clips": ((num_frames, side, side, 3), "uint8"), **present}


@dataclass(frozen=True)
class _EncodedModality:
    """Features of one modality: one or two streams, each (B, D), and (B, 1) whether the modality is there."""

    modality: str
    streams: tuple[Any, ...]
    present: Any
    dropout: float


def _encode(plan: EncoderPlan, inputs: Mapping[str, Any]) -> _EncodedModality:
    arguments = dict(plan.arguments)
    dropout, build = float(arguments.pop("dropout")), _builder(plan.entry)
    if plan.modality == "sound":
        present = inputs["sound_present"]
        streams = build(inputs["sound"], present, **arguments)
        return _EncodedModality("sound", streams, _any_step(present), dropout)
    if plan.modality == "metadata":
        columns, present = (inputs.get("numbers"), inputs.get("categories")), inputs["metadata_present"]
        streams = build(*columns, present, num_codes=plan.shape[2], **arguments)
        return _EncodedModality("metadata", streams, present, dropout)
    streams = build(inputs["descriptors"] if "descriptors" in inputs else inputs["clips"], **arguments)
    return _EncodedModality("frames", streams, inputs.get("frames_present"), dropout)


def _any_step(present: Any) -> Any:
    """(B, M) to (B, 1): 1 where any step is there."""
    steps = layers.Reshape((present.shape[1], 1), dtype="float32", name="sound_any_step")(present)
    return layers.GlobalMaxPooling1D(dtype="float32", name="sound_any")(steps)


def _heads_of_all(fusion: str, modalities: list[_EncodedModality]) -> list[HeadInput]:
    """A head for every stream of every modality, then one for all modalities together."""
    of_streams = [head for item in modalities for head in _heads_of_streams(item)]
    features = [ModalityFeatures(item.modality, _join_streams(item), item.present) for item in modalities]
    return [*of_streams, HeadInput(TOGETHER, fuse(fusion, features), None, modalities[0].dropout)]


def _heads_of_streams(item: _EncodedModality) -> list[HeadInput]:
    names = stream_names(item.modality, len(item.streams))
    return [HeadInput(name, x, item.present, item.dropout) for name, x in zip(names, item.streams, strict=True)]


def _join_streams(item: _EncodedModality) -> Any:
    """(B, D): both streams side by side."""
    if len(item.streams) == 1:
        return item.streams[0]
    return layers.Concatenate(name=f"{item.modality}_streams")(list(item.streams))


def _builder(entry: Entry) -> Any:
    """The builder of an entry; its address comes from our own catalogue, never from a file."""
    module, _, function = entry.builder.partition(":")
    return getattr(importlib.import_module(module), function)
