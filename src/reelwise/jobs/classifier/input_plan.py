"""Which parts of a video a model of a run reads, and what reads each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from reelwise.catalog import Entry
from reelwise.catalog.training import training_defaults
from reelwise.core.contract import Contract
from reelwise.core.errors import UsageError
from reelwise.core.modalities import FUSIONS, MODALITIES, Encoder, MetadataColumn, SoundInput
from reelwise.jobs.runs.options import TrainOptions
from reelwise.models.catalogue import find_entry, parse_model_name

AUTO = "auto"
_ENCODERS = {"sound": "audio_cnn", "metadata": "metadata_mlp"}
"""What reads a modality when nobody says otherwise; frames are read by what ``--model auto`` means."""


@dataclass(frozen=True)
class Parts:
    """What one model reads.

    Args:
        names: The catalogue's names with presets, of what reads each modality.
        modalities: In the order of ``MODALITIES``.
        fusion: How they are joined; empty for one.
        columns: Names and kinds of the metadata columns, not yet fitted.
    """

    names: tuple[str, ...]
    modalities: tuple[str, ...]
    fusion: str = ""
    columns: tuple[MetadataColumn, ...] = ()

    @property
    def primary(self) -> tuple[Entry, str]:
        """Entry and preset of what reads the first modality."""
        return parse_model_name(self.names[0])

    @property
    def model_name(self) -> str:
        """As it stands on the leaderboard: ``motion+audio_cnn``."""
        return "+".join(map(full_name, self.names))

    def encoders(self) -> tuple[Encoder, ...]:
        """Of every modality but the first."""
        found = (parse_model_name(name) for name in self.names[1:])
        return tuple(Encoder(entry.name, preset, entry.resolve(preset)) for entry, preset in found)

    def sound_input(self) -> SoundInput | None:
        """How a clip is heard: as long as it is seen."""
        if "sound" not in self.modalities:
            return None
        return SoundInput(max_seconds=Fraction(training_defaults(self.primary[0].name).max_span_seconds))


def asked_modalities(options: TrainOptions, name: str, start: Contract | None) -> tuple[str, ...] | None:
    """The modalities that options, model or ``--from`` model decide; None where the data decides.

    Raises:
        UsageError: One that there is not, or a model that reads none of them.
    """
    entry, _ = parse_model_name(name)
    if options.modalities != AUTO:
        asked = parse_modalities(options.modalities)
        if entry.modality not in asked:
            hint = f"Add {entry.modality} to --modalities, or choose a --model that reads {asked[0]}."
            raise UsageError(f"{name} reads {entry.modality}, and --modalities is {options.modalities}.", hint=hint)
        return asked
    if start is not None and start.architecture == entry.name:
        return start.modalities
    return (entry.modality,) if entry.modality != "frames" else None


def parse_modalities(text: str) -> tuple[str, ...]:
    """``frames,sound`` as names in their order.

    Raises:
        UsageError: It names something else, or nothing.

    Example:
        >>> parse_modalities("sound,frames")
        ('frames', 'sound')
    """
    told = {word.strip() for word in text.split(",")}
    if not told or not told <= set(MODALITIES):
        hint = f"Use any of {', '.join(MODALITIES)}, with commas between them."
        raise UsageError(f"--modalities is {text!r}, expected parts of a video.", hint=hint)
    return tuple(name for name in MODALITIES if name in told)


def default_model(modalities: Sequence[str] | None, auto: str) -> str:
    """What ``--model auto`` is for these modalities.

    Args:
        modalities: As asked for; None where the data decides.
        auto: What it is for frames.
    """
    if modalities is None or "frames" in modalities:
        return auto
    return _ENCODERS[modalities[0]]


def make_parts(
    options: TrainOptions, name: str, modalities: tuple[str, ...], auto: str, columns: tuple[MetadataColumn, ...]
) -> Parts:
    """What reads each modality: the model that was named, ``--sound-encoder``, or the usual one.

    Args:
        options: The command's.
        name: The model, with its preset.
        modalities: What it reads.
        auto: The frames' encoder when ``name`` reads something else.
        columns: Of metadata; empty where it is not read.
    """
    named = parse_model_name(name)[0].modality
    usual = {"frames": auto, **_ENCODERS, "sound": options.sound_encoder, named: name}
    fusion = options.fusion if len(modalities) > 1 else ""
    return Parts(tuple(usual[modality] for modality in modalities), modalities, fusion, columns)


def check_parts(options: TrainOptions) -> None:
    """Everything about ``--modalities`` that needs no look into the data.

    Raises:
        UsageError: A word that is not one of those that may stand there, or options that contradict each other.
    """
    if options.fusion not in FUSIONS:
        raise UsageError(f"--fusion is {options.fusion!r}, expected {' or '.join(FUSIONS)}.", hint="Leave it out.")
    if options.ablate not in ("mask", "retrain", "off"):
        raise UsageError(f"--ablate is {options.ablate!r}, expected mask, retrain or off.", hint="Leave it out.")
    if parse_model_name(options.sound_encoder)[0].modality != "sound":
        hint = "Use audio_cnn or audio_lstm."
        raise UsageError(f"--sound-encoder is {options.sound_encoder!r}, which does not read sound.", hint=hint)
    modalities = None if options.modalities == AUTO else parse_modalities(options.modalities)
    if options.columns is not None and (modalities is None or "metadata" not in modalities):
        told = "--columns was given, but the model does not read metadata."
        raise UsageError(told, hint="Add --modalities frames,metadata (or metadata alone).")
    for name in options.model.split(","):
        if name.strip() not in ("", AUTO):
            asked_modalities(options, name.strip(), None)


def full_name(name: str) -> str:
    """A model's name, with its preset where it is not the default one.

    Example:
        >>> full_name("motion:small"), full_name("cnn_lstm:base")
        ('motion', 'cnn_lstm:base')
    """
    entry, preset = parse_model_name(name)
    return entry.name if preset == find_entry(entry.name).default_preset else f"{entry.name}:{preset}"
