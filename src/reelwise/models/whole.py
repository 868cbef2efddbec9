"""What a whole contract asks for: what reads each modality, which answers there are, what they cost together."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from reelwise.catalog.cost import Cost, Tally
from reelwise.catalog.entry import Entry, Shape, Value
from reelwise.catalog.fusion import count_fusion
from reelwise.core.contract import Contract
from reelwise.core.errors import UsageError
from reelwise.core.modalities import Encoder, MetadataColumn
from reelwise.models.catalogue import find_entry

TOGETHER = "together"
"""The answer of all modalities, from what the fusion makes of them."""


@dataclass(frozen=True)
class Reader:
    """What reads one modality of a contract.

    Args:
        modality: What it reads.
        entry: Its line in the catalogue.
        arguments: Every argument of its builder, checked.
        shape: What goes in.
    """

    modality: str
    entry: Entry
    arguments: Mapping[str, Value]
    shape: Shape

    def count(self, tally: Tally) -> tuple[int, ...]:
        """Adds its layers to a tally; the features of each stream."""
        return self.entry.count(tally, self.shape, self.arguments)


def readers(contract: Contract) -> tuple[Reader, ...]:
    """What reads each modality, in the order of ``contract.modalities``.

    Raises:
        UsageError: No such architecture, one that reads something else, or an argument out of its range.
    """
    first = Encoder(contract.architecture, contract.preset, contract.arguments)
    return tuple(
        _reader(contract, modality, encoder)
        for modality, encoder in zip(contract.modalities, (first, *contract.encoders), strict=True)
    )


def _reader(contract: Contract, modality: str, encoder: Encoder) -> Reader:
    entry = find_entry(encoder.architecture)
    if entry.modality != modality:
        raise UsageError(f"{entry.name} reads {entry.modality}, not {modality}.")
    arguments = entry.resolve(encoder.preset, encoder.arguments)
    return Reader(modality, entry, arguments, _shape(contract, modality))


def _shape(contract: Contract, modality: str) -> Shape:
    if modality == "frames":
        return (contract.clip.num_frames, contract.clip.input_size)
    if modality == "metadata":
        numbers, categories = split_columns(contract.metadata)
        if not contract.metadata:
            raise UsageError("a model of metadata needs at least one column.")
        return (len(numbers), len(categories), sum(column.num_codes for column in categories))
    if contract.sound is None:
        raise UsageError("a model that hears needs to be told how.")
    return (contract.sound.num_steps, contract.sound.num_mels)


def split_columns(
    columns: tuple[MetadataColumn, ...],
) -> tuple[tuple[MetadataColumn, ...], tuple[MetadataColumn, ...]]:
    """Numbers and categories, each in their order; the codes of a category begin where those before it end."""
    return (
        tuple(column for column in columns if column.kind == "number"),
        tuple(column for column in columns if column.kind == "category"),
    )


def answer_names(contract: Contract) -> tuple[str, ...]:
    """The answers of a network that gives several, in the order of its output; none for one that gives one.

    Those are networks of several modalities. Of one modality, two streams give one common answer to the question for a
    class (their log-probabilities averaged); labels and numbers have no such thing, and each stream answers.

    Example:
        >>> from reelwise.core.clip import ClipSpec, DecodeSettings
        >>> from reelwise.core.modalities import Encoder, SoundInput
        >>> contract = Contract("motion", "small", {}, ("a", "b"), DecodeSettings(), ClipSpec(),
        ...     modalities=("frames", "sound"), encoders=(Encoder("audio_cnn", "small"),), fusion="gated",
        ...     sound=SoundInput())
        >>> answer_names(contract)
        ('frames', 'frames_2', 'sound', 'together')
    """
    alone = len(contract.modalities) == 1
    if alone and contract.task == "classification":
        return ()
    names = [name for reader in readers(contract) for name in stream_names(reader.modality, reader.count(Tally()))]
    if alone:
        return tuple(names) if len(names) > 1 else ()
    return (*names, TOGETHER)


def check_contract(contract: Contract) -> None:
    """Refuses a contract whose parts contradict each other or what its network gives.

    Raises:
        UsageError: They do.
    """
    if contract.task == "regression" and len(contract.labels) != 1:
        raise UsageError(f"a number is one label, got {len(contract.labels)}.")
    if contract.answers != (names := answer_names(contract)):
        raise UsageError(f"the answers are {contract.answers[:8]}, but the network gives {names}.")
    if ("metadata" in contract.modalities) != bool(contract.metadata):
        raise UsageError(f"there are {len(contract.metadata)} columns of metadata, modalities {contract.modalities}.")
    columns = [column.name for column in contract.metadata]
    if len(set(columns)) != len(columns):
        raise UsageError("two columns of metadata have the same name.")
    if any(len(set(column.values)) != len(column.values) for column in contract.metadata):
        raise UsageError("a column of metadata has the same value twice.")
    if contract.thresholds and len(contract.thresholds) != len(contract.labels):
        raise UsageError(f"{len(contract.thresholds)} thresholds for {len(contract.labels)} labels.")


def stream_names(modality: str, streams: tuple[object, ...]) -> tuple[str, ...]:
    """``frames`` and ``frames_2`` for two streams of frames."""
    return tuple(modality if number == 1 else f"{modality}_{number}" for number in range(1, len(streams) + 1))


def contract_cost(contract: Contract) -> Cost:
    """What the network of a contract weighs and what one clip costs, computed without building it.

    Raises:
        UsageError: As for :func:`readers`.
    """
    tally, widths = Tally(), []
    for reader in readers(contract):
        streams = reader.count(tally)
        for features in streams:
            tally.dense(features, len(contract.labels))
        widths.append(sum(streams))
    if len(widths) > 1:
        tally.dense(count_fusion(tally, contract.fusion, widths), len(contract.labels))
    return tally.cost()


def spelled_out(contract: Contract) -> Contract:
    """The same with every argument of every encoder, so that later changes of a preset do not touch it.

    Raises:
        UsageError: As for :func:`readers`.
    """
    arguments = [dict(reader.arguments) for reader in readers(contract)]
    encoders = tuple(replace(one, arguments=own) for one, own in zip(contract.encoders, arguments[1:], strict=True))
    return replace(contract, arguments=arguments[0], encoders=encoders)
