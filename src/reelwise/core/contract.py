"""What a model expects and what it gives, in three parts: input, network, output. Travels inside the model file."""

from dataclasses import dataclass, field

from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.errors import UsageError
from reelwise.core.modalities import MODALITIES, Encoder, ImageInput, MetadataColumn, SoundInput
from reelwise.core.output import LabelOutput, OutputSpec

MAX_VIEWS = 64
"""Views per video. They are one batch, so this bounds memory; chosen by reasoning, since presets use 4 or fewer."""


@dataclass(frozen=True)
class InputSpec:
    """The input of a network: how a video is decoded, and which frames, sound and metadata make its tensors.

    Args:
        decode: Size, rate and number of the frames that decoding keeps.
        clip: Which frames make a clip.
        modalities: Which modalities are read, in the order of ``MODALITIES``.
        sound: The spectrogram of a clip; None for a model that reads no sound.
        metadata: The columns that are read.
        num_views: Views averaged per video by default.
        mirror_views: Whether half of the views are mirrored (only where labels allow it).
        normalization: How pixels are scaled, as a sentence for people; the network itself does it.
        typical_seconds: The 10th, 50th and 90th percentile of the length of the training clips, in seconds: how long a
            window over a long video should be. None where the file does not have it.
        images: The image features that are read beside the clips; None for a model that reads none.
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
    images: ImageInput | None = None

    def __post_init__(self) -> None:
        in_order = tuple(name for name in MODALITIES if name in self.modalities)
        if not in_order or in_order != self.modalities:
            raise UsageError(f"modalities are {self.modalities}, expected some of {MODALITIES}, in this order.")
        if ("sound" in in_order) != (self.sound is not None):
            raise UsageError(f"modalities are {in_order}, and the settings of sound are {self.sound}.")
        if self.images is not None and "frames" not in in_order:
            raise UsageError(f"modalities are {in_order}, and image features are of frames.")
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
    """The encoders and fusion of a network, with every argument of their builders.

    Args:
        encoders: One encoder for each modality, in the order of the modalities.
        fusion: How the features of several modalities are joined, one of ``FUSIONS``; empty with one modality.
        head_names: The heads of a network with several (one per stream of each modality, and one of the fused
            features); empty for a network with one head.
    """

    encoders: tuple[Encoder, ...]
    fusion: str = ""
    head_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.encoders or bool(self.fusion) != (len(self.encoders) > 1):
            raise UsageError(f"the fusion is {self.fusion!r}, which does not fit {len(self.encoders)} encoders.")

    @property
    def first(self) -> Encoder:
        """The encoder of the first modality; its catalogue entry gives the training defaults."""
        return self.encoders[0]

    @property
    def name(self) -> str:
        """The architectures of the encoders, such as ``motion+audio_cnn``."""
        return "+".join(encoder.architecture for encoder in self.encoders)


@dataclass(frozen=True)
class Contract:
    """Everything needed to rebuild a network and to feed it: no code, only names and numbers.

    Args:
        input: How a video becomes the network's input.
        network: What the network is built from.
        output: What the network gives; one class for each task.
        notes: Remarks for people, by title.
    """

    input: InputSpec
    network: NetworkSpec
    output: OutputSpec
    notes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        modalities, encoders = self.input.modalities, self.network.encoders
        if len(encoders) != len(modalities):
            raise UsageError(f"modalities are {modalities}, with {len(encoders)} encoders.")
        weights = self.head_weights
        if weights and len(weights) != len(self.network.head_names):
            raise UsageError(f"{len(weights)} weights for {len(self.network.head_names)} heads.")

    @property
    def task(self) -> str:
        """The name of its task."""
        return self.output.task

    @property
    def modalities(self) -> tuple[str, ...]:
        """The modalities that the network reads."""
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
    def head_weights(self) -> tuple[float, ...]:
        """The weight of each head in the logits; empty for a single head and before fitting."""
        return self.output.head_weights if isinstance(self.output, LabelOutput) else ()

    @property
    def label_output(self) -> LabelOutput:
        """The output of a model that gives one number for each label.

        Raises:
            UsageError: It gives something else.
        """
        if not isinstance(self.output, LabelOutput):
            raise UsageError(
                f"this is a model for {self.task}; it gives no labels.",
                hint="Use `reelwise generate`, or another model.",
            )
        return self.output
