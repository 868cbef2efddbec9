"""Batches for a classifier of short clips: windows of labelled videos, the same bits whatever thread makes them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reelwise.datasets.batches import Batch
from reelwise.datasets.window_batches import WindowBatches


@dataclass(frozen=True, eq=False)
class LabelledWindows:
    """Clips of :class:`WindowBatches`, context and targets as one, with the class of their video.

    Inputs are (B, T, S, S, 3) uint8, targets (B, K) float32 rows with a single 1.

    Args:
        clips: The clips.
        labels: The class of each video of ``clips``, from 0.
        num_labels: K.

    Raises:
        ValueError: There is not one label for each video, or a label is not below K.
    """

    clips: WindowBatches
    labels: Sequence[int]
    num_labels: int

    def __post_init__(self) -> None:
        if len(self.labels) != len(self.clips.videos):
            raise ValueError(f"{len(self.clips.videos)} videos have {len(self.labels)} labels")
        if not 0 <= min(self.labels) <= max(self.labels) < self.num_labels:
            raise ValueError(f"labels must lie from 0 to {self.num_labels - 1}")

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
        frames = np.concatenate([np.asarray(windows.inputs), windows.targets], axis=1)  # (B, T, S, S, 3)
        labels = np.asarray(self.labels)[self.clips.windows.videos[windows.indices]]
        targets = np.eye(self.num_labels, dtype=np.float32)[labels]
        return Batch(frames, targets, windows.sample_weights, windows.indices)
