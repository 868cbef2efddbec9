import numpy as np
import pytest
from textures import shifting_texture

from reelwise.generation.dense_flow import dense_flow, warp


@pytest.mark.parametrize("size", [16, 32, 64, 96])
def test_flow_points_to_where_each_pixel_went(size):
    picture, other = shifting_texture(2, size, (1.5, -0.75))
    flow = dense_flow(picture, other)
    assert flow.shape == (size, size, 2)
    assert flow.dtype == np.float32
    inner = flow[size // 4 : -size // 4, size // 4 : -size // 4]
    assert np.median(inner[..., 0]) == pytest.approx(1.5, abs=0.15)
    assert np.median(inner[..., 1]) == pytest.approx(-0.75, abs=0.15)


def test_pictures_that_are_not_square_keep_their_scale():
    picture, other = (frame[:24] for frame in shifting_texture(2, 40, (1.0, 0.5)))
    flow = dense_flow(picture, other)
    assert flow.shape == (24, 40, 2)
    assert np.median(flow.reshape(-1, 2), axis=0) == pytest.approx([1.0, 0.5], abs=0.15)


def test_nothing_moves_in_equal_or_empty_pictures():
    picture = shifting_texture(1, 32, (0, 0))[0]
    assert np.abs(dense_flow(picture, picture)).max() < 0.05
    black = np.zeros((32, 32, 3), np.uint8)
    assert not dense_flow(black, black).any()


def test_a_warp_takes_pixels_from_where_the_displacement_points():
    picture = np.arange(36, dtype=np.uint8).reshape(6, 6, 1) * 4
    displacement = np.zeros((6, 6, 2), np.float32)
    displacement[..., 0] = 2
    shifted = warp(picture, displacement).reshape(6, 6)
    assert np.array_equal(shifted[:, :4], picture[:, 2:, 0])
    assert np.array_equal(shifted[:, 4:], picture[:, [5, 5], 0])  # beyond the border: its nearest pixel
    displacement[..., 0] = 0.5
    assert warp(picture, displacement)[0, :2].ravel().tolist() == [2, 6]
