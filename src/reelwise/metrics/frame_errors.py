"""Errors of predicted frames, one number per clip and frame, so that batches join and whole groups can be resampled."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reelwise.core.errors import DataError
from reelwise.metrics.ssim import WINDOW, frame_ssim


@dataclass(frozen=True, eq=False)
class FrameErrors:
    """What is kept of N predicted clips of T frames; the frames themselves are not.

    Args:
        squared_errors: (N, T) float64, the mean squared error of each frame over pixels and channels, values in [0, 1].
        ssim: (N, T) float64, the SSIM of each frame; None where frames are smaller than its window of 11 pixels.
        is_still: (N, T) bool, whether the true frame equals the true frame before it in every value.
        num_values: Values of one frame, H·W·C.
    """

    squared_errors: np.ndarray
    ssim: np.ndarray | None
    is_still: np.ndarray
    num_values: int

    @property
    def clip_squared_errors(self) -> np.ndarray:
        """(N,) the mean squared error of each clip."""
        return self.squared_errors.mean(axis=1)


def frame_errors(truths: np.ndarray, predictions: np.ndarray, previous_frames: np.ndarray) -> FrameErrors:
    """The errors of a batch of predicted clips; a clip at a time, so memory does not grow with the batch.

    Args:
        truths: (N, T, H, W, C) uint8, or float in [0, 1].
        predictions: The same shape, uint8 or float in [0, 1], not necessarily the dtype of ``truths``.
        previous_frames: (N, H, W, C) of the dtype of ``truths``: the true frame before the first of each clip.

    Raises:
        DataError: No clips, shapes or dtypes that do not match, or values outside [0, 1].

    Example:
        >>> truths = np.zeros((2, 3, 16, 16, 1), np.uint8)
        >>> errors = frame_errors(truths, np.full(truths.shape, 0.1), truths[:, 0])
        >>> errors.squared_errors.round(3).tolist(), bool(errors.is_still.all())
        ([[0.01, 0.01, 0.01], [0.01, 0.01, 0.01]], True)
    """
    _check_shapes(truths, predictions, previous_frames)
    squared_errors, similarities, is_still = [], [], []
    for truth, prediction, previous_frame in zip(truths, predictions, previous_frames, strict=True):
        earlier_frames = np.concatenate([previous_frame[None], truth[:-1]])
        is_still.append((truth == earlier_frames).all(axis=(1, 2, 3)))
        x, y = unit_values(truth), unit_values(prediction)
        squared_errors.append(((x - y) ** 2).mean(axis=(1, 2, 3)))
        if min(x.shape[1:3]) >= WINDOW:
            similarities.append(frame_ssim(x, y))
    return FrameErrors(
        np.array(squared_errors),
        np.array(similarities) if similarities else None,
        np.array(is_still),
        int(np.prod(truths.shape[2:])),
    )


def join_frame_errors(parts: Sequence[FrameErrors]) -> FrameErrors:
    """The errors of several batches as those of one, in their order.

    Raises:
        DataError: No batches, or clips of different numbers of frames or sizes.
    """
    if len({(part.squared_errors.shape[1], part.num_values, part.ssim is None) for part in parts}) != 1:
        raise DataError(
            f"Errors of {len(parts)} batches cannot be joined.",
            hint="Give at least one batch, and clips of one length and size.",
        )
    similarities = [part.ssim for part in parts if part.ssim is not None]
    return FrameErrors(
        np.concatenate([part.squared_errors for part in parts]),
        np.concatenate(similarities) if similarities else None,
        np.concatenate([part.is_still for part in parts]),
        parts[0].num_values,
    )


def unit_values(frames: np.ndarray) -> np.ndarray:
    """Frames as float64 in [0, 1]: uint8 divided by 255, floats as they are.

    Raises:
        DataError: Another dtype, or values that are not finite or lie outside [0, 1].
    """
    if frames.dtype == np.uint8:
        return frames / 255.0
    if not np.issubdtype(frames.dtype, np.floating):
        raise DataError(f"Frames have dtype {frames.dtype}.", hint="Give uint8, or float in [0, 1].")
    values = frames.astype(np.float64)
    low, high = float(values.min()), float(values.max())
    if not (low >= 0 and high <= 1):  # NaN fails both comparisons
        raise DataError(
            f"Frames have values from {low:.4g} to {high:.4g}; they must lie in [0, 1].",
            hint="Divide by 255 what goes to 255, and clip predictions to [0, 1], as a written video does.",
        )
    return values


def _check_shapes(truths: np.ndarray, predictions: np.ndarray, previous_frames: np.ndarray) -> None:
    if truths.ndim != 5 or 0 in truths.shape or predictions.shape != truths.shape:
        raise DataError(
            f"Got predictions of shape {predictions.shape} for true clips of shape {truths.shape}.",
            hint="Give both as (N, T, H, W, C), N > 0.",
        )
    if previous_frames.shape != (len(truths), *truths.shape[2:]) or previous_frames.dtype != truths.dtype:
        raise DataError(
            f"Got previous frames {previous_frames.shape} {previous_frames.dtype} for true clips {truths.shape}"
            f" {truths.dtype}.",
            hint="Give the frame before each clip, as (N, H, W, C) in the dtype of the clips.",
        )
