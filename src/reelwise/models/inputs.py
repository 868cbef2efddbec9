"""From a clip to the input of a network of the catalogue."""

from collections.abc import Callable
from functools import partial

import numpy as np


def network_input(clip: np.ndarray, input_kind: str) -> np.ndarray:
    """The clip itself, or descriptors of its frames; training, evaluation and prediction all go through here.

    Args:
        clip: (T, H, W, 3) uint8 RGB.
        input_kind: As in the catalogue: ``frames`` or ``frame_descriptors``.

    Returns:
        The clip, or (T, F) float32.
    """
    if input_kind == "frames":
        return clip
    from reelwise.features.frame_descriptors import describe_frames

    return describe_frames(clip)


def clip_transform(input_kind: str) -> Callable[[np.ndarray], np.ndarray] | None:
    """The function that turns a clip into the network's input while batches are made; None where it is the clip itself.

    Args:
        input_kind: As in the catalogue.
    """
    return None if input_kind == "frames" else partial(network_input, input_kind=input_kind)
