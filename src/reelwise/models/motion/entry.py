"""Catalogue data of ``motion``: made for small sets of clips, where what is done matters and not where."""

from collections.abc import Mapping

from reelwise.catalog.cost import Tally
from reelwise.catalog.entry import Argument, ClipDefaults, Entry, Preset, Value
from reelwise.catalog.frame_encoder import DROPOUT_ARGUMENT
from reelwise.core.errors import UsageError

NUM_DIRECTIONS = 8
_MARGIN = 12
# Of the flow: blur 10, slopes 12, five windowed products 75, solution 12, directions and cells 20.
_MULTIPLY_ADDS_PER_PIXEL = 129
_STILL_MULTIPLY_ADDS_PER_PIXEL = 40
_NUM_STILLS = 8


def num_cells(input_size: int, cell: int) -> int:
    """Cells along each side of the flow histograms.

    Raises:
        UsageError: Not one cell fits.
    """
    cells = (input_size - _MARGIN) // cell
    if cells < 1:
        least = cell + _MARGIN
        raise UsageError(f"motion: frames of {input_size} pixels are too small.", hint=f"Use --size {least} or more.")
    return cells


def _count(tally: Tally, shape: tuple[int, ...], arguments: Mapping[str, Value]) -> tuple[int, ...]:
    num_frames, size = shape
    cells = num_cells(size, int(arguments["cell"]))
    side, channels, frames = (cells, cells), NUM_DIRECTIONS, num_frames - 1
    if frames < 1:
        raise UsageError("motion: one frame does not move.", hint="Use --num-frames 2 or more.")
    tally.fixed(_MULTIPLY_ADDS_PER_PIXEL * frames * size * size)
    for step in range(int(arguments["num_blocks"])):
        width = int(arguments["width"]) << step
        side = tally.conv(side, (channels, width), (3, 3), strides=(2, 2), times=frames)
        frames, _ = tally.conv((frames, side[0] * side[1]), (width, width), (3, 1), strides=(2, 1))
        channels = width
    moving = 2 * channels * side[0] * side[1]
    return (moving, _count_still(tally, size, cells)) if arguments["still"] else (moving,)


def _count_still(tally: Tally, size: int, cells: int) -> int:
    tally.fixed(_STILL_MULTIPLY_ADDS_PER_PIXEL * _NUM_STILLS * size * size)
    places = size // (size // 5)
    return 4 * cells * cells + 3 * places * places


_SMALL = {"cell": 8, "width": 32, "num_blocks": 2, "still": True, "dropout": 0.3}

ENTRY = Entry(
    name="motion",
    summary="Which way things move (flow histograms, a small (2+1)D network), and how the still picture looks.",
    purpose="Few clips, tens per class: the only one here that learns from so little.",
    builder="reelwise.models.motion.backbone:build",
    arguments={
        "cell": Argument("side of a flow cell in pixels", int, 2, 32),
        "width": Argument("channels of the first block; doubled in each next one", int, 4, 128),
        "num_blocks": Argument("blocks, each halving space and time", int, 1, 4),
        "still": Argument("whether a second stream looks at outlines and colours of the still picture", bool),
        "dropout": DROPOUT_ARGUMENT,
    },
    presets={
        "small": Preset(_SMALL, ClipDefaults(33, 96, 84)),
        "motion_only": Preset({**_SMALL, "still": False}, ClipDefaults(33, 96, 84)),
    },
    count=_count,
)
