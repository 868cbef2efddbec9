"""Batches for a denoiser: noisy clips, their levels and labels, the same bits whatever thread makes them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from reelwise.datasets.batches import Batch
from reelwise.datasets.labelled_windows import WholeWindows
from reelwise.transforms.frame_noise import NoiseSettings, add_noise, draw_levels, level_weights, to_signed

_NOISE = 4
"""The stream of random numbers of levels, label dropout and noise; 1 to 3 are those of order, windows and mirror."""


@dataclass(frozen=True, eq=False)
class NoisyBatches(WholeWindows):
    """Clips of :class:`WholeWindows` with noise that is new in every epoch.

    Noise and levels are drawn here and not in the network, as a function of seed, epoch and sample alone: so a resumed
    training sees those of one that was never stopped, and batches of another size see the same.

    Inputs are the denoiser's: ``frames`` (B, T, S, S, 3) float32, ``levels`` (B, T) float32, ``label`` (B,) int32.
    Targets are (B, T, S*S*3 + 1) float32: the clean frames in [-1, 1], each with its weight in the loss behind it, as
    :class:`reelwise.losses.WeightedFrames` takes them.

    Args:
        noise: How levels are drawn.
        seed: Of the noise.

    The other arguments and errors are those of :class:`WholeWindows`; K as a label stands for none.
    """

    labels: Sequence[int] | None = None
    num_labels: int = 0
    noise: NoiseSettings = field(default_factory=NoiseSettings)
    seed: int = 0

    def batch(self, epoch: int, step: int) -> Batch:
        """One batch, the same whatever was requested before, and in whichever thread.

        Args:
            epoch: From 0.
            step: From 0.
        """
        clips, own_labels, windows = self.whole_batch(epoch, step)
        frames = to_signed(clips)
        size, num_frames = frames.shape[:2]
        label = np.full(size, self.num_labels, np.int32)
        levels, noise = np.empty((size, num_frames), np.float32), np.empty_like(frames)
        targets = np.empty((size, num_frames, frames[0, 0].size + 1), np.float32)
        targets[..., :-1] = frames.reshape(size, num_frames, -1)
        for row in range(size):
            rng = np.random.default_rng((self.seed, epoch, _NOISE, step * size + row))
            levels[row] = draw_levels(num_frames, self.noise, rng)
            if rng.random() >= self.noise.label_dropout and own_labels is not None:
                label[row] = own_labels[row]
            rng.standard_normal(dtype=np.float32, out=noise[row])
            targets[row, :, -1] = level_weights(levels[row])
        inputs = {"frames": add_noise(frames, levels, noise), "levels": levels, "label": label}
        return Batch(inputs, targets, windows.sample_weights, windows.indices)
