"""From features of a clip to logits: one head, or several beside each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from keras import layers

from reelwise.layers import Clamp

HEAD = "logits"
"""Prefix of the names of a head's layers. Model files have all names of layers, so they stay as they are."""

CLASS_CONDITION = "class"
"""Name of the layer that makes a class into what steers a network that makes clips."""


def single_head(streams: Sequence[Any], num_outputs: int, dropout: float) -> Any:
    """Dropout and a dense layer in float32, whatever the dtype policy; two streams share the result.

    Each of two streams has a dense layer of its own, and the logits are the mean of their log-probabilities. Both are
    trained by :class:`reelwise.losses.StreamCrossentropy`, so that each learns to predict by itself.

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
    """The input of one of several heads.

    Args:
        name: Of the head, as in ``NetworkSpec.head_names``.
        features: (B, D).
        present: (B, 1) float32: 1 where the modality is present; None for a head that always counts.
        dropout: Share of features dropped in training.
    """

    name: str
    features: Any
    present: Any
    dropout: float


def several_heads(heads: Sequence[HeadInput], num_outputs: int) -> Any:
    """One row of logits for each head, each with a loss of its own; zeros where its modality is missing.

    The rows are summed with the contract's ``head_weights`` after the network, not in it: the weights are fitted on
    validation clips.

    Args:
        heads: The input of each head, in the order of ``NetworkSpec.head_names``.
        num_outputs: C.

    Returns:
        (B, H, C) float32 logits, not normalised.
    """
    rows = [_row(head, num_outputs) for head in heads]
    return layers.Concatenate(axis=1, dtype="float32", name=HEAD)(rows)


IMAGE_STATISTICS = f"{HEAD}_images_standard"
"""Name of the layer with mean and variance of the image features over the training videos."""

IMAGE_HEAD = f"{HEAD}_images"
"""Name of the dense layer on image features."""

MAX_DEVIATION = 10.0
"""Standard deviations that image features are clipped to, as those of linear models are: an outlier does not decide
alone."""


def with_images(logits: Any, images: Any, present: Any) -> Any:
    """The logits of a network with one more row: a linear model on image features, which is fitted, not trained.

    Args:
        logits: (B, C), or (B, H, C) of several heads.
        images: (B, F) image features of the whole video.
        present: (B, 1): 1 where the frames are there; None for a network of frames alone.

    Returns:
        (B, H + 1, C) float32.
    """
    num_outputs = logits.shape[-1]
    if len(logits.shape) == 2:
        logits = layers.Reshape((1, num_outputs), dtype="float32", name="row_of_all")(logits)
    standard = layers.BatchNormalization(
        center=False, scale=False, epsilon=0.0, trainable=False, dtype="float32", name=IMAGE_STATISTICS
    )
    x = Clamp(MAX_DEVIATION, dtype="float32", name=f"{IMAGE_HEAD}_bounded")(standard(images))
    x = layers.Dense(num_outputs, trainable=False, dtype="float32", name=IMAGE_HEAD)(x)
    if present is not None:
        x = layers.Multiply(dtype="float32", name="answer_images")([x, present])
    row = layers.Reshape((1, num_outputs), dtype="float32", name="row_images")(x)
    return layers.Concatenate(axis=1, dtype="float32", name=f"{HEAD}_and_images")([logits, row])


def _row(head: HeadInput, num_outputs: int) -> Any:
    """(B, 1, C)."""
    x = _dense(head.features, num_outputs, head.dropout, f"{HEAD}_{head.name}")
    if head.present is not None:
        x = layers.Multiply(dtype="float32", name=f"answer_{head.name}")([x, head.present])
    return layers.Reshape((1, num_outputs), dtype="float32", name=f"row_{head.name}")(x)


def _dense(features: Any, num_outputs: int, dropout: float, name: str) -> Any:
    """(B, C). The loader finds the weights in a model file by the name of the layer."""
    x = layers.Dropout(dropout, name=name.replace(HEAD, "dropout"))(features)
    return layers.Dense(num_outputs, dtype="float32", name=name)(x)
