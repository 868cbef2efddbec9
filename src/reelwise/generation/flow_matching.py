"""What a denoiser is trained for: clean frames under noise, weighted as errors of the flow from frames to noise."""

from dataclasses import asdict, dataclass, field
from typing import Any

import keras
import numpy as np

from reelwise.losses import WeightedFrames
from reelwise.training.arrays import to_array
from reelwise.training.batches import Batches, batch_makers
from reelwise.training.feed import FeedThreads, prefetch
from reelwise.training.forward import forward_pass
from reelwise.training.objective import Metric, Objective
from reelwise.transforms.frame_noise import NoiseSettings


@dataclass(frozen=True)
class FlowObjective(Objective):
    """The loss of rectified flow, for a network that predicts clean frames.

    Args:
        noise: How the batches draw their noise; it decides what the loss means, so a checkpoint of other settings is
            not resumed.

    Source: Lipman et al. 2022, "Flow Matching for Generative Modeling", arXiv:2210.02747, equation 23; the loss of the
    flow from a prediction of clean frames: Li and He 2025, arXiv:2511.13720, equation 6.
    """

    noise: NoiseSettings = field(default_factory=NoiseSettings)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The loss alone: what is measured of samples costs far more than an epoch."""
        return (Metric("loss", "Squared error of the flow"),)

    def loss(self) -> keras.losses.Loss:
        """See :class:`reelwise.losses.WeightedFrames`."""
        return WeightedFrames()

    def validate(self, network: keras.Model, batches: Batches) -> dict[str, float | None]:
        """The loss on the validation clips.

        The noise is that of epoch 0 each time, so that two epochs differ by their weights alone.

        Args:
            network: Float32.
            batches: As :class:`reelwise.datasets.noisy_batches.NoisyBatches` makes them.
        """
        total = weight = 0.0
        with prefetch(batch_makers(batches, epoch=0), FeedThreads()) as feed, forward_pass(network) as forward:
            for batch in feed:
                errors = _losses(to_array(forward(batch.inputs)), batch.targets)
                total += float((errors * batch.sample_weights).sum(dtype=np.float64))
                weight += float(batch.sample_weights.sum())
        return {"val_loss": total / weight}

    def settings(self) -> dict[str, Any]:
        """The settings of the noise."""
        return {"objective": "flow", "noise": asdict(self.noise)}


def _losses(frames: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """(B,) float32: what :class:`reelwise.losses.WeightedFrames` gives."""
    errors = np.square(frames.reshape(*targets.shape[:2], -1) - targets[..., :-1]).mean(axis=-1)
    return (errors * targets[..., -1]).sum(axis=-1)
