"""Choose on validation windows how much a place must have moved to take the changes predicted there."""

from collections.abc import Iterator, Sequence

import numpy as np

from reelwise.core.progress import Progress
from reelwise.datasets.window_batches import WindowBatches
from reelwise.features.local_motion import keep_still_places, local_motion
from reelwise.inference.frame_predictor import FramePredictor, to_uint8

THRESHOLDS = (0.0, 4.0, 8.0, 12.0, 16.0, 24.0, 32.0)
"""Grey levels that are tried."""

_WHITE = np.float32(255)


def choose_still_threshold(predictor: FramePredictor, validation: WindowBatches | None, progress: Progress) -> float:
    """The threshold with the least squared error on validation windows; of equals the least.

    Args:
        predictor: The trained network, without a threshold.
        validation: Windows that it was not trained on; None where there are none, which chooses 0.
        progress: Shows how far it is.

    Returns:
        One of :data:`THRESHOLDS`, in grey levels.
    """
    if validation is None:
        return 0.0
    errors, num_windows = np.zeros(len(THRESHOLDS)), len(validation.windows)
    for number, (context, target) in enumerate(_windows(validation), 1):
        prediction = predictor.predict(context[None], len(target))[0].astype(np.float32) / _WHITE
        errors += _squared_errors(context, prediction, target)
        progress.update(number, num_windows, "clips")
    return THRESHOLDS[int(errors.argmin())]


def _windows(batches: WindowBatches) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for step in range(len(batches)):
        batch = batches.batch(0, step)
        for weight, context, target in zip(batch.sample_weights, np.asarray(batch.inputs), batch.targets, strict=True):
            if weight > 0:
                yield context, target


def _squared_errors(context: np.ndarray, prediction: np.ndarray, target: np.ndarray) -> Sequence[float]:
    """The squared error of one window, in squares of grey levels, by threshold."""
    last, motion = context[-1].astype(np.float32) / _WHITE, local_motion(context)
    frames = (to_uint8(keep_still_places(last, prediction, motion, threshold)) for threshold in THRESHOLDS)
    return [float(np.square(of_threshold.astype(np.float32) - target).sum()) for of_threshold in frames]
