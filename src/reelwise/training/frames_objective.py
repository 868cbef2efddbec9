"""The objective of a model of frames that follow: the squared error of every pixel."""

from typing import Any

import keras
import numpy as np

from reelwise.losses.frame_loss import FrameLoss
from reelwise.metrics.frame_metrics import psnr
from reelwise.training.arrays import to_array
from reelwise.training.batches import Batches, batch_makers
from reelwise.training.feed import FeedThreads, prefetch
from reelwise.training.forward import forward_pass
from reelwise.training.objective import Metric, Objective


class FramesObjective(Objective):
    """Mean squared error over all pixels, channels and frames, of values in [0, 1]; PSNR is shown beside it."""

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The error, and the PSNR in dB that it is."""
        return (Metric("loss", "Mean squared error"), Metric("psnr", "PSNR in dB"))

    def loss(self) -> keras.losses.Loss:
        """The squared error."""
        return FrameLoss()

    def validate(self, network: keras.Model, batches: Batches) -> dict[str, float | None]:
        """The error and the PSNR of the validation windows together; one batch is held at a time.

        Args:
            network: Gives frames (B, T, H, W, 3) float32.
            batches: Not shuffled; targets are (B, T, H, W, 3) uint8.
        """
        total, weight = 0.0, 0.0
        with prefetch(batch_makers(batches, epoch=0), FeedThreads()) as feed, forward_pass(network) as forward:
            for batch in feed:
                errors = frame_losses(batch.targets, to_array(forward(batch.inputs)))
                total += float((errors * batch.sample_weights).sum())
                weight += float(batch.sample_weights.sum())
        loss = total / weight
        return {"val_loss": loss, "val_psnr": float(psnr(loss)) if np.isfinite(loss) else None}

    def settings(self) -> dict[str, Any]:
        """That it is squared error."""
        return {"objective": "frames", "loss": "squared_error"}


def frame_losses(targets: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """(B,) float64: the squared error of each clip, as :class:`FrameLoss` has it, added up in float64.

    Args:
        targets: (B, T, H, W, 3) uint8.
        frames: (B, T, H, W, 3) float32.
    """
    losses = np.empty(len(targets))
    for row, (target, clip) in enumerate(zip(targets, frames, strict=True)):
        error = target.astype(np.float32) / np.float32(255) - clip
        losses[row] = np.mean(np.square(error), dtype=np.float64)
    return losses
