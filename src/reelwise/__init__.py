"""Reelwise: deep learning for video on the machine you have.

Importing this package costs nothing: each name below is fetched from ``reelwise.jobs`` when it is first used, and only
training and prediction load Keras.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reelwise.jobs.api import check, evaluate, info, load_model, predict, train
    from reelwise.lessons.learner import (
        build_cnn_lstm_model,
        build_lstm_model,
        convert_frames_to_sequence,
        evaluate_model,
        read_video_frames,
        train_cnn_lstm_model,
        train_lstm_model,
    )

__all__ = [
    "build_cnn_lstm_model",
    "build_lstm_model",
    "check",
    "convert_frames_to_sequence",
    "evaluate",
    "evaluate_model",
    "info",
    "load_model",
    "predict",
    "read_video_frames",
    "train",
    "train_cnn_lstm_model",
    "train_lstm_model",
]

_VERBS = {"check", "evaluate", "info", "load_model", "predict", "train"}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'reelwise' has no attribute {name!r}")
    module = importlib.import_module("reelwise.jobs.api" if name in _VERBS else "reelwise.lessons.learner")
    return getattr(module, name)


def __dir__() -> list[str]:
    return sorted(__all__)
