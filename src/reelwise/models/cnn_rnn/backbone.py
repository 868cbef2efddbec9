"""A convolutional network encodes every frame, a recurrent layer reads the encodings in order."""

from typing import Any

from keras import layers

from reelwise.layers import UnrolledLSTM
from reelwise.models.base import RECURRENT_DTYPE, encode_frames


def build_rnn(clips: Any, *, units: int, **encoder: Any) -> tuple[Any]:
    """With a simple recurrent layer; see :func:`_read_in_order`."""
    return _read_in_order(
        clips, layers.SimpleRNN(units, return_sequences=True, dtype=RECURRENT_DTYPE, name="rnn"), encoder
    )


def build_lstm(clips: Any, *, units: int, **encoder: Any) -> tuple[Any]:
    """With an LSTM; see :func:`_read_in_order`."""
    recurrent = UnrolledLSTM(units, return_sequences=True, dtype=RECURRENT_DTYPE, name="lstm")
    return _read_in_order(clips, recurrent, encoder)


def build_gru(clips: Any, *, units: int, **encoder: Any) -> tuple[Any]:
    """With a GRU; see :func:`_read_in_order`."""
    return _read_in_order(clips, layers.GRU(units, return_sequences=True, dtype=RECURRENT_DTYPE, name="gru"), encoder)


def _read_in_order(clips: Any, recurrent: layers.Layer, encoder: dict[str, Any]) -> tuple[Any]:
    """The mean of the recurrent states over time, (B, units): the gradient reaches every frame directly.

    Source: Donahue et al. 2015, "Long-term Recurrent Convolutional Networks for Visual Recognition and Description",
    arXiv:1411.4389. Otherwise: trained from scratch, and the mean of the states instead of the mean of predictions.
    """
    x = recurrent(encode_frames(clips, **encoder))  # (B, T, units)
    return (layers.GlobalAveragePooling1D(name="mean_over_time")(x),)
