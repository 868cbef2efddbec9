"""Which modalities of a video a model reads, and which encoder reads each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from reelwise.catalog import Entry
from reelwise.core.errors import UsageError
from reelwise.core.modalities import FUSIONS, Encoder, MetadataColumn, SoundInput
from reelwise.jobs.classifier.model_request import ModelRequest
from reelwise.models.catalogue import find_entry, parse_model_name

_USUAL_ENCODERS = {"sound": "audio_cnn", "metadata": "metadata_mlp"}
"""What reads a modality unless the command names another model; frames are read by what ``--model auto`` means."""


@dataclass(frozen=True)
class InputPlan:
    """What one model reads, and the encoder of each modality.

    Args:
        names: Catalogue names with presets, one encoder for each modality.
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
        """Entry and preset of the first modality's encoder."""
        return parse_model_name(self.names[0])

    @property
    def model_name(self) -> str:
        """As it stands on the leaderboard: ``motion+audio_cnn``."""
        return "+".join(map(full_name, self.names))

    def encoders(self) -> tuple[Encoder, ...]:
        """Of every modality, in their order."""
        entries = (parse_model_name(name) for name in self.names)
        return tuple(Encoder(entry.name, preset, entry.resolve(preset)) for entry, preset in entries)

    def sound_input(self) -> SoundInput | None:
        """How the sound of a clip is read, for as long as its frames may span; None without sound."""
        if "sound" not in self.modalities:
            return None
        return SoundInput(max_seconds=Fraction(self.primary[0].training.max_span_seconds))


def requested_modalities(request: ModelRequest, name: str) -> tuple[str, ...] | None:
    """The modalities that options, model or ``--from`` model decide; None where the data decides.

    Raises:
        UsageError: The model reads none of those in ``--modalities``.
    """
    entry, _ = parse_model_name(name)
    if request.modalities is not None:
        if entry.modality not in request.modalities:
            modalities = ",".join(request.modalities)
            hint = f"Add {entry.modality} to --modalities, or choose a --model that reads {request.modalities[0]}."
            raise UsageError(f"{name} reads {entry.modality}, and --modalities is {modalities}.", hint=hint)
        return request.modalities
    if request.start is not None and request.starts_as(entry.name):
        return request.start.modalities
    return (entry.modality,) if entry.modality != "frames" else None


def default_model(modalities: Sequence[str] | None, auto: str) -> str:
    """What ``--model auto`` is for these modalities.

    Args:
        modalities: As requested; None where the data decides.
        auto: What it is for frames.
    """
    if modalities is None or "frames" in modalities:
        return auto
    return _USUAL_ENCODERS[modalities[0]]


def plan_inputs(
    request: ModelRequest, name: str, modalities: tuple[str, ...], auto: str, columns: tuple[MetadataColumn, ...]
) -> InputPlan:
    """The encoder of each modality: the model that was named, ``--sound-encoder``, or the usual one.

    Args:
        request: What the command asks of models.
        name: The model, with its preset.
        modalities: What it reads.
        auto: The frames' encoder when ``name`` reads something else.
        columns: Of metadata; empty where it is not read.
    """
    modality = parse_model_name(name)[0].modality
    encoders = {"frames": auto, **_USUAL_ENCODERS, "sound": request.sound_encoder, modality: name}
    fusion = request.fusion if len(modalities) > 1 else ""
    return InputPlan(tuple(encoders[modality] for modality in modalities), modalities, fusion, columns)


def check_inputs(request: ModelRequest) -> None:
    """Everything about modalities that can be checked without the data.

    Raises:
        UsageError: A word that an option does not know, or options that contradict each other.
    """
    if request.fusion not in FUSIONS:
        raise UsageError(f"--fusion is {request.fusion!r}, expected {' or '.join(FUSIONS)}.", hint="Leave it out.")
    if parse_model_name(request.sound_encoder)[0].modality != "sound":
        hint = "Use audio_cnn or audio_lstm."
        raise UsageError(f"--sound-encoder is {request.sound_encoder!r}, which does not read sound.", hint=hint)
    if request.columns is not None and (request.modalities is None or "metadata" not in request.modalities):
        message = "--columns was given, but the model does not read metadata."
        raise UsageError(message, hint="Add --modalities frames,metadata (or metadata alone).")
    for name in request.model_names:
        requested_modalities(request, name)
    _check_image_features(request)


def _check_image_features(request: ModelRequest) -> None:
    """Image features are of frames, and each model that is named gets them: one that reads none cannot."""
    if request.image_features != "on":
        return
    reads = [(name, requested_modalities(request, name)) for name in request.model_names]
    without = [name for name, modalities in reads if modalities is not None and "frames" not in modalities]
    if without or (request.modalities is not None and "frames" not in request.modalities):
        reader = f"{without[0]} reads" if without else "--modalities names"
        hint = "Leave it out, or choose a model that reads frames (--modalities with frames)."
        raise UsageError(f"--image-features is on, and {reader} no frames.", hint=hint)


def full_name(name: str) -> str:
    """A model's name, with its preset where it is not the default one.

    Example:
        >>> full_name("motion:small"), full_name("cnn_lstm:base")
        ('motion', 'cnn_lstm:base')
    """
    entry, preset = parse_model_name(name)
    return entry.name if preset == find_entry(entry.name).default_preset else f"{entry.name}:{preset}"
