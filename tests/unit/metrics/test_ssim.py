"""Structural similarity: what holds of any frames. The numbers are compared in tests/parity/test_scikit_image.py."""

import numpy as np
import pytest

from reelwise.metrics.ssim import frame_ssim


def noise(seed: int, shape: tuple[int, ...] = (2, 20, 24, 3)) -> np.ndarray:
    return np.random.default_rng(seed).random(shape)


def test_equal_frames_have_1_and_the_order_does_not_count():
    np.testing.assert_allclose(frame_ssim(noise(0), noise(0)), 1.0, atol=1e-12)
    np.testing.assert_allclose(frame_ssim(noise(0), noise(1)), frame_ssim(noise(1), noise(0)), atol=1e-12)


def test_the_more_noise_the_lower_and_an_inverted_frame_is_below_0():
    frames = np.tile(noise(0, (2, 5, 6, 3)), (1, 4, 4, 1))
    levels = [frame_ssim(frames, np.clip(frames + level * (noise(2) - 0.5), 0, 1)) for level in (0.1, 0.3, 1.0)]
    assert (np.diff(levels, axis=0) < 0).all()
    assert (frame_ssim(frames, 1 - frames) < 0).all()


def test_of_a_single_window_it_is_the_formula_of_the_paper():
    x, y = noise(0, (1, 11, 11, 1)), noise(1, (1, 11, 11, 1))
    line = np.exp(-((np.arange(11) - 5) ** 2) / (2 * 1.5**2))
    weights = np.outer(line, line)[None, :, :, None] / line.sum() ** 2
    mean_x, mean_y = (weights * x).sum(), (weights * y).sum()
    var_x, var_y = (weights * (x - mean_x) ** 2).sum(), (weights * (y - mean_y) ** 2).sum()
    covariance = (weights * (x - mean_x) * (y - mean_y)).sum()
    c1, c2 = 0.01**2, 0.03**2
    expected = (2 * mean_x * mean_y + c1) * (2 * covariance + c2)
    expected /= (mean_x**2 + mean_y**2 + c1) * (var_x + var_y + c2)
    assert frame_ssim(x, y)[0] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("shape", [(1, 10, 24, 3), (1, 24, 10, 3), (20, 24, 3)])
def test_frames_smaller_than_the_window_are_a_value_error(shape):
    with pytest.raises(ValueError, match="at least 11"):
        frame_ssim(noise(0, shape), noise(0, shape))
