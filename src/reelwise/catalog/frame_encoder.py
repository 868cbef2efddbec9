"""Arguments of every model with a convolutional encoder of frames."""

from reelwise.catalog.entry import Argument

PICTURE = ("rgb", "motion", "rgb_motion")
"""Inputs of the first convolution: colours, signed grey differences of frames, or both."""

POOLING = ("none", "max")
"""What becomes of the last feature map: it is flattened, or the largest value of each channel is taken."""

_MIN_CHANNELS = 8
"""Fewest channels before the dense layer, for narrow networks; chosen by reasoning."""

PICTURE_ARGUMENT = Argument(
    "input of the first convolution: colours, signed differences of frames, or both", str, choices=PICTURE
)
DROPOUT_ARGUMENT = Argument("share of features dropped before the last layer", float, 0, 0.9)

ENCODER_ARGUMENTS = {
    "picture": PICTURE_ARGUMENT,
    "width": Argument("channels of the first convolution; doubled in each next one", int, 4, 128),
    "num_convs": Argument("strided convolutions, each halving the picture", int, 1, 6),
    "pooling": Argument("of the last feature map: none keeps where things are, max does not", str, choices=POOLING),
    "features": Argument("numbers that describe one frame", int, 8, 2048),
    "dropout": DROPOUT_ARGUMENT,
}


def squeeze_channels(channels: int) -> int:
    """Channels before the feature map is flattened: a quarter, so that the dense layer stays small."""
    return max(_MIN_CHANNELS, channels // 4)
