"""The convolutional encoder of frames."""

import keras
import numpy as np
import pytest

from reelwise.models.base import encode_frames

pytestmark = pytest.mark.backend


def features_of_two_places(pooling: str) -> np.ndarray:
    """(2, 2, 8): of a clip with a bright spot at one place, and at another that is 16 pixels away."""
    clips = np.zeros((2, 2, 64, 64, 3), np.uint8)
    clips[0, :, 24:30, 24:29] = 255
    clips[1, :, 24:30, 40:45] = 255
    inputs = keras.Input(clips.shape[1:], dtype="uint8")
    keras.utils.set_random_seed(3)
    network = keras.Model(inputs, encode_frames(inputs, "rgb", 4, 3, pooling, 8))
    return keras.ops.convert_to_numpy(network(clips))


def test_the_largest_value_of_each_channel_says_nothing_of_places() -> None:
    features = features_of_two_places("max")
    np.testing.assert_allclose(features[0], features[1], atol=1e-5)
    assert features.max() > 0.01


def test_a_flattened_map_keeps_places() -> None:
    features = features_of_two_places("none")
    assert np.abs(features[0] - features[1]).max() > 0.01
