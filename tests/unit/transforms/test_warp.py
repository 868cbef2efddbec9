import cv2
import numpy as np
import pytest

from reelwise.transforms.warp import warp_frames

MATRICES = {
    "turned, all inside": [[0.8, -0.1, 12.3], [0.1, 0.8, 4.7]],
    "beyond all edges": [[1.3, 0.2, -9.4], [-0.2, 1.3, -3.6]],
    "mirrored, beyond the right edge": [[-1.0, 0.0, 70.25], [0.0, 1.0, 0.0]],
    "beyond the bottom": [[0.5, 0.0, 3.0], [0.0, 1.1, 9.5]],
    "far away": [[1.0, 0.0, 300.1], [0.0, 1.0, -300.9]],
    "as it is": [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]],
}


@pytest.mark.parametrize("num_frames", [1, 19, 20, 40])
@pytest.mark.parametrize("matrix", MATRICES.values(), ids=MATRICES)
def test_a_clip_is_warped_as_opencv_warps_each_frame(matrix, num_frames):
    clip = np.random.default_rng(0).integers(0, 256, (num_frames, 60, 64, 3), np.uint8)
    matrix, result = np.array(matrix), np.empty((num_frames, 48, 52, 3), np.uint8)
    before = clip.copy()
    warp_frames(clip, matrix, result)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    for frame, warped in zip(clip, result, strict=True):
        expected = cv2.warpAffine(frame, matrix, (52, 48), flags=flags, borderMode=cv2.BORDER_REFLECT_101)
        assert np.array_equal(warped, expected)
    assert np.array_equal(clip, before)


def test_random_maps_round_as_opencv_does():
    rng = np.random.default_rng(1)
    clip = rng.integers(0, 256, (20, 32, 32, 3), np.uint8)
    result = np.empty((20, 28, 28, 3), np.uint8)
    for _ in range(100):
        matrix = np.hstack([np.eye(2) + rng.normal(0, 0.2, (2, 2)), rng.normal(0, 5, (2, 1))])
        warp_frames(clip, matrix, result)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        expected = cv2.warpAffine(clip[0], matrix, (28, 28), flags=flags, borderMode=cv2.BORDER_REFLECT_101)
        assert np.array_equal(result[0], expected)
