"""What a model expects and what it answers: travels inside the model file."""

from dataclasses import dataclass, field

from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.errors import UsageError
from reelwise.core.modalities import MODALITIES, TASKS, Encoder, MetadataColumn, SoundInput


@dataclass(frozen=True)
class Contract:
    """Everything needed to rebuild a network and to feed it: no code, only names and numbers.

    Args:
        architecture: Catalogue name, such as ``motion`` or ``cnn_lstm``, of what reads the first of ``modalities``.
        preset: A preset of it, such as ``small``.
        arguments: The builder's arguments, typed and ranged by the catalogue.
        labels: The classes in the order of the logits; for regression the name of the number.
        decode: How frames are kept.
        clip: Which frames make a clip.
        num_views: Views averaged per video by default.
        mirror_views: Whether half of the views are mirrored (only where labels allow it).
        temperature: Logits are divided by it before softmax; calibrated on validation.
        unsure_below: Best probabilities under this are reported as unsure.
        modalities: Which parts of a video the model reads, in the order of ``MODALITIES``.
        normalization: In words; it happens inside the network.
        task: One of ``TASKS``.
        notes: What else a person should know.
        encoders: What reads each modality but the first.
        fusion: How their features are joined, one of ``FUSIONS``; empty with one modality.
        sound: How a clip is heard; None for a model that does not hear.
        metadata: The columns that the model reads.
        answers: Names of the network's answers when it gives several: one per part of a video and one of all together.
        answer_weights: What each answer counts for in the model's logits; fitted on validation.
        target_mean: Regression: what an answer of 0 means.
        target_scale: Regression: the step from 0 to 1 of an answer, over 0.
        thresholds: Multilabel: from which probability on each label is given.
    """

    architecture: str
    preset: str
    arguments: dict[str, int | float | str | bool]
    labels: tuple[str, ...]
    decode: DecodeSettings
    clip: ClipSpec
    num_views: int = 4
    mirror_views: bool = False
    temperature: float = 1.0
    unsure_below: float = 0.0
    modalities: tuple[str, ...] = ("frames",)
    normalization: str = "uint8 RGB in; scaled inside the network"
    task: str = "classification"
    notes: dict[str, str] = field(default_factory=dict)
    encoders: tuple[Encoder, ...] = ()
    fusion: str = ""
    sound: SoundInput | None = None
    metadata: tuple[MetadataColumn, ...] = ()
    answers: tuple[str, ...] = ()
    answer_weights: tuple[float, ...] = ()
    target_mean: float = 0.0
    target_scale: float = 1.0
    thresholds: tuple[float, ...] = ()

    @property
    def can_do_without(self) -> tuple[str, ...]:
        """Modalities that may be missing at prediction time, as long as one of them is there."""
        return self.modalities if len(self.modalities) > 1 else ()

    @property
    def model_name(self) -> str:
        """The architectures that read the modalities, such as ``motion+audio_cnn``."""
        return "+".join([self.architecture, *(encoder.architecture for encoder in self.encoders)])

    def __post_init__(self) -> None:
        fewest = 2 if self.task == "classification" else 1
        if len(self.labels) < fewest or len(set(self.labels)) != len(self.labels):
            raise UsageError(f"a model needs two or more different labels, got {len(self.labels)}: {self.labels[:5]}.")
        self._check_modalities()
        if not 1 <= self.num_views <= 64:
            raise UsageError(f"num_views is {self.num_views}, expected 1 to 64.")
        if not 0.05 <= self.temperature <= 20:
            raise UsageError(f"temperature is {self.temperature}, expected 0.05 to 20.")

    def _check_modalities(self) -> None:
        if self.task not in TASKS:
            raise UsageError(f"the task is {self.task!r}, expected {' or '.join(TASKS)}.")
        ordered = tuple(name for name in MODALITIES if name in self.modalities)
        if not ordered or ordered != self.modalities or len(self.encoders) != len(ordered) - 1:
            raise UsageError(f"modalities are {self.modalities} with {len(self.encoders)} further encoders.")
        if ("sound" in ordered) != (self.sound is not None) or bool(self.fusion) != (len(ordered) > 1):
            raise UsageError(f"modalities {ordered} do not fit the sound or the fusion of the contract.")
        if self.answer_weights and len(self.answer_weights) != len(self.answers):
            raise UsageError(f"{len(self.answer_weights)} weights for {len(self.answers)} answers.")
