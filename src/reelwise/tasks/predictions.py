"""Videos with what is true of them and what a model predicts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

DEFAULT_THRESHOLD = 0.5
"""Without calibration a label is given from the probability on at which it is as likely as not."""


@dataclass(frozen=True, eq=False)
class LabeledPredictions:
    """Labeled videos with the predictions for them.

    Args:
        names: N names as in Record.name.
        labels: The C classes or labels in the order of the probabilities; for regression the name of the number.
        y_true: (N,) int classes; (N, C) 0/1 for multilabel; (N,) float for regression.
        probs: (N, C) float probabilities; (N, 1) numbers for regression.
        units: Unit of each video that a split never divides: recording, person, file; None where each stands alone.
        folds: (N,) int, the fold each was held out in; None without folds.
        task: Name of one of ``tasks.TASKS``.
        thresholds: Multilabel: from which probability on a label is given, (C,) or, where each fold has its own,
            (N, C); empty for 0.5.
    """

    names: tuple[str, ...]
    labels: tuple[str, ...]
    y_true: np.ndarray
    probs: np.ndarray
    units: tuple[str | None, ...] | None = None
    folds: np.ndarray | None = None
    task: str = "classification"
    thresholds: Sequence[float] | np.ndarray = ()

    @property
    def labels_given(self) -> np.ndarray:
        """Multilabel: (N, C) bool, the labels that the model gives."""
        edges = np.asarray(self.thresholds, np.float64)
        return np.asarray(self.probs) >= (edges if edges.size else DEFAULT_THRESHOLD)

    @property
    def values(self) -> np.ndarray:
        """Regression: (N,) float64, the predicted numbers."""
        return np.asarray(self.probs, np.float64).reshape(len(self.names), -1)[:, 0]
