"""From features of a clip to one logit per class."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from keras import layers

HEAD = "logits"
"""What the names of a head's weights begin with."""


def classification_head(streams: Sequence[Any], num_classes: int, dropout: float) -> Any:
    """Dropout and a dense layer in float32, whatever the rest computes in; for two streams, their common answer.

    Two streams answer for themselves, and the mean of their log-probabilities counts. They are trained by
    :class:`reelwise.losses.StreamCrossentropy`, so that neither can take the other's work away.

    Args:
        streams: One or two (B, D), all of one modality.
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


@dataclass(frozen=True)
class Said:
    """What one answer is made from.

    Args:
        name: Of the answer, as in ``contract.answers``.
        features: (B, D).
        present: (B, 1) float32: 1 where the modality is there; None for an answer that is always given.
        dropout: Share of features dropped in training.
    """

    name: str
    features: Any
    present: Any
    dropout: float


def answers_head(said: Sequence[Said], num_outputs: int) -> Any:
    """One row of logits for each answer, each judged for itself; zeros where its modality is missing.

    They are put together by ``contract.answer_weights`` after the network, not in it: what each is worth shows on
    clips that no answer was trained on.

    Args:
        said: What each answer is made from, in the order of ``contract.answers``.
        num_outputs: C.

    Returns:
        (B, H, C) float32 logits, not normalised.
    """
    rows = [_row(one, num_outputs) for one in said]
    return layers.Concatenate(axis=1, dtype="float32", name=HEAD)(rows)


def _row(one: Said, num_outputs: int) -> Any:
    """(B, 1, C)."""
    x = _answer(one.features, num_outputs, one.dropout, f"{HEAD}_{one.name}")
    if one.present is not None:
        x = layers.Multiply(dtype="float32", name=f"answer_{one.name}")([x, one.present])
    return layers.Reshape((1, num_outputs), dtype="float32", name=f"row_{one.name}")(x)


def _answer(features: Any, num_classes: int, dropout: float, name: str) -> Any:
    x = layers.Dropout(dropout, name=name.replace(HEAD, "dropout"))(features)
    return layers.Dense(num_classes, dtype="float32", name=name)(x)
