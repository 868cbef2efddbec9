"""Typed results of prediction."""

from dataclasses import dataclass

import numpy as np

from reelwise.core.output import LabelOutput, Score


@dataclass(frozen=True, eq=False)
class Prediction:
    """The prediction of a model for one video.

    Args:
        file: The video, as the caller wrote its path.
        output: The output of the model's contract, which knows its labels and thresholds.
        probs: (num_labels,) float64: classification, probabilities that sum to 1; multilabel, one probability in [0, 1]
            per label; regression, (1,) with the number. Empty when the prediction failed.
        unsure: Whether the best probability lies under the model's calibrated threshold.
        seconds: Wall time spent on this video, decoding and model.
        error: Why the prediction failed; empty when it did not.

    Example:
        >>> from reelwise.tasks.multilabel import MultilabelOutput
        >>> sounds = MultilabelOutput(("dog", "car"))
        >>> prediction = Prediction("a.mp4", sounds, np.array([0.7, 0.4]), unsure=False, seconds=0.1)
        >>> prediction.labels_given, prediction.value, prediction.top(1)
        (('dog',), None, [Score(label='dog', prob=0.7)])
    """

    file: str
    output: LabelOutput
    probs: np.ndarray
    unsure: bool
    seconds: float
    error: str = ""

    @property
    def labels(self) -> tuple[str, ...]:
        """The model's labels, in the order of ``probs``; for regression the name of the number."""
        return self.output.labels

    @property
    def task(self) -> str:
        """The model's task."""
        return self.output.task

    @property
    def thresholds(self) -> tuple[float, ...]:
        """Multilabel: the lowest probability at which each label is assigned; empty for 0.5 and for other tasks."""
        return self.output.calibration.thresholds

    @property
    def value(self) -> float | None:
        """The predicted number; None for a model of labels, and when it failed."""
        return self.output.value(self.probs)

    @property
    def labels_given(self) -> tuple[str, ...]:
        """The labels that the model assigns: multilabel, those that reach their thresholds; else the most probable."""
        return self.output.labels_given(self.probs)

    def top(self, k: int = 5) -> list[Score]:
        """The k most probable labels, best first; equal ones in the model's order. Empty for regression."""
        return self.output.top(self.probs, k)
