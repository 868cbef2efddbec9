"""Which values of a clip make which patch."""

import keras
import numpy as np
import pytest

from reelwise.layers import PatchesToVideo, VideoPatches

pytestmark = pytest.mark.backend


def test_a_patch_holds_the_values_of_its_place_frame_by_frame() -> None:
    clip = np.random.default_rng(0).normal(size=(2, 6, 8, 12, 3)).astype(np.float32)
    patches = keras.ops.convert_to_numpy(VideoPatches(num_frames=3, size=4)(clip))
    assert patches.shape == (2, 2, 6, 144)
    for time in range(2):
        for row in range(2):
            for column in range(3):
                part = clip[:, 3 * time : 3 * time + 3, 4 * row : 4 * row + 4, 4 * column : 4 * column + 4]
                assert np.array_equal(patches[:, time, 3 * row + column], part.reshape(2, -1))


def test_the_way_back_is_exact() -> None:
    clip = np.random.default_rng(0).normal(size=(2, 6, 12, 12, 3)).astype(np.float32)
    patches = VideoPatches(num_frames=3, size=4)(clip)
    assert np.array_equal(keras.ops.convert_to_numpy(PatchesToVideo(num_frames=3, size=4)(patches)), clip)


def test_the_way_back_takes_any_number_of_channels() -> None:
    clip = np.random.default_rng(0).normal(size=(2, 6, 12, 12, 5)).astype(np.float32)
    patches = VideoPatches(num_frames=3, size=4)(clip)
    layer = PatchesToVideo(num_frames=3, size=4, channels=5)
    assert np.array_equal(keras.ops.convert_to_numpy(layer(patches)), clip)
    assert layer.compute_output_shape((None, 2, 9, 240)) == (None, 6, 12, 12, 5)
