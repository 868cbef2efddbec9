"""Run a network over all validation batches."""

import keras
import numpy as np

from reelwise.training.batches import Batches, batch_makers
from reelwise.training.feed import feed_threads, prefetch


def predict(network: keras.Model, batches: Batches) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outputs, targets and sample weights of one epoch, in its order, padding (weight 0) included.

    Args:
        network: Gives one array.
        batches: What to run through; all outputs are held in memory, so they should be small, such as logits.

    Returns:
        (N, …) float32 outputs, (N, …) float32 targets, (N,) float32 weights.
    """
    rows = []
    with prefetch(batch_makers(batches, epoch=0), feed_threads()) as feed:
        for batch in feed:
            outputs = np.asarray(network.predict_on_batch(batch.inputs), np.float32)
            rows.append((outputs, batch.targets, batch.sample_weights))
    outputs, targets, weights = (np.concatenate(column) for column in zip(*rows, strict=True))
    return outputs, targets, weights
