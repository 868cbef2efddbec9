"""Keras losses that Keras does not have."""

from reelwise.losses.answers_loss import AnswersLoss
from reelwise.losses.stream_crossentropy import StreamCrossentropy

__all__ = ["AnswersLoss", "StreamCrossentropy"]
