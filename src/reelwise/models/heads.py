"""From features of a clip to one logit per class."""

from typing import Any

from keras import layers


def classification_head(features: Any, num_classes: int, dropout: float) -> Any:
    """Dropout and a dense layer in float32, whatever the rest computes in.

    Args:
        features: (B, D).
        num_classes: C.
        dropout: Share of features dropped in training.

    Returns:
        (B, C) float32 logits, not normalised.
    """
    x = layers.Dropout(dropout, name="dropout")(features)
    return layers.Dense(num_classes, dtype="float32", name="logits")(x)
