"""What a model expects and what it answers: travels inside the model file."""

from dataclasses import dataclass, field

from reelwise.core.clip import ClipSpec, DecodeSettings
from reelwise.core.errors import UsageError


@dataclass(frozen=True)
class Contract:
    """Everything needed to rebuild a network and to feed it: no code, only names and numbers.

    Args:
        architecture: Catalogue name, such as ``motion`` or ``cnn_lstm``.
        preset: A preset of it, such as ``small``.
        arguments: The builder's arguments, typed and ranged by the catalogue.
        labels: The classes in the order of the logits.
        decode: How frames are kept.
        clip: Which frames make a clip.
        num_views: Views averaged per video by default.
        mirror_views: Whether half of the views are mirrored (only where labels allow it).
        temperature: Logits are divided by it before softmax; calibrated on validation.
        unsure_below: Best probabilities under this are reported as unsure.
        modalities: Which parts of a video the model reads.
        normalization: In words; it happens inside the network.
        task: ``classification`` for now.
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

    def __post_init__(self) -> None:
        if len(self.labels) < 2 or len(set(self.labels)) != len(self.labels):
            raise UsageError(f"a model needs two or more different labels, got {len(self.labels)}: {self.labels[:5]}.")
        if not 1 <= self.num_views <= 64:
            raise UsageError(f"num_views is {self.num_views}, expected 1 to 64.")
        if not 0.05 <= self.temperature <= 20:
            raise UsageError(f"temperature is {self.temperature}, expected 0.05 to 20.")
