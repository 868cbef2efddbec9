"""What a model expects and what it gives, in three parts: input, network, output. Travels inside the model file."""

from dataclasses import dataclass, field

from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.errors import UsageError
from reelwise.core.modalities import MODALITIES, Encoder, MetadataColumn, SoundInput
from reelwise.core.output import LabelOutput, OutputSpec

MAX_VIEWS = 64
"""Views of one video are one batch; more of them cost time and memory and change nothing in the third digit."""


@dataclass(frozen=True)
class InputSpec:
    """What a network takes of a video.

    Args:
        decode: How frames are kept when a video is decoded.
        clip: Which frames make a clip.
        modalities: Which modalities are read, in the order of ``MODALITIES``.
        sound: The spectrogram of a clip; None for a model that reads no sound.
        metadata: The columns that are read.
        num_views: Views averaged per video by default.
        mirror_views: Whether half of the views are mirrored (only where labels allow it).
        normalization: In words; it happens inside the network.
        typical_seconds: The 10th, 50th and 90th percentile of the length of the training clips, in seconds: how long a
            window over a long video should be. None where the file does not have it.
    """

    decode: DecodeSettings
    clip: ClipSpec
    modalities: tuple[str, ...] = ("frames",)
    sound: SoundInput | None = None
    metadata: tuple[MetadataColumn, ...] = ()
    num_views: int = 4
    mirror_views: bool = False
    normalization: str = "uint8 RGB in; scaled inside the network"
    typical_seconds: tuple[float, float, float] | None = None

    def __post_init__(self) -> None:
        ordered = tuple(name for name in MODALITIES if name in self.modalities)
        if not ordered or ordered != self.modalities:
            raise UsageError(f"modalities are {self.modalities}, expected some of {MODALITIES}, in this order.")
        if ("sound" in ordered) != (self.sound is not None):
            raise UsageError(f"modalities are {ordered}, and the settings of sound are {self.sound}.")
        if not 1 <= self.num_views <= MAX_VIEWS:
            raise UsageError(f"num_views is {self.num_views}, expected 1 to {MAX_VIEWS}.")
        seconds = self.typical_seconds
        if seconds is not None and not (0 < seconds[0] <= seconds[1] <= seconds[2]):
            raise UsageError(f"typical_seconds are {seconds}, expected three rising numbers over 0.")

    @property
    def optional_modalities(self) -> tuple[str, ...]:
        """Modalities that may be missing at prediction time, as long as one of them is there."""
        return self.modalities if len(self.modalities) > 1 else ()


@dataclass(frozen=True)
class NetworkSpec:
    """Which network of the catalogue it is, with every argument.

    Args:
        encoders: What reads each modality, in the order of the modalities.
        fusion: How the features of several modalities are joined, one of ``FUSIONS``; empty with one modality.
        head_names: The heads of a network that has several (one per stream of a modality and one of all together);
            empty for one.
    """

    encoders: tuple[Encoder, ...]
    fusion: str = ""
    head_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.encoders or bool(self.fusion) != (len(self.encoders) > 1):
            raise UsageError(f"the fusion is {self.fusion!r}, which does not fit {len(self.encoders)} encoders.")

    @property
    def first(self) -> Encoder:
        """What reads the first modality; it gives the model its name and its training settings."""
        return self.encoders[0]

    @property
    def name(self) -> str:
        """The architectures that read the modalities, such as ``motion+audio_cnn``."""
        return "+".join(encoder.architecture for encoder in self.encoders)


@dataclass(frozen=True)
class Contract:
    """Everything needed to rebuild a network and to feed it: no code, only names and numbers.

    Args:
        input: What it takes of a video.
        network: What it is built from.
        output: What it gives; one class for each task.
        notes: What else a person should know.
    """

    input: InputSpec
    network: NetworkSpec
    output: OutputSpec
    notes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        modalities, encoders = self.input.modalities, self.network.encoders
        if len(encoders) != len(modalities):
            raise UsageError(f"modalities are {modalities}, with {len(encoders)} encoders.")
        weights = self.output.head_weights if isinstance(self.output, LabelOutput) else ()
        if weights and len(weights) != len(self.network.head_names):
            raise UsageError(f"{len(weights)} weights for {len(self.network.head_names)} heads.")

    @property
    def task(self) -> str:
        """The name of its task."""
        return self.output.task

    @property
    def modalities(self) -> tuple[str, ...]:
        """What it reads of a video."""
        return self.input.modalities

    @property
    def optional_modalities(self) -> tuple[str, ...]:
        """Modalities that may be missing at prediction time, as long as one of them is there."""
        return self.input.optional_modalities

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels in the order of the logits; none for a model that gives something else."""
        return self.output.labels if isinstance(self.output, LabelOutput) else ()

    @property
    def label_output(self) -> LabelOutput:
        """The output of a model that gives one number for each label.

        Raises:
            UsageError: It gives something else.
        """
        if not isinstance(self.output, LabelOutput):
            raise UsageError(f"this is a model for {self.task}; it gives no labels.", hint="Use another model.")
        return self.output
