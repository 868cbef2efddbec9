"""PSNR and SSIM of frames against scikit-image, the version of requirements-dev.txt."""

import numpy as np
import pytest
from skimage.metrics import mean_squared_error, peak_signal_noise_ratio, structural_similarity

from reelwise.metrics.frame_errors import frame_errors
from reelwise.metrics.frame_metrics import frame_metrics


def made_up_clips(dtype: type, shape: tuple[int, ...], noise: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    smooth = np.cumsum(rng.normal(size=shape), axis=3)
    truths = (smooth - smooth.min()) / np.ptp(smooth)
    predictions = np.clip(truths + noise * rng.normal(size=shape), 0, 1)
    if dtype == np.uint8:
        return (255 * truths).round().astype(np.uint8), (255 * predictions).round().astype(np.uint8)
    return truths.astype(dtype), predictions.astype(dtype)


SHAPES = [(2, 3, 32, 32, 1), (2, 2, 11, 17, 3), (1, 2, 64, 48, 3)]


@pytest.mark.parametrize("noise", [0.01, 0.3])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
def test_ssim_of_each_frame_is_that_of_scikit_image(dtype, shape, noise):
    truths, predictions = made_up_clips(dtype, shape, noise)
    errors = frame_errors(truths, predictions, truths[:, 0])
    expected = [
        structural_similarity(
            truth,
            prediction,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
            data_range=255 if dtype == np.uint8 else 1,
            channel_axis=-1,
        )
        for truth, prediction in zip(truths.reshape(-1, *shape[2:]), predictions.reshape(-1, *shape[2:]), strict=True)
    ]
    assert errors.ssim is not None
    np.testing.assert_allclose(errors.ssim.ravel(), expected, atol=1e-10)


@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
def test_psnr_and_squared_error_are_those_of_scikit_image(dtype):
    truths, predictions = made_up_clips(dtype, (3, 4, 16, 16, 3), 0.1)
    metrics = frame_metrics(frame_errors(truths, predictions, truths[:, 0]))
    data_range = 255 if dtype == np.uint8 else 1
    assert metrics.psnr == pytest.approx(peak_signal_noise_ratio(truths, predictions, data_range=data_range), abs=1e-9)
    for t in range(4):
        expected = peak_signal_noise_ratio(truths[:, t], predictions[:, t], data_range=data_range)
        assert metrics.psnr_by_frame[t] == pytest.approx(expected, abs=1e-9)
    frames = [(truths[n, t], predictions[n, t]) for n in range(3) for t in range(4)]
    expected = np.mean([peak_signal_noise_ratio(*pair, data_range=data_range) for pair in frames])
    assert metrics.psnr_frames == pytest.approx(expected, abs=1e-9)
    assert metrics.mse == pytest.approx(mean_squared_error(truths, predictions) / data_range**2, rel=1e-9)
