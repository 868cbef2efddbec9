"""From features of a clip to one logit per class."""

from collections.abc import Sequence
from typing import Any

from keras import layers

HEAD = "logits"
"""What the names of a head's weights begin with."""


def classification_head(streams: Sequence[Any], num_classes: int, dropout: float) -> Any:
    """Dropout and a dense layer in float32, whatever the rest computes in; for two streams, their common answer.

    Two streams answer for themselves, and the mean of their log-probabilities counts. They are trained by
    :class:`reelwise.losses.StreamCrossentropy`, so that neither can take the other's work away.

    Args:
        streams: One or two (B, D).
        num_classes: C.
        dropout: Share of features dropped in training.

    Returns:
        (B, C) float32 logits, not normalised.
    """
    if len(streams) == 1:
        return _answer(streams[0], num_classes, dropout, HEAD)
    first, second = (
        layers.Activation("log_softmax", dtype="float32", name=f"answer_{number}")(
            _answer(stream, num_classes, dropout, f"{HEAD}_{number}")
        )
        for number, stream in enumerate(streams, 1)
    )
    return layers.Average(dtype="float32", name=HEAD)([first, second])


def _answer(features: Any, num_classes: int, dropout: float, name: str) -> Any:
    x = layers.Dropout(dropout, name=name.replace(HEAD, "dropout"))(features)
    return layers.Dense(num_classes, dtype="float32", name=name)(x)
