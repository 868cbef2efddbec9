"""Structural similarity of frames (SSIM), with a Gaussian window of 11 pixels."""

import numpy as np

WINDOW = 11
"""Side of the Gaussian window in pixels. Source: Wang et al. 2004, section III.C."""
SIGMA = 1.5
"""Standard deviation of the window in pixels. Source: as above."""
K1, K2 = 0.01, 0.03
"""What keeps the two quotients stable, as parts of the range of values. Source: as above."""


def frame_ssim(truths: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """The mean SSIM of each frame, over all whole windows and over channels.

    Only windows that lie inside the frame count, so the outer five pixels have no windows of their own.

    Args:
        truths: (N, H, W, C) float64 in [0, 1]; H and W are at least 11.
        predictions: The same.

    Returns:
        (N,) float64 in [-1, 1]; 1 for equal frames.

    Raises:
        ValueError: The shapes differ, or a frame is smaller than the window.

    Source: Wang et al. 2004, "Image quality assessment: from error visibility to structural similarity", IEEE TIP 13,
    equation 13. The numbers are those of scikit-image's ``structural_similarity(gaussian_weights=True, sigma=1.5,
    use_sample_covariance=False, data_range=1)``.

    Example:
        >>> frames = np.linspace(0, 1, 2 * 16 * 16 * 3).reshape(2, 16, 16, 3)
        >>> frame_ssim(frames, frames)
        array([1., 1.])
    """
    if truths.shape != predictions.shape or truths.ndim != 4 or min(truths.shape[1:3]) < WINDOW:
        raise ValueError(
            f"SSIM of frames {truths.shape} and {predictions.shape}: it needs two arrays (N, H, W, C) of one shape,"
            f" with H and W at least {WINDOW}."
        )
    mean_x, mean_y = _window_means(truths), _window_means(predictions)
    variance_x = _window_means(truths * truths) - mean_x * mean_x
    variance_y = _window_means(predictions * predictions) - mean_y * mean_y
    covariance = _window_means(truths * predictions) - mean_x * mean_y
    luminance = (2 * mean_x * mean_y + K1**2) / (mean_x**2 + mean_y**2 + K1**2)
    structure = (2 * covariance + K2**2) / (variance_x + variance_y + K2**2)
    return (luminance * structure).mean(axis=(1, 2, 3))


def _window_means(frames: np.ndarray) -> np.ndarray:
    """(N, H - 10, W - 10, C): the Gaussian mean of each whole window, one axis after the other."""
    offsets = np.arange(WINDOW) - WINDOW // 2
    weights = np.exp(-0.5 * (offsets / SIGMA) ** 2)
    weights /= weights.sum()
    height, width = frames.shape[1] - WINDOW + 1, frames.shape[2] - WINDOW + 1
    rows = np.zeros((len(frames), height, *frames.shape[2:]))
    means = np.zeros((len(frames), height, width, frames.shape[3]))
    for i, weight in enumerate(weights):
        rows += weight * frames[:, i : i + height]
    for i, weight in enumerate(weights):
        means += weight * rows[:, :, i : i + width]
    return means
