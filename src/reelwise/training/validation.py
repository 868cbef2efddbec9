"""Loss and accuracy of the float32 network on held-out clips."""

import keras
import numpy as np

from reelwise.datasets.batches import ClipBatches
from reelwise.training.arrays import to_float
from reelwise.training.feed import prefetched


def validate(network: keras.Model, batches: ClipBatches) -> tuple[float, float]:
    """Cross-entropy and accuracy on one clip per video.

    The plain cross-entropy, without smoothing or class weights, so that it can be compared between runs.

    Args:
        network: Gives logits.
        batches: Not shuffled, not augmented.

    Returns:
        Loss and accuracy.
    """
    loss = keras.metrics.CategoricalCrossentropy(from_logits=True)
    accuracy = keras.metrics.CategoricalAccuracy()
    logits, targets, weights = predict(network, batches)
    loss.update_state(targets, logits, weights)
    accuracy.update_state(targets, logits, weights)
    return to_float(loss.result()), to_float(accuracy.result())


def predict(network: keras.Model, batches: ClipBatches) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Logits, targets and sample weights of one epoch, in its order, padding (weight 0) included.

    Args:
        network: Gives logits.
        batches: What to run through.

    Returns:
        (N, C) float32, (N, C) float32, (N,) float32.
    """
    rows = []
    with prefetched(batches.epoch(0)) as feed:
        for batch in feed:
            logits = np.asarray(network.predict_on_batch(batch.clips), np.float32)
            rows.append((logits, batch.targets, batch.sample_weights))
    logits, targets, weights = (np.concatenate(column) for column in zip(*rows, strict=True))
    return logits, targets, weights
