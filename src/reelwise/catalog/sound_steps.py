"""Arguments, strides and kernels that the models of sound share."""

from reelwise.catalog.entry import Argument, ClipDefaults
from reelwise.catalog.training import TrainingDefaults

TIME_STRIDES = (4, 2)
"""Steps of 10 ms from one output to the next, of the first convolution and of each next one."""

BAND_KERNELS = (5, 3)
"""Bands that the first convolution spans, and each next one."""

CLIP = ClipDefaults(33, 96, 84)
"""The clips of ``motion``, so that both share the cached frames and the baselines computed from them."""

TRAINING = TrainingDefaults(
    clip_rounds=4320,
    min_epochs=20,
    max_epochs=60,
    batch_size=12,
    mixup=0.0,
    augment="strong",
    patience_share=0.0,
)
"""Training defaults of the models of sound."""

WIDTH_ARGUMENT = Argument("channels of the first convolution; doubled in each next one", int, 4, 128)
FEATURES_ARGUMENT = Argument("numbers that describe one time step", int, 8, 1024)


def time_stride(step: int) -> int:
    """Stride over time of a convolution, counted from 0."""
    return TIME_STRIDES[min(step, 1)]


def time_kernel(step: int) -> int:
    """Steps that a convolution spans, counted from 0: nearly two strides, so that neighbours overlap."""
    return 2 * time_stride(step) - 1
