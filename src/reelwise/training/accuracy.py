"""The share that is right, for the columns ``accuracy`` and ``val_accuracy`` of history.csv, by task.

A class: the share of clips whose best class is right, of the mean of a network's answers. Labels: the share of all
labels that are right at a probability of 0.5. A number has no such share, and its columns stay empty.
"""

from typing import Any

import keras
import numpy as np
from keras import ops


def accuracy_metrics(task: str, several_answers: bool) -> list[keras.metrics.Metric]:
    """Keras metrics of a training step: one called ``accuracy``, or none for a number.

    Args:
        task: One of ``core.modalities.TASKS``.
        several_answers: Whether the network gives (B, H, C).
    """
    if task == "regression":
        return []
    if task == "multilabel":
        return [keras.metrics.MeanMetricWrapper(_labels_right, name="accuracy")]
    if several_answers:
        return [keras.metrics.MeanMetricWrapper(_class_right, name="accuracy")]
    return [keras.metrics.CategoricalAccuracy(name="accuracy")]


def right(task: str, targets: np.ndarray, logits: np.ndarray) -> np.ndarray | None:
    """(N,) float64: how far each clip is right, as in a training step; None for a number.

    Args:
        task: One of ``core.modalities.TASKS``.
        targets: (N, C).
        logits: (N, C), one answer.

    Example:
        >>> right("multilabel", np.array([[1.0, 0.0]]), np.array([[2.0, 1.0]]))
        array([0.5])
    """
    if task == "regression":
        return None
    if task == "multilabel":
        return ((logits > 0) == (targets > 0.5)).mean(axis=1)
    return (logits.argmax(axis=1) == targets.argmax(axis=1)).astype(np.float64)


def _class_right(y_true: Any, y_pred: Any) -> Any:
    return keras.metrics.categorical_accuracy(y_true, ops.mean(y_pred, axis=1))


def _labels_right(y_true: Any, y_pred: Any) -> Any:
    logits = ops.mean(y_pred, axis=1) if len(y_pred.shape) == 3 else y_pred
    same = ops.equal(ops.greater(logits, 0.0), ops.greater(y_true, 0.5))
    return ops.mean(ops.cast(same, "float32"), axis=-1)
