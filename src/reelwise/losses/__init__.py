"""Keras losses that Keras does not have."""

from reelwise.losses.class_loss import class_loss
from reelwise.losses.heads_loss import HeadsLoss
from reelwise.losses.stream_crossentropy import StreamCrossentropy
from reelwise.losses.weighted_frames import WeightedFrames

__all__ = ["HeadsLoss", "StreamCrossentropy", "WeightedFrames", "class_loss"]
