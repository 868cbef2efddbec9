"""From features of a clip to logits: one head, or several beside each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from keras import layers

HEAD = "logits"
"""What the names of a head's weights begin with."""


def single_head(streams: Sequence[Any], num_outputs: int, dropout: float) -> Any:
    """Dropout and a dense layer in float32, whatever the rest computes in; two streams share the result.

    Each of two streams has a dense layer of its own, and the mean of their log-probabilities counts. They are trained
    by :class:`reelwise.losses.StreamCrossentropy`, so that neither can take the other's work away.

    Args:
        streams: One or two (B, D), all of one modality.
        num_outputs: C.
        dropout: Share of features dropped in training.

    Returns:
        (B, C) float32 logits, not normalised.
    """
    if len(streams) == 1:
        return _dense(streams[0], num_outputs, dropout, HEAD)
    first, second = (
        layers.Activation("log_softmax", dtype="float32", name=f"answer_{number}")(
            _dense(stream, num_outputs, dropout, f"{HEAD}_{number}")
        )
        for number, stream in enumerate(streams, 1)
    )
    return layers.Average(dtype="float32", name=HEAD)([first, second])


@dataclass(frozen=True)
class HeadInput:
    """What one head of several reads.

    Args:
        name: Of the head, as in ``NetworkSpec.head_names``.
        features: (B, D).
        present: (B, 1) float32: 1 where the modality is there; None for a head that always counts.
        dropout: Share of features dropped in training.
    """

    name: str
    features: Any
    present: Any
    dropout: float


def several_heads(heads: Sequence[HeadInput], num_outputs: int) -> Any:
    """One row of logits for each head, each with a loss of its own; zeros where its modality is missing.

    The rows are summed with the contract's ``head_weights`` after the network, not in it: how much each should count
    shows on clips that none of them was trained on.

    Args:
        heads: What each head reads, in the order of ``NetworkSpec.head_names``.
        num_outputs: C.

    Returns:
        (B, H, C) float32 logits, not normalised.
    """
    rows = [_row(head, num_outputs) for head in heads]
    return layers.Concatenate(axis=1, dtype="float32", name=HEAD)(rows)


def _row(head: HeadInput, num_outputs: int) -> Any:
    """(B, 1, C)."""
    x = _dense(head.features, num_outputs, head.dropout, f"{HEAD}_{head.name}")
    if head.present is not None:
        x = layers.Multiply(dtype="float32", name=f"answer_{head.name}")([x, head.present])
    return layers.Reshape((1, num_outputs), dtype="float32", name=f"row_{head.name}")(x)


def _dense(features: Any, num_outputs: int, dropout: float, name: str) -> Any:
    """(B, C). The name of the layer is part of model files: their weights are found by it."""
    x = layers.Dropout(dropout, name=name.replace(HEAD, "dropout"))(features)
    return layers.Dense(num_outputs, dtype="float32", name=name)(x)
