"""Batches of what networks take, from decoded videos; what is in them depends on seed, epoch and sample alone."""

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from reelwise.core.clip import ClipSpec
from reelwise.core.contract import InputSpec
from reelwise.core.frames import DecodedVideo
from reelwise.sampling.clip_inputs import (
    KEYS,
    Inputs,
    clip_inputs,
    mask_modality,
    present_modalities,
    stack_inputs,
    takes_one_array,
)
from reelwise.sampling.clips import clip_indices, random_clip_indices
from reelwise.transforms.augment import Augmentation, augment_clip
from reelwise.transforms.crop import centre_crop
from reelwise.transforms.mixup import mix_batch
from reelwise.transforms.opencv_threads import one_opencv_thread
from reelwise.transforms.sound import augment_sound

# One stream of random numbers per use, so that one use never shifts another.
_ORDER, _SAMPLE, _MIX, _SOUND, _DROPOUT = 1, 2, 3, 4, 5


@dataclass(frozen=True, eq=False)
class Batch:
    """The arrays of one training step.

    Args:
        inputs: (B, T, H, W, 3) uint8, or (B, T, F) float32 of descriptors; of a model that reads more than frames,
            arrays by the names of its inputs (``sampling.clip_inputs.KEYS``), each with B rows.
        targets: (B, C) float32; of classes, rows sum to 1. Of a model of prediction (B, T_out, S, S, 3) uint8.
        sample_weights: (B,) float32; 0 marks the padding of the last batch.
        indices: (B,) int64, which videos these are.
    """

    inputs: Inputs
    targets: np.ndarray
    sample_weights: np.ndarray
    indices: np.ndarray

    @property
    def clips(self) -> np.ndarray:
        """The pictures, or the descriptors of them.

        Raises:
            KeyError: The model does not see.
        """
        if isinstance(self.inputs, np.ndarray):
            return self.inputs
        return self.inputs[next((name for name in KEYS["frames"] if name in self.inputs), "clips")]


@dataclass(frozen=True, eq=False)
class ClipBatches:
    """One clip per video and epoch, in batches of one fixed shape.

    The last batch is filled up from the beginning of the order with weight 0, because another shape would compile the
    step anew.

    Args:
        videos: N decoded videos, often memory maps.
        targets: (N, C) float32 targets, as ``Task.network_targets`` gives them.
        spec: Which frames make a clip.
        augment: How clips are varied, and in time too; None gives the middle clip of each video, unchanged.
        batch_size: B.
        seed: Of order and variation.
        shuffle: Whether the order changes from epoch to epoch.
        mixup: Beta parameter of mixup; 0 mixes nothing. Clips with sound or metadata are never mixed.
        weights: (N,) float32 weight of each video; None weighs all alike.
        clip_transform: Applied to each clip, such as frame descriptors; (T, H, W, 3) uint8 to float32.
        names: Of the videos, for messages.
        input_spec: The input part of the model's contract; None for frames alone.
        modality_dropout: Probability in [0, 1] that one of a clip's modalities is masked, never its only one, so that
            the network learns to do without.
    """

    videos: Sequence[DecodedVideo]
    targets: np.ndarray
    spec: ClipSpec
    augment: Augmentation | None
    batch_size: int
    seed: int
    shuffle: bool = True
    mixup: float = 0.0
    weights: np.ndarray | None = None
    clip_transform: Callable[[np.ndarray], np.ndarray] | None = None
    names: Sequence[str] = ()
    input_spec: InputSpec | None = None
    modality_dropout: float = 0.0

    def __post_init__(self) -> None:
        if len(self.videos) == 0 or self.targets.ndim != 2 or len(self.targets) != len(self.videos):
            raise ValueError(f"{len(self.videos)} videos but targets of shape {self.targets.shape}")
        if self.batch_size < 1:
            raise ValueError(f"batch_size is {self.batch_size}, expected 1 or more")
        if not 0 <= self.modality_dropout <= 1:
            raise ValueError(f"modality_dropout is {self.modality_dropout}, expected 0 to 1")

    def __len__(self) -> int:
        """Batches in one epoch."""
        return -(-len(self.videos) // self.batch_size)

    @property
    def num_videos(self) -> int:
        """N."""
        return len(self.videos)

    def name(self, index: int) -> str:
        """The name of a video, or its number."""
        return self.names[index] if len(self.names) else f"video {index}"

    def epoch(self, number: int, first_batch: int = 0) -> Iterator[Batch]:
        """The batches of one epoch, from ``first_batch`` on (to go on in the middle of one).

        Args:
            number: The epoch, from 0.
            first_batch: Batches to leave out at the beginning.
        """
        return (self.batch(number, step) for step in range(first_batch, len(self)))

    def batch(self, epoch: int, step: int) -> Batch:
        """One batch, the same whatever was asked for before, and in whichever thread.

        Args:
            epoch: From 0.
            step: From 0.
        """
        with one_opencv_thread():  # a clip is too small to share, and the processors belong to the training step
            return self._batch(epoch, step)

    def _order(self, epoch: int) -> np.ndarray:
        if not self.shuffle:
            return np.arange(len(self.videos))
        return _shuffled_order(self.seed, epoch, len(self.videos))

    def _batch(self, epoch: int, step: int) -> Batch:
        order = self._order(epoch)
        positions = np.arange(step * self.batch_size, (step + 1) * self.batch_size)
        indices = order[positions % len(order)]
        weights = np.ones(len(order), np.float32) if self.weights is None else self.weights
        sample_weights = np.where(positions < len(order), weights[indices], 0).astype(np.float32)
        targets = self.targets[indices].astype(np.float32)
        spec = self.input_spec
        if spec is not None and not takes_one_array(spec):
            inputs = stack_inputs([self._inputs(spec, epoch, int(index)) for index in indices])
        else:
            inputs, targets = self._clips(epoch, step, indices, targets)
        return Batch(inputs, targets, sample_weights, indices.astype(np.int64))

    def _clips(self, epoch: int, step: int, indices: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Clips (or descriptors) and targets of a network of frames alone."""
        size = self.spec.input_size
        clips = np.empty((len(indices), self.spec.num_frames, size, size, 3), np.uint8)
        for index, clip in zip(indices, clips, strict=True):
            self._clip(self._sample(epoch, int(index)), clip)
        if self.mixup > 0:
            rng = np.random.default_rng((self.seed, epoch, _MIX, step))
            clips, targets = mix_batch(clips, targets, self.mixup, rng)
        if self.clip_transform is not None:
            clips = np.stack([self.clip_transform(clip) for clip in clips])
        return clips, targets

    def _inputs(self, spec: InputSpec, epoch: int, index: int) -> dict[str, np.ndarray]:
        """One clip of a network that reads more than frames."""
        sample = self._sample(epoch, index)
        clip = self._clip(sample) if "frames" in spec.modalities else None
        if clip is not None and self.clip_transform is not None:
            clip = self.clip_transform(clip)
        arrays = clip_inputs(spec, sample.video, sample.indices, clip)
        if isinstance(arrays, np.ndarray):
            raise TypeError("a network of frames alone has clips")
        if self.augment is not None and spec.sound is not None:
            rng = np.random.default_rng((self.seed, epoch, _SOUND, index))
            sound_arrays = augment_sound(arrays["sound"], arrays["sound_present"], self.augment.sound, rng)
            arrays |= dict(zip(("sound", "sound_present"), sound_arrays, strict=True))
        return self._drop_modality(arrays, np.random.default_rng((self.seed, epoch, _DROPOUT, index)))

    def _drop_modality(self, inputs: dict[str, np.ndarray], rng: np.random.Generator) -> dict[str, np.ndarray]:
        chance, choice = rng.random(2)
        there = present_modalities(inputs)
        if chance >= self.modality_dropout or len(there) < 2:
            return inputs
        return mask_modality(inputs, there[int(choice * len(there))])

    def _sample(self, epoch: int, index: int) -> "_Sample":
        video = self.videos[index]
        if self.augment is None:
            return _Sample(video, clip_indices(video.times, self.spec))
        rng = np.random.default_rng((self.seed, epoch, _SAMPLE, index))
        return _Sample(video, random_clip_indices(video.times, self.spec, rng, self.augment.time), rng)

    def _clip(self, sample: "_Sample", out: np.ndarray | None = None) -> np.ndarray:
        video = np.asarray(sample.video.frames)  # a memory map's own indexing is slow
        frames, size = [video[index] for index in sample.indices], self.spec.input_size
        if self.augment is None or sample.rng is None:
            return centre_crop(frames, size, out)
        return augment_clip(frames, self.augment, sample.rng, size, out)


@functools.lru_cache(maxsize=4)
def _shuffled_order(seed: int, epoch: int, num_videos: int) -> np.ndarray:
    """The order of one epoch, for its many batches; not to be changed."""
    return np.random.default_rng((seed, epoch, _ORDER)).permutation(num_videos)


@dataclass(frozen=True, eq=False)
class _Sample:
    """A video, the frames that were chosen of it, and where its further random numbers come from."""

    video: DecodedVideo
    indices: np.ndarray
    rng: np.random.Generator | None = None
