"""How each model is trained when nobody says otherwise; the figures behind it stand in LOG.md."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TrainingDefaults:
    """What was found to work for a model.

    Args:
        clip_rounds: Clips that training looks at in all, so that epochs = clip_rounds / number of clips.
        min_epochs: Fewest epochs, however many clips there are.
        max_epochs: Most epochs, however few clips there are.
        batch_size: Clips in one step.
        learning_rate: The peak.
        weight_decay: Of AdamW.
        label_smoothing: Share of a target that is spread over all classes.
        mixup: Beta parameter; 0 mixes nothing.
        augment: Strength of variation: ``none``, ``light``, ``strong`` or the name of a preset made for the model.
        patience_share: Early stopping after this share of the epochs without a better validation loss; 0 never.
        num_views: Views averaged per video.
        max_span_seconds: The longest stretch of a video that one clip covers.
    """

    clip_rounds: int = 6000
    min_epochs: int = 12
    max_epochs: int = 80
    batch_size: int = 8
    learning_rate: float = 1e-3
    weight_decay: float = 0.02
    label_smoothing: float = 0.1
    mixup: float = 0.2
    augment: str = "strong"
    patience_share: float = 0.3
    num_views: int = 4
    max_span_seconds: int = 6

    def epochs(self, num_clips: int) -> int:
        """Rounds for a set of this many training clips.

        Example:
            >>> TrainingDefaults(clip_rounds=4320, min_epochs=12, max_epochs=60).epochs(96)
            45
        """
        return max(self.min_epochs, min(self.max_epochs, round(self.clip_rounds / max(1, num_clips))))


_MOTION = TrainingDefaults(
    clip_rounds=4320,
    min_epochs=30,
    max_epochs=60,
    batch_size=12,
    learning_rate=2e-3,
    mixup=0.0,
    augment="motion",
    patience_share=0.0,
    num_views=2,
)
_SOUND = TrainingDefaults(
    clip_rounds=4320,
    min_epochs=20,
    max_epochs=60,
    batch_size=12,
    mixup=0.0,
    augment="strong",
    patience_share=0.0,
)
_METADATA = TrainingDefaults(
    clip_rounds=12_000,
    min_epochs=20,
    max_epochs=100,
    batch_size=16,
    label_smoothing=0.05,
    mixup=0.0,
    augment="none",
    patience_share=0.0,
    num_views=1,
)
_BY_MODEL = {"motion": _MOTION, "audio_cnn": _SOUND, "audio_lstm": _SOUND, "metadata_mlp": _METADATA}


def training_defaults(name: str) -> TrainingDefaults:
    """The defaults of a catalogue entry, by its name."""
    return _BY_MODEL.get(name, TrainingDefaults())
