"""What a training minimises and measures: the seam between the training loop and what is trained."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

    from reelwise.training.batches import Batches

VALIDATION_PREFIX = "val_"
"""In front of a metric's name, the column of history.csv with its value on the validation data; Keras' convention."""


@dataclass(frozen=True)
class Metric:
    """One number of each epoch, the loss among them.

    Args:
        name: Its column in history.csv; ``val_`` in front is that of the validation data.
        title: Over its curve in the report.
        is_share: Whether it lies between 0 and 1 and is shown in percent; else its axis begins at 0.
    """

    name: str
    title: str
    is_share: bool = False


class Objective(ABC):
    """A loss, metrics by name, and the score that chooses the best epoch.

    The training loop knows nothing else of what it trains, so that a classifier, a predictor of frames and a denoiser
    are trained, validated, saved and resumed by the same loop.
    """

    @property
    @abstractmethod
    def metrics(self) -> tuple[Metric, ...]:
        """The columns of history.csv that are this objective's, ``loss`` first; what says most to a person is last."""

    @property
    def score(self) -> str:
        """The column that chooses the best epoch and stops early."""
        return "val_loss"

    @property
    def score_rises(self) -> bool:
        """Whether a higher score is better."""
        return False

    @abstractmethod
    def loss(self) -> "keras.losses.Loss":
        """What a training step minimises: one number for each sample, (B,), so that padding of weight 0 counts nowhere.

        Keras' own losses take the mean over the last axis alone; of pictures the others must be averaged too.
        """

    def step_metrics(self) -> list["keras.metrics.Metric"]:
        """Metrics of a training step, named as in ``metrics``; those that it leaves out stay empty in history.csv."""
        return []

    @abstractmethod
    def validate(self, network: "keras.Model", batches: "Batches") -> Mapping[str, float | None]:
        """The validation columns of one epoch, ``score`` among them; None leaves a column empty.

        Args:
            network: Float32, with the weights of the epoch's end.
            batches: Not shuffled, not augmented; padding has weight 0.
        """

    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """Everything that decides loss and score, as JSON; a checkpoint of other settings is not resumed."""


def history_columns(objective: Objective) -> tuple[str, ...]:
    """The columns of history.csv, in their order, without the fold.

    Args:
        objective: Of the training.
    """
    names = [metric.name for metric in objective.metrics]
    validation = [f"{VALIDATION_PREFIX}{name}" for name in names]
    return ("epoch", *names, *validation, "learning_rate", "seconds", "clips_per_second")
