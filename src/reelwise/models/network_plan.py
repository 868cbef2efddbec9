"""The encoders and heads of a contract, looked up in the catalogue before any layer is built."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from reelwise.catalog.entry import Entry, Shape, Value
from reelwise.core.contract import Contract, InputSpec
from reelwise.core.errors import UsageError
from reelwise.core.modalities import Encoder, MetadataColumn
from reelwise.core.output import LabelOutput
from reelwise.models.catalogue import find_entry

TOGETHER = "together"
"""Name of the head on the fused features of all modalities."""

IMAGES = "images"
"""Name of the head on image features, which always stands last."""


@dataclass(frozen=True)
class EncoderPlan:
    """The encoder of one modality of a contract, with everything that its builder takes.

    Args:
        modality: The modality that it reads.
        entry: Its line in the catalogue.
        arguments: Every argument of its builder, checked.
        shape: Of its input, as ``catalog.entry`` describes it.
    """

    modality: str
    entry: Entry
    arguments: Mapping[str, Value]
    shape: Shape

    @property
    def num_streams(self) -> int:
        """Streams of features that its builder gives."""
        return self.entry.num_streams(self.arguments)


def encoder_plans(contract: Contract) -> tuple[EncoderPlan, ...]:
    """The encoder of each modality, in the order of ``contract.modalities``.

    Raises:
        UsageError: No such architecture, one of another modality, or an argument out of its range.
    """
    return tuple(
        _plan(contract, modality, encoder)
        for modality, encoder in zip(contract.modalities, contract.network.encoders, strict=True)
    )


def _plan(contract: Contract, modality: str, encoder: Encoder) -> EncoderPlan:
    spec, entry = contract.input, find_entry(encoder.architecture)
    if entry.modality != modality:
        raise UsageError(f"{entry.name} reads {entry.modality}, not {modality}.")
    if entry.gives != contract.output.gives:
        raise UsageError(f"{entry.name} gives {entry.gives}; {contract.task} needs {contract.output.gives}.")
    arguments = entry.resolve(encoder.preset, encoder.arguments)
    shape = _shape(spec, modality)
    if entry.check_shape:
        entry.check_shape(shape, arguments)
    return EncoderPlan(modality, entry, arguments, shape)


def _shape(spec: InputSpec, modality: str) -> Shape:
    if modality == "frames":
        return (spec.clip.num_frames, spec.clip.input_size)
    if modality == "metadata":
        numbers, categories = split_columns(spec.metadata)
        if not spec.metadata:
            raise UsageError("a model of metadata needs at least one column.")
        return (len(numbers), len(categories), sum(column.num_codes for column in categories))
    if spec.sound is None:
        raise UsageError("a model that reads sound needs the settings of its spectrogram.")
    return (spec.sound.num_steps, spec.sound.num_mels)


def split_columns(
    columns: tuple[MetadataColumn, ...],
) -> tuple[tuple[MetadataColumn, ...], tuple[MetadataColumn, ...]]:
    """Numbers and categories, each in their order; the codes of a category begin where those before it end."""
    return (
        tuple(column for column in columns if column.kind == "number"),
        tuple(column for column in columns if column.kind == "category"),
    )


def plan_head_names(contract: Contract) -> tuple[str, ...]:
    """The heads of a network that has several, in the order of its output; empty for a network with one head.

    A network of several modalities has a head for each stream of each modality, and one for all of them together. Of
    one modality, two streams share a head where log-probabilities can be averaged (classes); else each has its own.
    Image features have a head of their own beside these.

    Args:
        contract: Its ``network.head_names`` are ignored.

    Example:
        >>> from reelwise.core.clip import ClipSpec, DecodeSettings
        >>> from reelwise.core.contract import NetworkSpec
        >>> from reelwise.core.modalities import SoundInput
        >>> from reelwise.tasks.classification import ClassificationOutput
        >>> network = NetworkSpec((Encoder("motion", "small"), Encoder("audio_cnn", "small")), "gated")
        >>> spec = InputSpec(DecodeSettings(), ClipSpec(), ("frames", "sound"), sound=SoundInput())
        >>> plan_head_names(Contract(spec, network, ClassificationOutput(("a", "b"))))
        ('frames', 'frames_2', 'sound', 'together')
    """
    if not isinstance(contract.output, LabelOutput):
        return ()
    names = _names_without_images(contract, contract.output)
    if contract.input.images is None:
        return names
    return (*(names or contract.modalities), IMAGES)


def _names_without_images(contract: Contract, output: LabelOutput) -> tuple[str, ...]:
    alone = len(contract.modalities) == 1
    if alone and output.averages_streams:
        return ()
    names = [name for plan in encoder_plans(contract) for name in stream_names(plan.modality, plan.num_streams)]
    if alone:
        return tuple(names) if len(names) > 1 else ()
    return (*names, TOGETHER)


def check_contract(contract: Contract) -> None:
    """Refuses a contract whose parts contradict each other or the output of its network.

    Raises:
        UsageError: They do.
    """
    encoder_plans(contract)  # refuses models, arguments and shapes that the catalogue does not have
    head_names, metadata = contract.network.head_names, contract.input.metadata
    if head_names != (names := plan_head_names(contract)):
        raise UsageError(f"the heads are {head_names[:8]}, but the network has {names}.")
    if ("metadata" in contract.modalities) != bool(metadata):
        raise UsageError(f"there are {len(metadata)} columns of metadata, modalities {contract.modalities}.")
    columns = [column.name for column in metadata]
    if len(set(columns)) != len(columns):
        raise UsageError("two columns of metadata have the same name.")
    if any(len(set(column.values)) != len(column.values) for column in metadata):
        raise UsageError("a column of metadata has the same value twice.")


def stream_names(modality: str, num_streams: int) -> tuple[str, ...]:
    """``frames`` and ``frames_2`` for two streams of frames."""
    return tuple(modality if number == 1 else f"{modality}_{number}" for number in range(1, num_streams + 1))


def with_all_arguments(contract: Contract) -> Contract:
    """The same contract with every argument of every encoder, so that later changes of a preset do not touch it.

    Raises:
        UsageError: As for :func:`encoder_plans`.
    """
    encoders = tuple(
        replace(encoder, arguments=dict(plan.arguments))
        for encoder, plan in zip(contract.network.encoders, encoder_plans(contract), strict=True)
    )
    return replace(contract, network=replace(contract.network, encoders=encoders))
