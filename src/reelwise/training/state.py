"""Where a training stands: everything but arrays, exact in JSON."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

SCHEMA = "reelwise/checkpoint/2"
FIRST_SCHEMA = "reelwise/checkpoint/1"
"""Checkpoints of classifiers alone, which are still resumed."""

BUDGET_SHARE = 0.95
"""Share of a budget that is planned for epochs; the rest is reserve, since an epoch's time varies by some percent."""

_EPOCHS_BEFORE_PLAN = 20
"""With a budget, until the first epoch was timed: a warm-up of a twentieth then ends with that epoch, while with the
largest number of epochs the first one would be spent at a rate of nearly nothing."""

_FIRST_NAMES = {"planned": "is_planned", "finished": "is_finished", "stopped": "stop_reason"}


@dataclass
class EpochSums:
    """Sums over the steps of the running epoch.

    Args:
        loss: Of weighted losses.
        metrics: Of each weighted metric, by name.
        weight: Of sample weights.
        clips: Samples trained on, padding left out.
        seconds: Wall time of steps.
    """

    loss: float = 0.0
    metrics: dict[str, float] = field(default_factory=dict)
    weight: float = 0.0
    clips: int = 0
    seconds: float = 0.0

    def add(self, loss: float, metrics: Mapping[str, float], weight: float, clips: int) -> None:
        """Add the sums of one step."""
        self.loss += loss
        for name, value in metrics.items():
            self.metrics[name] = self.metrics.get(name, 0.0) + value
        self.weight += weight
        self.clips += clips


@dataclass
class Best:
    """The best validation score so far, as Keras' EarlyStopping keeps it.

    Args:
        score: The best; None before the first.
        epoch: Its epoch, from 0.
        num_epochs_since: Epochs since then.
    """

    score: float | None = None
    epoch: int = -1
    num_epochs_since: int = 0

    def update(self, score: float, epoch: int, *, rises: bool = False) -> bool:
        """Take in an epoch's validation score; whether it is the best.

        Args:
            score: Of the epoch.
            epoch: From 0.
            rises: Whether a higher score is better.
        """
        if self.score is None or (score > self.score if rises else score < self.score):
            self.score, self.epoch, self.num_epochs_since = score, epoch, 0
            return True
        self.num_epochs_since += 1
        return False


@dataclass
class TrainState:
    """Where a training stands.

    Args:
        planned_epochs: Epochs this training has; a budget decides it, and shortens it where a machine becomes slower.
        epoch: The running epoch, from 0.
        step: Steps done in it.
        sums: Of the running epoch.
        best: For early stopping.
        history: A row per finished epoch, in the fields of history.csv.
        is_planned: Whether the budget has been turned into epochs.
        is_finished: Whether there is nothing more to do.
        stop_reason: Why it ended: ``epochs``, ``patience``, ``callback``; empty while it runs.
        seconds: Wall time of all finished epochs.
    """

    planned_epochs: int
    epoch: int = 0
    step: int = 0
    sums: EpochSums = field(default_factory=EpochSums)
    best: Best = field(default_factory=Best)
    history: list[dict[str, Any]] = field(default_factory=list)
    is_planned: bool = False
    is_finished: bool = False
    stop_reason: str = ""
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Plain values; Python's floats come back from JSON to the last bit."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any], schema: str = SCHEMA) -> "TrainState":
        """What ``to_json`` gave, of this or of the first schema.

        Args:
            value: From a checkpoint.
            schema: Of the checkpoint.
        """
        if schema == FIRST_SCHEMA:
            value = _from_first(value)
        plain = {key: item for key, item in value.items() if key not in ("sums", "best")}
        return cls(**plain, sums=EpochSums(**value["sums"]), best=Best(**value["best"]))


def _from_first(value: Mapping[str, Any]) -> dict[str, Any]:
    """The state of a checkpoint of the first schema, whose one metric was the accuracy of a classifier."""
    sums, best = dict(value["sums"]), value["best"]
    sums["metrics"] = {"accuracy": sums.pop("correct")}
    fields = {_FIRST_NAMES.get(key, key): item for key, item in value.items()}
    best = {"score": best["loss"], "epoch": best["epoch"], "num_epochs_since": best["waited"]}
    return {**fields, "sums": sums, "best": best}


def first_plan(most: int, budget_seconds: float | None) -> int:
    """Epochs that the learning rate is planned for in the first epoch, before a budget has been turned into epochs.

    Args:
        most: Epochs wanted at most.
        budget_seconds: Time for training; None without a budget.

    Example:
        >>> first_plan(60, None), first_plan(60, 300.0), first_plan(8, 300.0)
        (60, 20, 8)
    """
    return most if budget_seconds is None else min(most, _EPOCHS_BEFORE_PLAN)


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
    more = math.floor(BUDGET_SHARE * remaining_seconds / max(epoch_seconds, 1e-9))
    return max(done, min(most, done + max(0, more)))
