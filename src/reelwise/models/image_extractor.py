"""Networks for photographs that describe the stills of a video, with the weights that come with Reelwise."""

import functools
import threading

import keras
import numpy as np

from reelwise.core.backend import compiles_steps, without_side_effects
from reelwise.core.errors import ModelFileError
from reelwise.core.files import file_sha256
from reelwise.core.modalities import ImageInput
from reelwise.models.efficientnet_lite0.blocks import FEATURES
from reelwise.models.efficientnet_lite0.weights import SHIPPED_WEIGHTS, feature_network, load_weights

EXTRACTOR = "efficientnet_lite0"
"""The network whose weights come with Reelwise."""


@functools.cache
def shipped_images() -> ImageInput:
    """The image features that the shipped weights give, at the size that measurements chose (LOG.md)."""
    return ImageInput(EXTRACTOR, file_sha256(SHIPPED_WEIGHTS), num_features=FEATURES)


def check_images(images: ImageInput) -> None:
    """Refuses image features that this version of Reelwise cannot make, before anything is built.

    Raises:
        ModelFileError: They are of another network, or of other weights.
    """
    own = shipped_images()
    if (images.extractor, images.sha256, images.num_features) != (own.extractor, own.sha256, own.num_features):
        text = f"the model reads image features of {images.extractor} with weights {images.sha256[:12]}…;"
        text += f" this Reelwise has {own.extractor} with {own.sha256[:12]}…."
        raise ModelFileError(text, hint="Use the version of Reelwise that trained it, or train it again.")


class ImageExtractor:
    """Makes the image features of stills; the stills of one video are one batch, so they depend on that video alone.

    The network is built when the first stills come, once per process and size; threads take turns.

    Args:
        images: What is made.

    Raises:
        ModelFileError: This version of Reelwise cannot make it.
    """

    def __init__(self, images: ImageInput) -> None:
        check_images(images)
        self._size = images.size

    def features(self, stills: np.ndarray) -> np.ndarray:
        """The features of the stills of one video.

        Args:
            stills: (K, S, S, 3) uint8 RGB of the contract's size.

        Returns:
            (K, F) float32.
        """
        with _LOCK:
            return np.asarray(_network(self._size).predict_on_batch(stills), np.float32)


_LOCK = threading.Lock()


@functools.cache
def _network(size: int) -> keras.Model:
    with without_side_effects():
        network = feature_network(size, load_weights())
    network.jit_compile = compiles_steps()
    return network
