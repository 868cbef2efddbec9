"""Run a network over all validation batches."""

from collections import deque
from typing import Any

import keras
import numpy as np

from reelwise.training.arrays import to_array
from reelwise.training.batches import Batches, batch_makers
from reelwise.training.feed import FeedThreads, prefetch
from reelwise.training.forward import forward_pass

_MOST_WAITING = 8
"""Batches whose outputs may wait on the device to be read: each may hold its inputs there."""


def predict(network: keras.Model, batches: Batches) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outputs, targets and sample weights of one epoch, in its order, padding (weight 0) included.

    Args:
        network: Gives one array.
        batches: What to run through; all outputs are held in memory, so they should be small, such as logits.

    Returns:
        (N, …) float32 outputs, (N, …) float32 targets, (N,) float32 weights.
    """
    outputs, targets, weights = [], [], []
    waiting: deque[Any] = deque()
    with prefetch(batch_makers(batches, epoch=0), FeedThreads()) as feed, forward_pass(network) as forward:
        for batch in feed:
            waiting.append(forward(batch.inputs))
            targets.append(batch.targets)
            weights.append(batch.sample_weights)
            if len(waiting) > _MOST_WAITING:
                outputs.append(to_array(waiting.popleft()))
        outputs += [to_array(tensor) for tensor in waiting]
    return np.concatenate(outputs).astype(np.float32, copy=False), np.concatenate(targets), np.concatenate(weights)
