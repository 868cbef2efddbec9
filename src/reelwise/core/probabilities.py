"""Probabilities from logits: softmax over classes, sigmoid for each label."""

import numpy as np


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities along the last axis, in float64, safe for large logits.

    Args:
        logits: (..., C).

    Returns:
        (..., C) float64, each row sums to 1.

    Example:
        >>> softmax(np.array([0.0, 0.0]))
        array([0.5, 0.5])
    """
    logits = np.asarray(logits, np.float64)
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """The probability of each label by itself; never overflows.

    Args:
        logits: Any shape.

    Returns:
        The same shape, float64 in [0, 1].

    Example:
        >>> sigmoid(np.array([-1000.0, 0.0, 1000.0])).tolist()
        [0.0, 0.5, 1.0]
    """
    exponentials = np.exp(-np.abs(logits))  # at most 1, whatever the sign, so nothing overflows
    return np.where(logits >= 0, 1, exponentials) / (1 + exponentials)
