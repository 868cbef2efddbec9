"""Keras losses that Keras does not have."""

from reelwise.losses.stream_crossentropy import StreamCrossentropy

__all__ = ["StreamCrossentropy"]
