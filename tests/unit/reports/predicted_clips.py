"""Predicted clips of the tests: two scanned digits that move, and what simple rules make of them."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import numpy as np

from reelwise.generation.baselines import copy_last, half_last_half_mean, linear, mean_of_context
from reelwise.media.synthetic.moving_digits import MOVING_STYLE, moving_digits_clips
from reelwise.metrics.frame_errors import frame_errors
from reelwise.metrics.frame_metrics import frame_metrics, psnr_difference_interval
from reelwise.reports.frames_section import ClipPrediction, FrameRow, FramesReport, PredictedClip

Predict = Callable[[np.ndarray, int], np.ndarray]

RULES: dict[str, Predict] = {
    "Repeats the last frame": copy_last,
    "Half last frame, half mean": half_last_half_mean,
    "Repeats the mean frame": mean_of_context,
    "Continues in a straight line": linear,
}


def predicted_digits(num_clips: int = 8, size: int = 32, num_context: int = 8, num_targets: int = 8,
                     prefix: str = "") -> FramesReport:  # fmt: skip
    """A report of digits; the model knows the truth and blurs it a little, and ``prefix`` stands in every text."""
    style = replace(MOVING_STYLE, size=size, num_frames=num_context + num_targets)
    clips = np.stack([clip.frames for clip in moving_digits_clips(num_clips, 0, style)])
    context, truth = clips[:, :num_context], clips[:, num_context:]
    model = (0.6 * truth + 0.4 * clips[:, num_context - 1 : -1]).astype(np.uint8)
    predictions = {f"{prefix}This model": model}
    predictions |= {f"{prefix}{title}": rule(context, num_targets) for title, rule in RULES.items()}
    errors = {title: frame_errors(truth, frames, context[:, -1]) for title, frames in predictions.items()}
    own, *rules = errors
    rules.sort(key=lambda title: errors[title].squared_errors.mean())
    titles = [own, *rules]
    metrics = {title: frame_metrics(errors[title]) for title in titles}
    rows = [FrameRow(own, metrics[own], own=True)]
    rows += [
        FrameRow(title, metrics[title], False, psnr_difference_interval(errors[own], errors[title], None, 0))
        for title in rules
    ]
    return FramesReport(
        tuple(
            PredictedClip(f"{prefix}digits/clip_{i}.mp4, from 0.3 s", context[i], truth[i],
                          tuple(ClipPrediction(title, predictions[title][i]) for title in titles[:3]))
            for i in range(min(6, num_clips))
        ),
        {title: metrics[title].psnr_by_frame for title in titles},
        tuple(rows),
        num_context,
        Fraction(12),
    )  # fmt: skip
