"""Keras layers of our own; importing this loads Keras on the back end chosen and registers them as ``reelwise``."""

from reelwise.core.backend import choose_backend

choose_backend()  # Keras reads the environment once, at its first import: where its settings go, which back end.

import keras  # noqa: E402

from reelwise.layers.bounded import Bounded  # noqa: E402
from reelwise.layers.flow_histograms import FlowHistograms  # noqa: E402
from reelwise.layers.frame_differences import FrameDifferences  # noqa: E402
from reelwise.layers.known_numbers import KnownNumbers  # noqa: E402
from reelwise.layers.modality_shares import AttendPresent, GatedSum  # noqa: E402
from reelwise.layers.plain import PlainLayer  # noqa: E402
from reelwise.layers.sound_present import MeanPresent, MostPresent, SoundPicture  # noqa: E402
from reelwise.layers.standardise import StandardiseClip  # noqa: E402
from reelwise.layers.still_histograms import StillHistograms  # noqa: E402
from reelwise.layers.time_fold import TimeFold, TimeUnfold  # noqa: E402

__all__ = [
    "AttendPresent",
    "Bounded",
    "FlowHistograms",
    "FrameDifferences",
    "GatedSum",
    "KnownNumbers",
    "MeanPresent",
    "MostPresent",
    "PlainLayer",
    "SoundPicture",
    "StandardiseClip",
    "StillHistograms",
    "TimeFold",
    "TimeUnfold",
    "keras",
]
