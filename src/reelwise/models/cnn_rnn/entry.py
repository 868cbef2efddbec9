"""Catalogue data of ``cnn_rnn``, ``cnn_lstm``, ``cnn_gru``: convolutions per frame, a recurrent layer over time."""

from reelwise.catalog.entry import Argument, ClipDefaults, Entry, Preset
from reelwise.catalog.frame_encoder import ENCODER_ARGUMENTS

_ARGUMENTS = {**ENCODER_ARGUMENTS, "units": Argument("size of the recurrent state", int, 4, 1024)}
_SMALL = {
    "picture": "rgb_motion", "width": 16, "num_convs": 4, "pooling": "none", "features": 128, "dropout": 0.4,
    "units": 128,
}  # fmt: skip
_PRESETS = {
    "small": Preset(_SMALL, ClipDefaults(16, 112, 96)),
    "base": Preset({**_SMALL, "width": 32, "features": 256, "units": 256}, ClipDefaults(16, 128, 112)),
}


def _entry(cell: str, summary: str, purpose: str) -> Entry:
    name = f"cnn_{cell}"
    builder = f"reelwise.models.cnn_rnn.backbone:build_{cell}"
    return Entry(name, summary, purpose, builder, _ARGUMENTS, _PRESETS)


RNN = _entry(
    "rnn",
    "A convolutional network per frame, then a simple recurrent layer over time.",
    "The simplest model that uses the order of frames; forgets over long clips. For comparison and for teaching.",
)
LSTM = _entry(
    "lstm",
    "A convolutional network per frame, then an LSTM over time: the classic video model.",
    "The order of things matters and there are a few hundred clips or more.",
)
GRU = _entry(
    "gru",
    "A convolutional network per frame, then a GRU over time.",
    "As cnn_lstm with a quarter fewer recurrent weights.",
)
