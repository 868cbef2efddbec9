"""Keras metrics of training steps and validation epochs: the column ``accuracy`` of history.csv."""

from typing import Any

import keras
import numpy as np
from keras import ops


def class_accuracy(several_heads: bool) -> list[keras.metrics.Metric]:
    """The share of clips whose best class is right; with several heads, that of the mean of their logits.

    Args:
        several_heads: Whether the output of the network is (B, H, C) rather than (B, C).
    """
    if several_heads:
        return [keras.metrics.MeanMetricWrapper(_is_class_right, name="accuracy")]
    return [keras.metrics.CategoricalAccuracy(name="accuracy")]


def label_accuracy() -> list[keras.metrics.Metric]:
    """The share of all labels that are right at a threshold of 0.5."""
    return [keras.metrics.MeanMetricWrapper(_share_of_labels_right, name="accuracy")]


def class_scores(logits: np.ndarray, targets: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """Cross-entropy and accuracy of one head, in float32 as Keras' ``evaluate`` gives them.

    Args:
        logits: (N, C).
        targets: (N, C), rows that sum to 1.
        weights: (N,).
    """
    loss = keras.metrics.CategoricalCrossentropy(from_logits=True)
    accuracy = keras.metrics.CategoricalAccuracy()
    loss.update_state(targets, logits, weights)
    accuracy.update_state(targets, logits, weights)
    loss_value, accuracy_value = (np.array(ops.convert_to_numpy(metric.result())) for metric in (loss, accuracy))
    return float(loss_value), float(accuracy_value)


def _is_class_right(y_true: Any, y_pred: Any) -> Any:
    return keras.metrics.categorical_accuracy(y_true, ops.mean(y_pred, axis=1))


def _share_of_labels_right(y_true: Any, y_pred: Any) -> Any:
    logits = ops.mean(y_pred, axis=1) if len(y_pred.shape) == 3 else y_pred
    # A logit of 0 is a probability of 0.5.
    is_right = ops.equal(ops.greater(logits, 0.0), ops.greater(y_true, 0.5))
    return ops.mean(ops.cast(is_right, "float32"), axis=-1)
