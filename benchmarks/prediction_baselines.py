"""How well are frames predicted without a model? PSNR of every baseline on moving digits and on real clips.

``python benchmarks/prediction_baselines.py`` prints a table for two digits at 32 pixels and one for the actions of
REELWISE_REAL_DATA (docs/contributing/real-videos.md) at 64; the tables of LOG.md are from here. Judged are the test
videos of each set, ``nearest`` searches the training videos.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from compare import save
from prediction_sets import PredictionSet, actions, moving_digits
from reelwise.datasets.prediction_windows import prediction_windows
from reelwise.datasets.window_batches import WindowBatches
from reelwise.generation.baselines import BETWEEN_BASELINES, FrameBaseline, next_baselines
from reelwise.metrics.frame_errors import frame_errors
from reelwise.metrics.frame_metrics import FrameMetrics, frame_metrics
from reelwise.sampling.windows import STILL_WEIGHT, Windows, spread_windows

MOST_PER_VIDEO = 4
"""Windows of a test video."""

MOST_TO_SEARCH = 16
"""Windows of a training video among which the nearest one is searched."""

_BLOCK = 64
"""Training windows that are held at a time."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=("digits", "actions"))
    parser.add_argument("--clips", type=int, default=550, help="of moving digits")
    parser.add_argument("--digits-size", type=int, default=32)
    parser.add_argument("--actions-size", type=int, default=64)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cache", type=Path, help="folder for decoded frames, to use them again")
    arguments = parser.parse_args()
    sets = {
        "digits": lambda: moving_digits(arguments.clips, arguments.digits_size, arguments.seed),
        "actions": lambda: actions(arguments.actions_size, arguments.seed, arguments.cache),
    }
    names = [arguments.only] if arguments.only else list(sets)
    save("prediction_baselines", {name: table(sets[name]()) for name in names})
    return 0


def table(data: PredictionSet) -> list[dict[str, Any]]:
    """Print and return a row per baseline."""
    windows, still_share = windows_of(data, "test", MOST_PER_VIDEO)
    rows = data.rows("test")
    batches = WindowBatches([data.videos[row] for row in rows], windows, data.size, len(windows))
    batch = batches.batch(0, 0)
    groups = [data.groups[rows[int(video)]] for video in windows.videos]
    print(f"{data.name}: {len(windows)} windows of {len(rows)} test videos, {still_share:.1%} of all windows still")
    print(f"{'':30}psnr          95 %     first    last   psnr_frames   ssim")
    context, target = np.asarray(batch.inputs), batch.targets
    ends, between = np.concatenate([context[:, -1:], target[:, -1:]], axis=1), target[:, :-1]
    results = [
        *judged("next", next_baselines(lambda: training_clips(data)), (context, target, context[:, -1]), groups),
        *judged("between", BETWEEN_BASELINES, (ends, between, context[:, -1]), groups),
    ]
    return list(results)


def judged(
    task: str,
    baselines: Sequence[FrameBaseline],
    clips: tuple[np.ndarray, np.ndarray, np.ndarray],
    groups: Sequence[str],
) -> Iterator[dict[str, Any]]:
    """Predict, measure and print; ``clips`` are what is given, the truth, and the true frame before it."""
    frames, truth, previous = clips
    for baseline in baselines:
        prediction = baseline.predict(frames, truth.shape[1])
        metrics = frame_metrics(frame_errors(truth, prediction, previous), groups)
        print(f"  {task + ' ' + baseline.name:28}{line_of(metrics)}", flush=True)
        interval = metrics.psnr_ci95
        yield {
            "task": task,
            "baseline": baseline.name,
            "psnr": metrics.psnr,
            "psnr_ci95": None if interval is None else [interval.low, interval.high],
            "psnr_by_frame": metrics.psnr_by_frame,
            "psnr_frames": metrics.psnr_frames,
            "ssim": metrics.ssim,
            "still_share": metrics.still_share,
        }


def line_of(metrics: FrameMetrics) -> str:
    interval = metrics.psnr_ci95
    spread = "      -      " if interval is None else f"{interval.low:6.2f}-{interval.high:.2f}"
    by_frame = metrics.psnr_by_frame
    similarity = float("nan") if metrics.ssim is None else metrics.ssim
    return (
        f"{metrics.psnr:6.2f}  {spread}  {by_frame[0]:6.2f}  {by_frame[-1]:6.2f}        {metrics.psnr_frames:6.2f}"
        f"  {similarity:.3f}"
    )


def windows_of(data: PredictionSet, split: str, most: int) -> tuple[Windows, float]:
    """Evenly spread windows of one split, and the share of still ones among all of it."""
    windows = prediction_windows([data.videos[row] for row in data.rows(split)], data.spec)
    return spread_windows(windows, most), float(np.mean(windows.weights == STILL_WEIGHT))


def training_clips(data: PredictionSet) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Context and continuation of the training windows, a block at a time."""
    windows, _ = windows_of(data, "train", MOST_TO_SEARCH)
    videos = [data.videos[row] for row in data.rows("train")]
    batches = WindowBatches(videos, windows, data.size, _BLOCK)
    for step in range(len(batches)):
        batch = batches.batch(0, step)
        is_real = batch.sample_weights > 0
        yield np.asarray(batch.inputs)[is_real], batch.targets[is_real]


if __name__ == "__main__":
    sys.exit(main())
