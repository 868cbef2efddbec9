"""What every model with a per-frame convolutional encoder may be told, and what that encoder costs."""

from collections.abc import Mapping

from reelwise.catalog.cost import Tally
from reelwise.catalog.entry import Argument, Value

PICTURE = ("rgb", "motion", "rgb_motion")
NUM_CHANNELS = {"rgb": 3, "motion": 2, "rgb_motion": 5}

PICTURE_ARGUMENT = Argument(
    "what the first convolution sees: colours, signed differences of frames, or both", str, choices=PICTURE
)
DROPOUT_ARGUMENT = Argument("share of features dropped before the last layer", float, 0, 0.9)

ENCODER_ARGUMENTS = {
    "picture": PICTURE_ARGUMENT,
    "width": Argument("channels of the first convolution; doubled in each next one", int, 4, 128),
    "num_convs": Argument("strided convolutions, each halving the picture", int, 1, 6),
    "features": Argument("numbers that describe one frame", int, 8, 2048),
    "dropout": DROPOUT_ARGUMENT,
}


def count_encoder(tally: Tally, num_frames: int, size: int, arguments: Mapping[str, Value]) -> int:
    """Adds :func:`reelwise.models.base.encode_frames` to a tally.

    Returns:
        Features per frame.
    """
    channels, side, width = NUM_CHANNELS[str(arguments["picture"])], (size, size), int(arguments["width"])
    for step in range(int(arguments["num_convs"])):
        kernel = 5 if step == 0 else 3
        side = tally.conv(side, (channels, width << step), (kernel, kernel), strides=(2, 2), times=num_frames)
        channels = width << step
    num_channels = squeeze_channels(channels)
    side = tally.conv(side, (channels, num_channels), (1, 1), times=num_frames)
    return tally.dense(side[0] * side[1] * num_channels, int(arguments["features"]), times=num_frames)


def squeeze_channels(channels: int) -> int:
    """Channels before the feature map is flattened: a quarter, so that the dense layer stays small."""
    return max(8, channels // 4)
