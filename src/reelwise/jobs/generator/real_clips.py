"""Real clips of some videos, that generated ones are judged beside."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from reelwise.datasets.labelled_windows import WholeWindows
from reelwise.jobs.clips.batches import per_video, window_batches
from reelwise.jobs.clips.plan import ClipPlan
from reelwise.jobs.clips.videos import ClipVideos
from reelwise.jobs.generator.fit import class_numbers
from reelwise.sampling.windows import spread_windows
from reelwise.tasks.generation import generation_output
from reelwise.transforms.opencv_threads import one_opencv_thread

MOST_TEST = 512
"""Real test clips: about so many together, 16 of one video at most."""

MOST_TRAINING = 4096
"""Training clips that are searched for what a generated clip repeats: about so many together, 16 of one video at most,
whose windows overlap."""

_BATCH = 32

_REDUCED_SIZE = 16
"""Pixels along each side at which clips are compared with each other: 4096 clips of 8 frames take 25 MB. Chosen by
reasoning: a repeated clip stays one when it is made smaller."""


@dataclass(frozen=True, eq=False)
class RealClips:
    """N clips of videos, evenly spread over each.

    Args:
        windows: Each once, in order.
        groups: The unit of each clip's video, N names.
    """

    windows: WholeWindows
    groups: Sequence[str]

    def __len__(self) -> int:
        return len(self.windows.clips.windows)

    @property
    def labels(self) -> np.ndarray | None:
        """(N,) numbers of classes; None where there are no classes."""
        labels = self.windows.labels
        return None if labels is None else np.asarray(labels)[self.videos]

    @property
    def videos(self) -> np.ndarray:
        """(N,) number of the video that each clip is of."""
        return self.windows.clips.windows.videos

    @property
    def firsts(self) -> np.ndarray:
        """(V,) the number of the first clip of each video, whose clips are alike."""
        return np.unique(self.videos, return_index=True)[1]

    def parts(self) -> Iterator[np.ndarray]:
        """All clips in order, (n, T, S, S, 3) uint8 at a time."""
        for step in range(len(self.windows)):
            clips, _, batch = self.windows.whole_batch(0, step)
            yield clips[batch.sample_weights > 0]

    def all(self) -> np.ndarray:
        """(N, T, S, S, 3) uint8."""
        return np.concatenate(list(self.parts()))

    def take(self, numbers: Sequence[int] | np.ndarray) -> np.ndarray:
        """(K, T, S, S, 3) uint8: some of them."""
        batches = [divmod(int(number), self.windows.batch_size) for number in numbers]
        return np.stack([self.windows.whole_batch(0, step)[0][row] for step, row in batches])

    def name(self, number: int) -> str:
        """Of one clip: its video, and its first and last frame."""
        return self.windows.name(number)


def real_clips(data: ClipVideos, plan: ClipPlan, indices: tuple[int, ...], most: int) -> RealClips:
    """Clips of some videos.

    Args:
        data: All videos.
        plan: Which frames make a clip, and the classes.
        indices: Of the videos.
        most: About so many clips.

    Raises:
        DataError: No video is long enough.
    """
    windows = spread_windows(data.windows(indices, plan.window), per_video(len(indices), most))
    clips = window_batches(data, plan, indices, windows, batch_size=_BATCH)
    labels = generation_output(plan.contract).labels
    groups = [data.unit_of(indices[int(video)]) for video in windows.videos]
    return RealClips(WholeWindows(clips, class_numbers(data, plan, indices), len(labels)), groups)


def reduce_clips(clips: np.ndarray) -> np.ndarray:
    """Clips at 16 pixels along each side at most, where they are compared pixel by pixel.

    Args:
        clips: (N, T, S, S, 3) uint8.
    """
    size = min(_REDUCED_SIZE, clips.shape[2])
    frames = clips.reshape(-1, *clips.shape[2:])
    with one_opencv_thread():
        small = [cv2.resize(frame, (size, size), interpolation=cv2.INTER_AREA) for frame in frames]
    return np.stack(small).reshape(*clips.shape[:2], size, size, 3)


@dataclass(frozen=True, eq=False)
class TrainingClips:
    """What judging needs of the training clips, taken in one pass over them.

    Args:
        clips: N of them.
        small: (N, T, s, s, 3) uint8, as :func:`reduce_clips` makes them.
        means: (K, T, S, S, 3) uint8, the mean clip of each class; of all clips where there are no classes, K = 1.
        copies: (M, T, S, S, 3) uint8: some of them, evenly spread.
    """

    clips: RealClips
    small: np.ndarray
    means: np.ndarray
    copies: np.ndarray


def read_training_clips(clips: RealClips, num_copies: int) -> TrainingClips:
    """One pass over training clips.

    Args:
        clips: Of the training videos; of each class one or more.
        num_copies: M at most.
    """
    labels = np.zeros(len(clips), int) if clips.labels is None else clips.labels
    num_sums = max(1, clips.windows.num_labels)
    spread = np.linspace(0, len(clips) - 1, min(num_copies, len(clips))).round().astype(int)
    sums: np.ndarray | float = 0.0
    reduced_parts, copies, start = [], [], 0
    for part in clips.parts():
        end = start + len(part)
        sums = sums + _sums_of_classes(part, labels[start:end], num_sums)
        reduced_parts.append(reduce_clips(part))
        copies.append(part[spread[(spread >= start) & (spread < end)] - start])
        start = end
    counts = np.maximum(1, np.bincount(labels, minlength=num_sums))
    means = np.rint(sums / counts[:, None, None, None, None]).astype(np.uint8)
    return TrainingClips(clips, np.concatenate(reduced_parts), means, np.concatenate(copies))


def _sums_of_classes(clips: np.ndarray, labels: np.ndarray, num_labels: int) -> np.ndarray:
    """(K, T, S, S, 3) float64: the clips of each class, added up."""
    sums = np.zeros((num_labels, *clips.shape[1:]))
    np.add.at(sums, labels, clips)
    return sums
