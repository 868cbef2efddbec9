"""What the report shows of predicted frames: some windows to watch, curves over the horizon, and the table."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from reelwise.generation.baselines import FrameBaseline
from reelwise.jobs.predictor.judge import OWN, Judgement, Predict, TestWindows
from reelwise.metrics.frame_errors import FrameErrors
from reelwise.metrics.frame_metrics import frame_metrics, psnr_difference_interval
from reelwise.reports.frames_section import ClipPrediction, FrameRow, FramesReport, PredictedClip
from reelwise.tasks import PREDICTION

NUM_CLIPS = 6
"""Windows to watch: evenly spread over the test windows, so that nobody has chosen them."""

_NUM_RULES = 3
"""Rules beside the model, the best ones: with the truth as many clips as fit side by side."""

_OWN_TITLE = "This model"
_SLOWEST, _FASTEST = Fraction(4), Fraction(15)
"""Frames a second at which a few frames can be followed by eye."""


def frames_report(
    predict: Predict,
    baselines: Sequence[FrameBaseline],
    test: TestWindows,
    judgement: Judgement,
    frame_rate: float,
    seed: int,
) -> FramesReport:
    """Everything the report shows of predicted frames.

    Args:
        predict: The model.
        baselines: The rules that it was judged beside.
        test: The windows.
        judgement: What model and rules got.
        frame_rate: Frames a second of what the model sees.
        seed: Of the intervals.
    """
    errors, groups = judgement.errors, test.window_groups
    by_goodness = sorted((name for name in errors if name != OWN), key=lambda name: errors[name].squared_errors.mean())
    rows = [_row(name, errors, groups, seed) for name in (OWN, *by_goodness)]
    shown_rules = [rule for name in by_goodness[:_NUM_RULES] for rule in baselines if rule.name == name]
    return FramesReport(
        clips=_clips({_OWN_TITLE: predict, **{_title(rule.name): rule.predict for rule in shown_rules}}, test),
        horizon={row.title: row.metrics.psnr_by_frame for row in rows},
        rows=tuple(rows),
        num_context=test.batches.windows.spec.num_context,
        frame_rate=min(max(Fraction(frame_rate).limit_denominator(1001), _SLOWEST), _FASTEST),
    )


def _title(name: str) -> str:
    return _OWN_TITLE if name == OWN else PREDICTION.baseline_titles.get(name, name)


def _row(name: str, errors: dict[str, FrameErrors], groups: Sequence[str], seed: int) -> FrameRow:
    metrics = frame_metrics(errors[name], groups)
    if name == OWN:
        return FrameRow(_title(name), metrics, own=True)
    difference = psnr_difference_interval(errors[OWN], errors[name], groups, seed)
    return FrameRow(_title(name), metrics, psnr_difference_ci95=difference)


def _clips(predictors: dict[str, Predict], test: TestWindows) -> tuple[PredictedClip, ...]:
    """The windows to watch, with what each predictor gives for them."""
    windows = test.batches.windows
    numbers = np.unique(np.linspace(0, len(windows) - 1, min(NUM_CLIPS, len(windows))).round().astype(int)).tolist()
    pairs = [_window(test, window) for window in numbers]
    context, truth = (np.stack([pair[part] for pair in pairs]) for part in (0, 1))
    given = {title: predict(context, truth.shape[1]) for title, predict in predictors.items()}
    return tuple(
        PredictedClip(
            name=_name(test, window),
            context=context[row],
            truth=truth[row],
            predictions=tuple(ClipPrediction(title, frames[row]) for title, frames in given.items()),
        )
        for row, window in enumerate(numbers)
    )


def _window(test: TestWindows, window: int) -> tuple[np.ndarray, np.ndarray]:
    """(T_in, S, S, 3) and (T_out, S, S, 3) uint8 of one window."""
    step, row = divmod(window, test.batches.batch_size)
    batch = test.batches.batch(0, step)
    return np.asarray(batch.inputs)[row], batch.targets[row]


def _name(test: TestWindows, window: int) -> str:
    windows = test.batches.windows
    frames = windows.frame_indices(window)
    return f"{test.names[int(windows.videos[window])]}, frames {frames[0]} to {frames[-1]}"
