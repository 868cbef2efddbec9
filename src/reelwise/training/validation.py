"""Loss and accuracy of the float32 network on validation clips."""

import keras
import numpy as np

from reelwise.datasets.batches import ClipBatches
from reelwise.tasks import CLASSIFICATION, Task
from reelwise.training.feed import prefetched


def validate(network: keras.Model, batches: ClipBatches, task: Task = CLASSIFICATION) -> tuple[float, float | None]:
    """Loss and accuracy on one clip per video.

    The plain loss of the task, without smoothing or class weights, so that it can be compared between runs.

    Args:
        network: Gives the task's outputs: logits, or standardised numbers.
        batches: Not shuffled, not augmented.
        task: What the network is trained for.

    Returns:
        As :meth:`~reelwise.tasks.Task.validation_scores`.
    """
    return task.validation_scores(*predict(network, batches))


def predict(network: keras.Model, batches: ClipBatches) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outputs, targets and sample weights of one epoch, in its order, padding (weight 0) included.

    Args:
        network: Gives logits, or standardised numbers.
        batches: What to run through.

    Returns:
        (N, C) or (N, H, C) float32, (N, C) float32, (N,) float32.
    """
    rows = []
    with prefetched(batches.epoch(0)) as feed:
        for batch in feed:
            outputs = np.asarray(network.predict_on_batch(batch.inputs), np.float32)
            rows.append((outputs, batch.targets, batch.sample_weights))
    outputs, targets, weights = (np.concatenate(column) for column in zip(*rows, strict=True))
    return outputs, targets, weights
