"""How good predicted frames are: PSNR, SSIM and squared error, with intervals over groups of clips."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reelwise.core.errors import DataError
from reelwise.metrics.bootstrap import (
    ConfidenceInterval,
    group_codes,
    resampled_counts,
    resampled_interval,
)
from reelwise.metrics.cluster_intervals import error_interval
from reelwise.metrics.frame_errors import FrameErrors

MAX_PSNR = 100.0
"""Highest PSNR in dB, so that a perfect prediction has a finite one. Chosen by reasoning: rounding to 8 bits alone
costs more (59 dB), so only predictions that are exact in nearly all pixels reach it."""
MAX_FRAME_PSNR = 60.0
"""Highest PSNR in dB of one frame in the mean over frames, which still frames would rule. Chosen by reasoning: about
what rounding to 8 bits leaves."""


@dataclass(frozen=True)
class FrameMetrics:
    """Predicted frames against true ones.

    Args:
        num_clips: N.
        num_frames: T, predicted frames of each clip.
        psnr: 10·log10(1 / mean squared error over all pixels, frames and clips) in dB, at most 100.
        psnr_ci95: Its interval; None with fewer than four units of clips.
        psnr_by_frame: T values: the same of the first, second, … predicted frame alone (the horizon).
        psnr_frames: Mean of the PSNR of each frame, each at most 60 dB. Still frames rule it.
        ssim: Mean SSIM of all frames; None where frames are smaller than 11 pixels.
        ssim_by_frame: T values, or None likewise.
        mse: Mean squared error over all values, for values in [0, 1].
        mse_summed: Mean over clips and frames of the squared error summed over the values of a frame, as OpenSTL gives.
        still_share: Share of true frames that equal the one before in every value, in [0, 1].
    """

    num_clips: int
    num_frames: int
    psnr: float
    psnr_ci95: ConfidenceInterval | None
    psnr_by_frame: tuple[float, ...]
    psnr_frames: float
    ssim: float | None
    ssim_by_frame: tuple[float, ...] | None
    mse: float
    mse_summed: float
    still_share: float


def frame_metrics(errors: FrameErrors, groups: Sequence[str | None] | None = None) -> FrameMetrics:
    """The metrics of predicted frames.

    Args:
        errors: Of all clips.
        groups: Source video or recording of each clip, for the interval; None where each clip is a unit of its own.

    Example:
        >>> from reelwise.metrics.frame_errors import frame_errors
        >>> truths = np.zeros((6, 2, 16, 16, 1), np.uint8)
        >>> metrics = frame_metrics(frame_errors(truths, np.full(truths.shape, 0.1), truths[:, 0]))
        >>> round(metrics.psnr, 6), round(metrics.mse, 6), round(metrics.mse_summed, 6), metrics.still_share
        (20.0, 0.01, 2.56, 1.0)

    Source: Tan et al. 2023, "OpenSTL", arXiv 2306.11249, for the summed squared error.
    """
    squared_errors, ssim = errors.squared_errors, errors.ssim
    mse = float(squared_errors.mean())
    return FrameMetrics(
        num_clips=len(squared_errors),
        num_frames=squared_errors.shape[1],
        psnr=float(psnr(mse)),
        psnr_ci95=_psnr_interval(errors, groups),
        psnr_by_frame=_floats(psnr(squared_errors.mean(axis=0))),
        psnr_frames=float(psnr(squared_errors, MAX_FRAME_PSNR).mean()),
        ssim=None if ssim is None else float(ssim.mean()),
        ssim_by_frame=None if ssim is None else _floats(ssim.mean(axis=0)),
        mse=mse,
        mse_summed=mse * errors.num_values,
        still_share=float(errors.is_still.mean()),
    )


def psnr(squared_errors: np.ndarray | float, max_psnr: float = MAX_PSNR) -> np.ndarray:
    """Peak signal to noise ratio in dB of mean squared errors of values in [0, 1], at most ``max_psnr``.

    Example:
        >>> psnr(np.array([0.01, 0.0]))
        array([ 20., 100.])
    """
    return 10 * np.log10(1 / np.maximum(squared_errors, 10 ** (-max_psnr / 10)))


def psnr_difference_interval(
    first: FrameErrors, second: FrameErrors, groups: Sequence[str | None] | None, seed: int
) -> ConfidenceInterval | None:
    """The 95 % interval of psnr(first) - psnr(second) in dB, on the same clips.

    Paired: both PSNR are made anew from the same resampled units, so what makes a clip hard for both cancels out.

    Args:
        first: Errors of one predictor.
        second: Of another, on the same clips in the same order.
        groups: Source video or recording of each clip; None where each clip is a unit of its own.
        seed: Of the resampling.

    Returns:
        An interval that contains the difference itself; None with fewer than four units, which show no spread.

    Raises:
        DataError: The two are not errors on the same clips.

    Source: Efron and Tibshirani 1993, ch. 8 (paired, cluster).
    """
    if first.squared_errors.shape != second.squared_errors.shape or (first.is_still != second.is_still).any():
        raise DataError(
            "The two predictors were not judged on the same clips.",
            hint="Predict the same clips in the same order with both.",
        )
    clip_errors = np.stack([first.clip_squared_errors, second.clip_squared_errors], axis=1)  # (N, 2)

    def resample(units: np.ndarray) -> np.ndarray:
        resamples = resampled_counts(units, seed)
        means = (counts @ clip_errors / counts.sum(axis=1, keepdims=True) for counts in resamples)
        return np.concatenate([_psnr_differences(each) for each in means])

    value = float(_psnr_differences(clip_errors.mean(axis=0)[None])[0])
    return resampled_interval(group_codes(groups, len(clip_errors)), value, resample)


def _psnr_differences(squared_errors: np.ndarray) -> np.ndarray:
    """(R,) of (R, 2) mean squared errors."""
    ratios = psnr(squared_errors)
    return ratios[:, 0] - ratios[:, 1]


def _psnr_interval(errors: FrameErrors, groups: Sequence[str | None] | None) -> ConfidenceInterval | None:
    """That of the mean squared error, turned over: PSNR falls with the error."""
    interval = error_interval(errors.clip_squared_errors, groups)
    if interval is None:
        return None
    return ConfidenceInterval(float(psnr(interval.high)), float(psnr(interval.low)))


def _floats(values: np.ndarray) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
