"""Batches for prediction: the context and the target frames of windows, the same bits whatever thread makes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from reelwise.core.frames import DecodedVideo
from reelwise.datasets.batches import Batch
from reelwise.sampling.windows import WindowDraw, Windows
from reelwise.transforms.crop import centre_crop
from reelwise.transforms.opencv_threads import one_opencv_thread

_MIRROR = 3
"""The stream of random numbers of the mirror; those of order and windows are in ``sampling.windows``."""


@dataclass(frozen=True, eq=False)
class WindowBatches:
    """Windows of videos in batches of one fixed shape: for training drawn by their weights, else each one once.

    Inputs are (B, T_in, S, S, 3) uint8 and targets (B, T_out, S, S, 3) uint8. Targets are uint8 as inputs are: exact,
    and a quarter of the memory and of the way to the device; the loss divides by 255 there. The last batch is filled up
    from the beginning of the order with weight 0, because another shape would compile the step anew.

    Args:
        videos: N decoded videos, often memory maps.
        windows: Of these videos.
        size: S, pixels along each side that the model sees: the middle of the decoded frames.
        batch_size: B.
        num_samples: Windows that are drawn for each epoch; None goes once through all windows in their order.
        seed: Of what is drawn.
        mirror: Whether each sample is mirrored with probability 1/2, its context and targets alike.
        names: Of the videos, for messages.

    Raises:
        ValueError: There is no window, a window is of no video, or a count is less than 1.
    """

    videos: Sequence[DecodedVideo]
    windows: Windows
    size: int
    batch_size: int
    num_samples: int | None = None
    seed: int = 0
    mirror: bool = False
    names: Sequence[str] = ()

    def __post_init__(self) -> None:
        if len(self.windows) == 0 or int(self.windows.videos[-1]) >= len(self.videos):
            raise ValueError(f"{len(self.videos)} videos do not have these {len(self.windows)} windows")
        if min(self.batch_size, self.size, 1 if self.num_samples is None else self.num_samples) < 1:
            raise ValueError(
                f"batch_size {self.batch_size}, size {self.size} and num_samples {self.num_samples} must be 1 or more"
            )

    def __len__(self) -> int:
        """Batches in one epoch."""
        return -(-self._num_in_epoch // self.batch_size)

    def name(self, index: int) -> str:
        """The name of a window: its video, and its first and last frame, counted from 0."""
        video, frames = int(self.windows.videos[index]), self.windows.frame_indices(index)
        name = self.names[video] if len(self.names) else f"video {video}"
        return f"{name}, frames {frames[0]} to {frames[-1]}"

    def batch(self, epoch: int, step: int) -> Batch:
        """One batch, the same whatever was requested before, and in whichever thread.

        Args:
            epoch: From 0.
            step: From 0.

        Returns:
            Context frames, target frames, (B,) weights, and (B,) numbers of the windows.
        """
        with one_opencv_thread():  # a window is too small to share, and the processors belong to the training step
            return self._batch(epoch, step)

    @property
    def _num_in_epoch(self) -> int:
        return len(self.windows) if self.num_samples is None else self.num_samples

    @cached_property
    def _draw(self) -> WindowDraw | None:
        return None if self.num_samples is None else WindowDraw(self.windows, self.num_samples, self.seed)

    def _batch(self, epoch: int, step: int) -> Batch:
        positions = np.arange(step * self.batch_size, (step + 1) * self.batch_size)
        samples = positions % self._num_in_epoch
        if self._draw is not None:
            samples = self._draw.order(epoch)[samples]
        spec, shape = self.windows.spec, (self.size, self.size, 3)
        contexts = np.empty((len(samples), spec.num_context, *shape), np.uint8)
        targets = np.empty((len(samples), spec.num_targets, *shape), np.uint8)
        windows = np.empty(len(samples), np.int64)
        for row, sample in enumerate(samples.tolist()):
            windows[row] = sample if self._draw is None else self._draw.window(epoch, sample)
            self._read(int(windows[row]), contexts[row], targets[row])
            if self.mirror and np.random.default_rng((self.seed, epoch, _MIRROR, sample)).random() < 0.5:
                for clip in (contexts[row], targets[row]):
                    clip[:] = clip[:, :, ::-1].copy()
        sample_weights = (positions < self._num_in_epoch).astype(np.float32)
        return Batch(contexts, targets, sample_weights, windows)

    def _read(self, window: int, context: np.ndarray, target: np.ndarray) -> None:
        """Write the frames of a window: (T_in, S, S, 3) uint8 and (T_out, S, S, 3) uint8."""
        video = np.asarray(self.videos[int(self.windows.videos[window])].frames)  # a memory map's own indexing is slow
        frames = [video[index] for index in self.windows.frame_indices(window)]
        centre_crop(frames[: len(context)], self.size, context)
        centre_crop(frames[len(context) :], self.size, target)
