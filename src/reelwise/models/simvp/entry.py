"""Catalogue data of ``simvp``: the frames that follow, all at once, by convolutions alone."""

from collections.abc import Mapping
from typing import cast

from reelwise.catalog.entry import Argument, ClipDefaults, Entry, Preset, Shape, Value
from reelwise.catalog.training import TrainingDefaults
from reelwise.core.errors import UsageError


def _check_shape(shape: Shape, arguments: Mapping[str, Value]) -> None:
    side = shape[1]
    step = cast(int, arguments["patch"]) << cast(int, arguments["num_halvings"])
    if side % step:
        sizes = f"--size {side - side % step} or {side - side % step + step}" if side > step else f"--size {step}"
        text = (
            f"simvp: frames of {side} pixels cannot be divided into squares of {step}, expected a multiple of {step}."
        )
        raise UsageError(text, hint=f"Use {sizes}.")
    if arguments["norm"] == "group" and cast(int, arguments["width"]) % 2:
        text = f"simvp: width is {arguments['width']}, expected an even number with norm group."
        raise UsageError(text, hint="Use the next larger width, or norm batch.")


_NANO: dict[str, Value] = {
    "patch": 2,
    "width": 16,
    "num_halvings": 1,
    "norm": "batch",
    "mixer": "convmixer",
    "mixer_width": 128,
    "num_blocks": 4,
    "kernel_size": 7,
    "expansion": 4,
    "activation": "silu",
    "skip": "last",
    "adds_to_last_frame": True,
}
_SMALL: dict[str, Value] = {**_NANO, "width": 32, "mixer_width": 256, "num_blocks": 6}
_BASE: dict[str, Value] = {
    **_SMALL,
    "width": 64,
    "num_halvings": 2,
    "mixer": "gsta",
    "mixer_width": 512,
    "num_blocks": 8,
    "kernel_size": 21,
}

ENTRY = Entry(
    name="simvp",
    summary="Convolutions read every frame, a mixer moves all of them on at once, convolutions draw those that follow.",
    purpose="To predict the frames that follow; the first choice, and the fastest to train.",
    builder="reelwise.models.simvp.backbone:build",
    arguments={
        "patch": Argument("side of the squares of pixels that become channels; 1 for none", int, 1, 8),
        "width": Argument("channels of the picture networks", int, 4, 128),
        "num_halvings": Argument("how often the picture is halved before the mixer", int, 1, 4),
        "norm": Argument("normalisation of the picture networks", str, choices=("batch", "group")),
        "mixer": Argument("blocks of the mixer", str, choices=("convmixer", "gsta")),
        "mixer_width": Argument("channels between the blocks of the mixer", int, 8, 1024),
        "num_blocks": Argument("blocks of the mixer", int, 2, 16),
        "kernel_size": Argument("pixels along each side that a block of the mixer sees", int, 3, 31),
        "expansion": Argument("width of the inner layer of a gsta block, over that of the block", int, 1, 8),
        "activation": Argument("activation of the mixer", str, choices=("gelu", "silu")),
        "skip": Argument("whose first features reach the last convolution directly", str, choices=("last", "each")),
        "adds_to_last_frame": Argument("whether changes of the last frame are predicted, not whole frames", bool),
    },
    presets={
        "small": Preset(_SMALL, ClipDefaults(8, 64, 64)),
        "nano": Preset(_NANO, ClipDefaults(8, 32, 32)),
        "base": Preset(_BASE, ClipDefaults(8, 128, 128)),
    },
    training=TrainingDefaults(clip_rounds=30_000, max_epochs=300, batch_size=16, learning_rate=1e-2, augment="none"),
    check_shape=_check_shape,
    gives="frames",
)
