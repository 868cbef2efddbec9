"""What a command asks of the models to train, before the data is known."""

from dataclasses import dataclass
from pathlib import Path

from reelwise.core.contract import Contract
from reelwise.core.errors import UsageError
from reelwise.core.modalities import MODALITIES
from reelwise.jobs.runs.model_names import model_names
from reelwise.jobs.runs.options import TrainOptions

AUTO = "auto"


@dataclass(frozen=True)
class ModelRequest:
    """Options about models, parsed once; the training plan of each model follows from them, the data and the catalogue.

    Args:
        names: Catalogue names as in ``--model``, ``auto`` among them.
        modalities: As in ``--modalities``, in the order of ``MODALITIES``; None where the data decides.
        image_features: ``auto``, ``on`` or ``off``.
        sound_encoder: Catalogue name of what reads sound beside frames.
        fusion: How several modalities are joined.
        columns: Metadata columns to read; None for all that are of use.
        size: Side of the decoded square in pixels; None for the model's.
        num_frames: Frames in a clip; None for the model's.
        frame_stride: Source frames from one frame of a clip to the next; None spreads them over the video.
        flip: ``auto``, ``on`` or ``off``.
        epochs: Number of epochs; None for the model's.
        batch_size: Clips in a step; None for the model's.
        precision: ``auto``, ``float32`` or ``bfloat16``, of training steps.
        seed: Of the run.
        extractor_weights: File with the weights of a frozen extractor.
        download_weights: Whether Keras may download them instead.
        start: The contract of the ``--from`` model.
    """

    names: tuple[str, ...] = (AUTO,)
    modalities: tuple[str, ...] | None = None
    image_features: str = AUTO
    sound_encoder: str = TrainOptions.sound_encoder
    fusion: str = TrainOptions.fusion
    columns: tuple[str, ...] | None = None
    size: int | None = None
    num_frames: int | None = None
    frame_stride: int | None = None
    flip: str = AUTO
    epochs: int | None = None
    batch_size: int | None = None
    precision: str = AUTO
    seed: int = 0
    extractor_weights: Path | None = None
    download_weights: bool = False
    start: Contract | None = None

    @property
    def model_names(self) -> tuple[str, ...]:
        """The names without ``auto``."""
        return tuple(name for name in self.names if name != AUTO)

    def starts_as(self, architecture: str) -> bool:
        """Whether the ``--from`` model is of this architecture, so that its preset and clip are kept."""
        return self.start is not None and self.start.network.first.architecture == architecture


def model_request(options: TrainOptions, start: Contract | None = None) -> ModelRequest:
    """The request of a command.

    Args:
        options: The command's.
        start: The contract of the ``--from`` model.

    Raises:
        UsageError: ``--modalities`` names something else than modalities, or ``--model`` is empty.
    """
    names = model_names(options.model)
    return ModelRequest(
        names=names,
        modalities=None if options.modalities == AUTO else parse_modalities(options.modalities),
        image_features=options.image_features,
        sound_encoder=options.sound_encoder,
        fusion=options.fusion,
        columns=None if options.columns is None else _words(options.columns),
        size=options.size,
        num_frames=options.num_frames,
        frame_stride=options.frame_stride,
        flip=options.flip,
        epochs=options.epochs,
        batch_size=options.batch_size,
        precision=options.precision,
        seed=options.seed,
        extractor_weights=options.extractor_weights,
        download_weights=options.download_weights,
        start=start,
    )


def parse_modalities(text: str) -> tuple[str, ...]:
    """``frames,sound`` as names in their order.

    Raises:
        UsageError: It names something else, or nothing.

    Example:
        >>> parse_modalities("sound,frames")
        ('frames', 'sound')
    """
    words = {word.strip() for word in text.split(",")}
    if not words <= set(MODALITIES):
        hint = f"Use any of {', '.join(MODALITIES)}, with commas between them."
        raise UsageError(f"--modalities is {text!r}, expected modalities of a video.", hint=hint)
    return tuple(name for name in MODALITIES if name in words)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())
