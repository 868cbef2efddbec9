"""Keras layers of our own; importing this loads Keras and registers them as ``reelwise``.

Keras chooses its back end and its settings folder at its first import, by the environment. The verbs import this inside
of ``core.backend.backend_environment``; whoever imports it directly gets the Keras that they have.
"""

import keras

from reelwise.layers.adaptive_norm import GatedResidual, ModulatedNorm
from reelwise.layers.appearance_histograms import AppearanceHistograms
from reelwise.layers.clamp import Clamp
from reelwise.layers.context_frames import AddLastFrame, FrameForEachTarget
from reelwise.layers.convlstm_state import ConvLSTMState
from reelwise.layers.fast_group_normalization import FastGroupNormalization
from reelwise.layers.flow_histograms import FlowHistograms
from reelwise.layers.frame_differences import FrameDifferences
from reelwise.layers.fused_batch_normalization import FusedBatchNormalization
from reelwise.layers.level_features import LevelFeatures
from reelwise.layers.masked_numbers import MaskedNumbers
from reelwise.layers.masked_pooling import MaxPresent, MeanPresent
from reelwise.layers.modality_fusion import AttendPresent, GatedSum
from reelwise.layers.plain_layer import PlainLayer
from reelwise.layers.point_convolution import PointConv2D
from reelwise.layers.rotary_attention import RotaryAttention
from reelwise.layers.space_depth import DepthToSpace, SpaceToDepth
from reelwise.layers.spectrogram_input import SpectrogramInput
from reelwise.layers.standardise import StandardiseClip
from reelwise.layers.time_fold import TimeFold, TimeUnfold
from reelwise.layers.unrolled_lstm import UnrolledLSTM
from reelwise.layers.video_patches import PatchesToVideo, VideoPatches

__all__ = [
    "AddLastFrame",
    "AppearanceHistograms",
    "AttendPresent",
    "Clamp",
    "ConvLSTMState",
    "DepthToSpace",
    "FastGroupNormalization",
    "FlowHistograms",
    "FrameDifferences",
    "FrameForEachTarget",
    "FusedBatchNormalization",
    "GatedResidual",
    "GatedSum",
    "LevelFeatures",
    "MaskedNumbers",
    "MaxPresent",
    "MeanPresent",
    "ModulatedNorm",
    "PatchesToVideo",
    "PlainLayer",
    "PointConv2D",
    "RotaryAttention",
    "SpaceToDepth",
    "SpectrogramInput",
    "StandardiseClip",
    "TimeFold",
    "TimeUnfold",
    "UnrolledLSTM",
    "VideoPatches",
    "keras",
]
