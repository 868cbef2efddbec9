"""An LSTM reads the frames' descriptors in order; no convolution, so it trains in seconds."""

from typing import Any

from keras import layers

from reelwise.layers import FusedBatchNormalization, UnrolledLSTM
from reelwise.models.base import NORM_MOMENTUM, RECURRENT_DTYPE


def build(descriptors: Any, *, units: int, num_descriptors: int) -> tuple[Any]:
    """Features of a sequence of descriptors.

    Args:
        descriptors: (B, T, F) float32.
        units: Size of the recurrent state.
        num_descriptors: F; not used, since the shape of ``descriptors`` has it.

    Returns:
        One stream: (B, units): the mean of the states over time.
    """
    x = FusedBatchNormalization(momentum=NORM_MOMENTUM, name="standardise")(descriptors)
    x = UnrolledLSTM(units, return_sequences=True, dtype=RECURRENT_DTYPE, name="lstm")(x)
    return (layers.GlobalAveragePooling1D(name="mean_over_time")(x),)
