"""Reelwise: deep learning for video on the machine you have.

Importing this package costs nothing: each name below is loaded when it is first used, and only training and prediction
load Keras.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reelwise.analysis.results import Analysis, Item, LiveItem
    from reelwise.analysis.similarity.results import Match, Matches
    from reelwise.core.errors import (
        CacheError,
        DataError,
        Interruption,
        ModelFileError,
        ReelwiseError,
        ReelwiseWarning,
        TrainingError,
        UsageError,
        VideoError,
    )
    from reelwise.core.interrupt import StopToken
    from reelwise.core.progress import Progress, Silent
    from reelwise.core.results import Prediction, Score
    from reelwise.datasets.doctor.findings import CheckReport, Finding
    from reelwise.inference.model import Model
    from reelwise.jobs.analyze import AnalyzeRun
    from reelwise.jobs.api import (
        analyze,
        analyze_stream,
        check,
        evaluate,
        evaluate_shots,
        find,
        generate,
        info,
        load_model,
        predict,
        train,
        train_shots,
    )
    from reelwise.jobs.detector.job import DetectorRun
    from reelwise.jobs.documents import Info, ShotEvaluation
    from reelwise.jobs.generate import GeneratedSamples
    from reelwise.jobs.runs.folder import Run
    from reelwise.lessons.learner import (
        build_cnn_lstm_model,
        build_lstm_model,
        convert_frames_to_sequence,
        evaluate_model,
        read_video_frames,
        train_cnn_lstm_model,
        train_lstm_model,
    )
    from reelwise.tasks import Metrics

    __version__: str

__all__ = [
    "Analysis",
    "AnalyzeRun",
    "CacheError",
    "CheckReport",
    "DataError",
    "DetectorRun",
    "Finding",
    "GeneratedSamples",
    "Info",
    "Interruption",
    "Item",
    "LiveItem",
    "Match",
    "Matches",
    "Metrics",
    "Model",
    "ModelFileError",
    "Prediction",
    "Progress",
    "ReelwiseError",
    "ReelwiseWarning",
    "Run",
    "Score",
    "ShotEvaluation",
    "Silent",
    "StopToken",
    "TrainingError",
    "UsageError",
    "VideoError",
    "__version__",
    "analyze",
    "analyze_stream",
    "build_cnn_lstm_model",
    "build_lstm_model",
    "check",
    "convert_frames_to_sequence",
    "evaluate",
    "evaluate_model",
    "evaluate_shots",
    "find",
    "generate",
    "info",
    "load_model",
    "predict",
    "read_video_frames",
    "train",
    "train_cnn_lstm_model",
    "train_lstm_model",
    "train_shots",
]

_MODULES = {
    "reelwise.analysis.results": {"Analysis", "Item", "LiveItem"},
    "reelwise.analysis.similarity.results": {"Match", "Matches"},
    "reelwise.core.errors": {
        "CacheError", "DataError", "Interruption", "ModelFileError", "ReelwiseError", "ReelwiseWarning",
        "TrainingError", "UsageError", "VideoError",
    },
    "reelwise.core.interrupt": {"StopToken"},
    "reelwise.core.progress": {"Progress", "Silent"},
    "reelwise.core.results": {"Prediction", "Score"},
    "reelwise.datasets.doctor.findings": {"CheckReport", "Finding"},
    "reelwise.inference.model": {"Model"},
    "reelwise.jobs.analyze": {"AnalyzeRun"},
    "reelwise.jobs.api": {
        "analyze", "analyze_stream", "check", "evaluate", "evaluate_shots", "find", "generate", "info", "load_model",
        "predict", "train", "train_shots",
    },
    "reelwise.jobs.detector.job": {"DetectorRun"},
    "reelwise.jobs.documents": {"Info", "ShotEvaluation"},
    "reelwise.jobs.generate": {"GeneratedSamples"},
    "reelwise.jobs.runs.folder": {"Run"},
    "reelwise.lessons.learner": {
        "build_cnn_lstm_model", "build_lstm_model", "convert_frames_to_sequence", "evaluate_model",
        "read_video_frames", "train_cnn_lstm_model", "train_lstm_model",
    },
    "reelwise.tasks": {"Metrics"},
}  # fmt: skip
"""Where each public name is made; a test compares this with the imports above, which only type checkers read."""


if not TYPE_CHECKING:  # A checker that sees this function believes that every name exists.

    def __getattr__(name: str) -> object:
        if name == "__version__":
            from importlib.metadata import version

            return version("reelwise")
        for module, names in _MODULES.items():
            if name in names:
                return _load(module, name)
        raise AttributeError(f"module 'reelwise' has no attribute {name!r}")


def _load(module: str, name: str) -> object:
    from reelwise.core.interrupt import whole_imports

    with whole_imports():
        if name == "Model":  # Its module imports Keras, which chooses its back end once and for all.
            _start_keras()
        return getattr(importlib.import_module(module), name)


def _start_keras() -> None:
    from reelwise.cache.folder import cache_root
    from reelwise.core.backend import start_backend

    start_backend(cache=cache_root(None))


def __dir__() -> list[str]:
    return sorted(__all__)
