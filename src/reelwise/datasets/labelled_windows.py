"""Whole clips of windows with the class of their video: for a classifier of short clips, and for a denoiser."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reelwise.datasets.batches import Batch
from reelwise.datasets.window_batches import WindowBatches
from reelwise.transforms.augment import Augmentation, augment_clip

_CHANGES = 5
"""The stream of random numbers of the augmentation; 1 to 4 are those of other batches."""


@dataclass(frozen=True, eq=False)
class WholeWindows:
    """Clips of :class:`WindowBatches`, context and targets as one; what a batch is made of is a subclass's.

    Args:
        clips: The clips.
        labels: The class of each video of ``clips``, from 0; None for clips without classes.
        num_labels: K.

    Raises:
        ValueError: There is not one label for each video, or a label is not below K.
    """

    clips: WindowBatches
    labels: Sequence[int] | None
    num_labels: int

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

    def whole_batch(self, epoch: int, step: int) -> tuple[np.ndarray, np.ndarray | None, Batch]:
        """The clips of one batch, the same whatever was requested before, and in whichever thread.

        Args:
            epoch: From 0.
            step: From 0.

        Returns:
            (B, T, S, S, 3) uint8, their (B,) labels or None, and the batch of windows that they are.
        """
        windows = self.clips.batch(epoch, step)
        frames = np.concatenate([np.asarray(windows.inputs), windows.targets], axis=1)
        labels = None if self.labels is None else np.asarray(self.labels)[self.clips.windows.videos[windows.indices]]
        return frames, labels, windows


@dataclass(frozen=True, eq=False)
class LabelledWindows(WholeWindows):
    """Clips for a classifier: inputs are (B, T, S, S, 3) uint8, targets (B, K) float32 rows with a single 1.

    Args:
        augmentation: Changes each clip anew in every epoch, as a function of seed, epoch and sample alone; None leaves
            the clips as they are.
        seed: Of the augmentation.

    The other arguments and errors are those of :class:`WholeWindows`; there are labels.
    """

    labels: Sequence[int]
    augmentation: Augmentation | None = None
    seed: int = 0

    def batch(self, epoch: int, step: int) -> Batch:
        """One batch.

        Args:
            epoch: From 0.
            step: From 0.
        """
        frames, labels, windows = self.whole_batch(epoch, step)
        if self.augmentation is not None:
            for row, clip in enumerate(frames):
                rng = np.random.default_rng((self.seed, epoch, _CHANGES, step * self.batch_size + row))
                clip[:] = augment_clip(clip, self.augmentation, rng, clip.shape[1])
        targets = np.eye(self.num_labels, dtype=np.float32)[labels]
        return Batch(frames, targets, windows.sample_weights, windows.indices)
