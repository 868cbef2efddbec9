"""How a model is trained where no option is given; the measurements behind the numbers are in LOG.md."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TrainingDefaults:
    """Training settings that worked best for a model.

    Args:
        clip_rounds: Clips that training uses in all, so that epochs = clip_rounds / number of clips; of a model of
            frames the windows, by those of one epoch.
        min_epochs: Fewest epochs, however many clips there are.
        max_epochs: Most epochs, however few clips there are.
        batch_size: Clips in one step.
        learning_rate: The highest of the schedule.
        weight_decay: Of AdamW.
        label_smoothing: Share of a target that is spread over all classes.
        mixup: Beta parameter; 0 mixes nothing.
        augment: Strength of augmentation: ``none``, ``light``, ``strong`` or the name of a preset made for the model.
        patience_share: Early stopping after this share of the epochs without a better validation loss; 0 never.
        num_views: Views averaged per video.
        max_span_seconds: The longest span of one clip.
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
        """Epochs for a set of this many training clips.

        Example:
            >>> TrainingDefaults(clip_rounds=4320, min_epochs=12, max_epochs=60).epochs(96)
            45
        """
        return max(self.min_epochs, min(self.max_epochs, round(self.clip_rounds / max(1, num_clips))))


USUAL_TRAINING = TrainingDefaults()
"""For every model whose entry gives nothing else."""
