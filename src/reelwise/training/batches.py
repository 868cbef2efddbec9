"""What training needs of its data: batches of any kind, the same for the same epoch."""

from collections.abc import Iterator
from dataclasses import dataclass
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
    """A data set as batches of one fixed shape; what is in them depends on the epoch's number alone.

    A resumed training asks for an epoch again from the middle, and must get the same batches.
    """

    @property
    def batch_size(self) -> int:
        """B."""
        ...

    def __len__(self) -> int:
        """Batches in one epoch."""
        ...

    def epoch(self, number: int, first_batch: int = 0) -> Iterator[Batch]:
        """The batches of one epoch, from ``first_batch`` on.

        Args:
            number: The epoch, from 0.
            first_batch: Batches to leave out at the beginning.
        """
        ...

    def name(self, index: int) -> str:
        """The name of a sample, for messages."""
        ...


@dataclass(frozen=True, eq=False)
class TrainingData:
    """What a network is trained on, and what its best epoch is chosen by.

    Args:
        train: For the steps.
        validation: For the score of each epoch; None without one: then the last epoch's weights are handed over.
    """

    train: Batches
    validation: Batches | None = None
