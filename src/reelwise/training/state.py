"""Where a training stands: everything but arrays, exact in JSON."""

import math
from dataclasses import asdict, dataclass, field
from typing import Any

SCHEMA = "reelwise/checkpoint/1"


@dataclass
class EpochSums:
    """Sums over the steps of the running epoch.

    Args:
        loss: Of weighted losses.
        correct: Of weights of clips whose best class is right.
        weight: Of weights.
        clips: Clips trained on, padding left out.
        seconds: Wall time of steps.
    """

    loss: float = 0.0
    correct: float = 0.0
    weight: float = 0.0
    clips: int = 0
    seconds: float = 0.0


@dataclass
class Best:
    """The best validation loss so far, as Keras' EarlyStopping keeps it.

    Args:
        loss: The lowest; None before the first.
        epoch: Its epoch, from 0.
        waited: Epochs since then.
    """

    loss: float | None = None
    epoch: int = -1
    waited: int = 0

    def update(self, loss: float, epoch: int) -> bool:
        """Take in an epoch's validation loss; whether it is the best."""
        if self.loss is None or loss < self.loss:
            self.loss, self.epoch, self.waited = loss, epoch, 0
            return True
        self.waited += 1
        return False


@dataclass
class TrainState:
    """Where a training stands.

    Args:
        planned_epochs: Epochs this training has; a budget changes it once.
        epoch: The running epoch, from 0.
        step: Steps done in it.
        sums: Of the running epoch.
        best: For early stopping.
        history: A row per finished epoch, in the fields of history.csv.
        planned: Whether the budget has been turned into epochs.
        finished: Whether there is nothing more to do.
        stopped: Why it ended: ``epochs``, ``patience``, ``callback``; empty while it runs.
        seconds: Wall time of all finished epochs.
    """

    planned_epochs: int
    epoch: int = 0
    step: int = 0
    sums: EpochSums = field(default_factory=EpochSums)
    best: Best = field(default_factory=Best)
    history: list[dict[str, Any]] = field(default_factory=list)
    planned: bool = False
    finished: bool = False
    stopped: str = ""
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Plain values; Python's floats come back from JSON to the last bit."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "TrainState":
        """What ``to_json`` gave."""
        plain = {key: item for key, item in value.items() if key not in ("sums", "best")}
        return cls(**plain, sums=EpochSums(**value["sums"]), best=Best(**value["best"]))


def epochs_for_budget(remaining_seconds: float, epoch_seconds: float, done: int, most: int) -> int:
    """How many epochs a budget allows in all, one twentieth kept back.

    Args:
        remaining_seconds: What is left of the budget.
        epoch_seconds: What one epoch takes.
        done: Epochs done.
        most: Epochs wanted at most.

    Example:
        >>> epochs_for_budget(100, 10, done=1, most=60)
        10
    """
    more = math.floor(0.95 * remaining_seconds / max(epoch_seconds, 1e-9))
    return max(done, min(most, done + max(0, more)))
