"""Softmax cross-entropy for each form of output: one head, several heads, or the mean of two streams."""

import keras

from reelwise.losses.heads_loss import HeadsLoss
from reelwise.losses.stream_crossentropy import StreamCrossentropy


def class_loss(several_heads: bool, separate_streams: bool, label_smoothing: float) -> keras.losses.Loss:
    """The cross-entropy of classes, summed over two streams or averaged over heads.

    Args:
        several_heads: Whether the output of the network is (B, H, C) rather than (B, C).
        separate_streams: Whether its (B, C) output is the mean of two streams' log-probabilities.
        label_smoothing: Share of each target that is spread over all classes, in [0, 1).
    """
    if separate_streams:
        return StreamCrossentropy(label_smoothing=label_smoothing)
    if several_heads:
        return HeadsLoss("categorical_crossentropy", from_logits=True, label_smoothing=label_smoothing)
    return keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=label_smoothing)
