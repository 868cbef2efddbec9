"""Batches for a denoiser: noisy clips, their levels and labels, the same bits whatever thread makes them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from reelwise.datasets.batches import Batch
from reelwise.datasets.window_batches import WindowBatches
from reelwise.transforms.frame_noise import NoiseSettings, add_noise, draw_levels, level_weights, to_signed

_NOISE = 4
"""The stream of random numbers of levels, label dropout and noise; 1 to 3 are those of order, windows and mirror."""


@dataclass(frozen=True, eq=False)
class NoisyBatches:
    """Clips of :class:`WindowBatches`, context and targets as one, with noise that is new in every epoch.

    Noise and levels are drawn here and not in the network, as a function of seed, epoch and sample alone: so a resumed
    training sees those of one that was never stopped, and batches of another size see the same.

    Inputs are the denoiser's: ``frames`` (B, T, S, S, 3) float32, ``levels`` (B, T) float32, ``label`` (B,) int32.
    Targets are (B, T, S*S*3 + 1) float32: the clean frames in [-1, 1], each with its weight in the loss behind it, as
    :class:`reelwise.losses.WeightedFrames` takes them.

    Args:
        clips: The clips.
        num_labels: K, classes; K as a label stands for none.
        labels: The class of each video of ``clips``, from 0; None for clips without classes.
        noise: How levels are drawn.
        seed: Of the noise.

    Raises:
        ValueError: There is not one label for each video, or a label is not below K.
    """

    clips: WindowBatches
    num_labels: int = 0
    labels: Sequence[int] | None = None
    noise: NoiseSettings = field(default_factory=NoiseSettings)
    seed: int = 0

    def __post_init__(self) -> None:
        labels = () if self.labels is None else self.labels
        if self.labels is not None and len(labels) != len(self.clips.videos):
            raise ValueError(f"{len(self.clips.videos)} videos have {len(labels)} labels")
        if len(labels) and not 0 <= min(labels) <= max(labels) < self.num_labels:
            raise ValueError(f"labels must lie from 0 to {self.num_labels - 1}, got {min(labels)} to {max(labels)}")

    @property
    def batch_size(self) -> int:
        """B."""
        return self.clips.batch_size

    def __len__(self) -> int:
        """Batches in one epoch."""
        return len(self.clips)

    def name(self, index: int) -> str:
        """The name of a clip: its video, and its first and last frame."""
        return self.clips.name(index)

    def batch(self, epoch: int, step: int) -> Batch:
        """One batch, the same whatever was requested before, and in whichever thread.

        Args:
            epoch: From 0.
            step: From 0.
        """
        windows = self.clips.batch(epoch, step)
        frames = to_signed(np.concatenate([np.asarray(windows.inputs), windows.targets], axis=1))  # (B, T, S, S, 3)
        size, num_frames = frames.shape[:2]
        videos = self.clips.windows.videos[windows.indices]
        label = np.full(size, self.num_labels, np.int32)
        levels, noise = np.empty((size, num_frames), np.float32), np.empty_like(frames)
        targets = np.empty((size, num_frames, frames[0, 0].size + 1), np.float32)
        targets[..., :-1] = frames.reshape(size, num_frames, -1)
        for row in range(size):
            rng = np.random.default_rng((self.seed, epoch, _NOISE, step * size + row))
            levels[row] = draw_levels(num_frames, self.noise, rng)
            if rng.random() >= self.noise.label_dropout and self.labels is not None:
                label[row] = self.labels[int(videos[row])]
            rng.standard_normal(dtype=np.float32, out=noise[row])
            targets[row, :, -1] = level_weights(levels[row])
        inputs = {"frames": add_noise(frames, levels, noise), "levels": levels, "label": label}
        return Batch(inputs, targets, windows.sample_weights, windows.indices)
