"""Catalogue data of ``motion``: for small sets of clips, where the motion tells the classes apart and not the place."""

from collections.abc import Mapping

from reelwise.catalog.entry import Argument, ClipDefaults, Entry, Preset, Shape, Value
from reelwise.catalog.frame_encoder import DROPOUT_ARGUMENT
from reelwise.catalog.training import TrainingDefaults
from reelwise.core.errors import UsageError

_MARGIN = 12
"""Pixels along each side that the filters of the flow take off; see :mod:`reelwise.layers.flow_histograms`."""


def _check_shape(shape: Shape, arguments: Mapping[str, Value]) -> None:
    num_frames, size = shape
    least = int(arguments["cell"]) + _MARGIN
    if size < least:
        raise UsageError(f"motion: frames of {size} pixels are too small.", hint=f"Use --size {least} or more.")
    if num_frames < 2:
        raise UsageError("motion: one frame does not move.", hint="Use --num-frames 2 or more.")


_SMALL = {"cell": 8, "width": 32, "num_blocks": 2, "still": True, "dropout": 0.3}

ENTRY = Entry(
    name="motion",
    summary="Which way things move (flow histograms, a small (2+1)D network), and the appearance of the still picture.",
    purpose="Few clips, tens per class: the only model here that learns from so few.",
    builder="reelwise.models.motion.backbone:build",
    arguments={
        "cell": Argument("side of a flow cell in pixels", int, 2, 32),
        "width": Argument("channels of the first block; doubled in each next one", int, 4, 128),
        "num_blocks": Argument("blocks, each halving space and time", int, 1, 4),
        "still": Argument("whether a second stream describes outlines and colours of the still picture", bool),
        "dropout": DROPOUT_ARGUMENT,
    },
    presets={
        "small": Preset(_SMALL, ClipDefaults(33, 96, 84)),
        "motion_only": Preset({**_SMALL, "still": False}, ClipDefaults(33, 96, 84)),
    },
    training=TrainingDefaults(
        clip_rounds=4320,
        min_epochs=30,
        max_epochs=60,
        batch_size=12,
        learning_rate=2e-3,
        mixup=0.0,
        augment="motion",
        patience_share=0.0,
        num_views=2,
    ),
    second_stream="still",
    check_shape=_check_shape,
)
