"""Keras layers of our own; importing this loads Keras on the back end chosen and registers them as ``reelwise``."""

from reelwise.core.backend import choose_backend

choose_backend()  # Keras reads the environment once, at its first import: where its settings go, which back end.

import keras  # noqa: E402

from reelwise.layers.appearance_histograms import AppearanceHistograms  # noqa: E402
from reelwise.layers.clamp import Clamp  # noqa: E402
from reelwise.layers.flow_histograms import FlowHistograms  # noqa: E402
from reelwise.layers.frame_differences import FrameDifferences  # noqa: E402
from reelwise.layers.masked_numbers import MaskedNumbers  # noqa: E402
from reelwise.layers.masked_pooling import MaxPresent, MeanPresent  # noqa: E402
from reelwise.layers.modality_fusion import AttendPresent, GatedSum  # noqa: E402
from reelwise.layers.plain_layer import PlainLayer  # noqa: E402
from reelwise.layers.spectrogram_input import SpectrogramInput  # noqa: E402
from reelwise.layers.standardise import StandardiseClip  # noqa: E402
from reelwise.layers.time_fold import TimeFold, TimeUnfold  # noqa: E402

__all__ = [
    "AppearanceHistograms",
    "AttendPresent",
    "Clamp",
    "FlowHistograms",
    "FrameDifferences",
    "GatedSum",
    "MaskedNumbers",
    "MaxPresent",
    "MeanPresent",
    "PlainLayer",
    "SpectrogramInput",
    "StandardiseClip",
    "TimeFold",
    "TimeUnfold",
    "keras",
]
