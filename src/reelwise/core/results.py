"""Typed results of prediction."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Score:
    """A label with its probability in [0, 1]."""

    label: str
    prob: float


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a model says of one video.

    Args:
        file: The video as it was named.
        labels: The model's labels, in its order.
        probs: (num_labels,) float64, summing to 1 for classification.
        unsure: Whether the best probability lies under the model's calibrated threshold.
        seconds: Wall time spent on this video, decoding and model.
        error: Why it failed; empty when it did not.
    """

    file: str
    labels: tuple[str, ...]
    probs: np.ndarray
    unsure: bool
    seconds: float
    error: str = ""

    def top(self, k: int = 5) -> list[Score]:
        """The k most probable labels, best first; equal ones in the model's order."""
        order = np.argsort(-self.probs, kind="stable")[:k]
        return [Score(self.labels[i], float(self.probs[i])) for i in order]
