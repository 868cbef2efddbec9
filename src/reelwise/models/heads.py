"""From features of a clip to one logit per class."""

from collections.abc import Sequence
from typing import Any

from keras import layers

from reelwise.layers import OnePerExample, StreamMean


def classification_head(streams: Sequence[Any], num_classes: int, dropout: float) -> Any:
    """Dropout and a dense layer in float32, whatever the rest computes in; for two streams, their common answer.

    With two streams, a clip in training is judged by one of them, chosen at random: each learns to answer alone, and
    the one that finds it easier to learn the places by heart cannot spare the other its work. In use both answer, and
    the mean of their log-probabilities counts.

    Args:
        streams: One or two (B, D).
        num_classes: C.
        dropout: Share of features dropped in training.

    Returns:
        (B, C) float32 logits, not normalised.
    """
    if len(streams) == 1:
        return _answer(streams[0], num_classes, dropout, "logits")
    first, second = (
        layers.Activation("log_softmax", dtype="float32", name=f"answer_{number}")(
            _answer(stream, num_classes, dropout, f"logits_{number}")
        )
        for number, stream in enumerate(streams, 1)
    )
    ones = OnePerExample(dtype="float32", name="one_per_clip")(first)
    share = layers.Dropout(0.5, dtype="float32", name="choice_of_stream")(ones)  # 1 in use, 0 or 2 in training
    return StreamMean(dtype="float32", name="logits")([share, first, second])


def _answer(features: Any, num_classes: int, dropout: float, name: str) -> Any:
    x = layers.Dropout(dropout, name=name.replace("logits", "dropout"))(features)
    return layers.Dense(num_classes, dtype="float32", name=name)(x)
