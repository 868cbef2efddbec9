"""A pretrained image network encodes every frame; an LSTM reads the encodings in order."""

from typing import Any

from keras import layers

from reelwise.layers import TimeFold, TimeUnfold, UnrolledLSTM
from reelwise.models.application_lstm.extractor import image_features
from reelwise.models.base import RECURRENT_DTYPE


def build(clips: Any, *, application: str, units: int) -> tuple[Any]:
    """Features of a clip.

    Args:
        clips: (B, T, H, W, 3) uint8 RGB.
        application: As in :func:`reelwise.models.application_lstm.extractor.image_features`.
        units: Size of the recurrent state.

    Returns:
        One stream: (B, units): the mean of the states over time.
    """
    x = TimeFold(name="fold_time")(clips)  # (B*T, H, W, 3)
    x = image_features(x, application)  # (B*T, 1280)
    x = TimeUnfold(clips.shape[1], name="unfold_time")(x)
    x = UnrolledLSTM(units, return_sequences=True, dtype=RECURRENT_DTYPE, name="lstm")(x)
    return (layers.GlobalAveragePooling1D(name="mean_over_time")(x),)
