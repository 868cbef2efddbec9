"""What training needs of its data: batches of any kind, the same for the same epoch."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np


class Batch(Protocol):
    """What one training step sees, B samples."""

    @property
    def inputs(self) -> Any:
        """What the network takes: an array, or arrays by the names of its inputs, each with B rows."""
        ...

    @property
    def targets(self) -> Any:
        """What the loss compares the network's outputs with: an array with B rows."""
        ...

    @property
    def sample_weights(self) -> np.ndarray:
        """(B,) float32; 0 marks the padding of the last batch."""
        ...

    @property
    def indices(self) -> np.ndarray:
        """(B,) int64, which samples of the data these are; for messages."""
        ...


class Batches(Protocol):
    """A data set as batches of one fixed shape; what is in one depends on the numbers of its epoch and step alone.

    Several threads make batches at the same time, and a resumed training asks for those of an epoch from the middle on.
    """

    @property
    def batch_size(self) -> int:
        """B."""
        ...

    def __len__(self) -> int:
        """Batches in one epoch."""
        ...

    def batch(self, epoch: int, step: int) -> Batch:
        """One batch; called in any thread.

        Args:
            epoch: From 0.
            step: From 0.
        """
        ...

    def name(self, index: int) -> str:
        """The name of a sample, for messages."""
        ...


def batch_makers(batches: Batches, epoch: int, first_step: int = 0) -> Iterator[Callable[[], Batch]]:
    """For each step of an epoch, from ``first_step`` on, the function that makes its batch."""
    return (partial(batches.batch, epoch, step) for step in range(first_step, len(batches)))


@dataclass(frozen=True, eq=False)
class TrainingData:
    """What a network is trained on, and what its best epoch is chosen by.

    Args:
        train: For the steps.
        validation: For the score of each epoch; None without one: then the last epoch's weights are handed over.
    """

    train: Batches
    validation: Batches | None = None
