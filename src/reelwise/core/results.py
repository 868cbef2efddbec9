"""Typed results of prediction."""

from dataclasses import dataclass

import numpy as np

from reelwise.core.output import Score


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a model says of one video.

    Args:
        file: The video as it was named.
        labels: The model's labels, in its order.
        probs: (num_labels,) float64: for classification summing to 1; for multilabel each by itself in [0, 1]; for
            regression (1,), the number. Empty when it failed.
        unsure: Whether the best probability lies under the model's calibrated threshold.
        seconds: Wall time spent on this video, decoding and model.
        error: Why it failed; empty when it did not.
        task: One of ``core.modalities.TASKS``.
        thresholds: Multilabel: from which probability on each label is given; empty for 0.5.

    Example:
        >>> heard = Prediction("a.mp4", ("dog", "car"), np.array([0.7, 0.4]), False, 0.1, task="multilabel")
        >>> heard.labels_given, heard.value, heard.top(1)
        (('dog',), None, [Score(label='dog', prob=0.7)])
        >>> Prediction("a.mp4", ("speed",), np.array([12.5]), False, 0.1, task="regression").value
        12.5
    """

    file: str
    labels: tuple[str, ...]
    probs: np.ndarray
    unsure: bool
    seconds: float
    error: str = ""
    task: str = "classification"
    thresholds: tuple[float, ...] = ()

    @property
    def value(self) -> float | None:
        """The predicted number; None for a model of labels, and when it failed."""
        return float(self.probs[0]) if self.task == "regression" and len(self.probs) else None

    @property
    def labels_given(self) -> tuple[str, ...]:
        """The labels that the model gives: for multilabel those that reach their thresholds, else the best one."""
        if self.task != "multilabel":
            return tuple(score.label for score in self.top(1))
        edges = self.thresholds or (0.5,) * len(self.labels)
        found = zip(self.labels, self.probs, edges, strict=False)
        return tuple(label for label, prob, edge in found if prob >= edge)

    def top(self, k: int = 5) -> list[Score]:
        """The k most probable labels, best first; equal ones in the model's order. None of a number."""
        if self.task == "regression":
            return []
        order = np.argsort(-self.probs, kind="stable")[:k]
        return [Score(self.labels[i], float(self.probs[i])) for i in order]
