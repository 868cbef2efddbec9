"""Features of clips that see both what frames show and how they change, from a network that encodes frames."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np

from reelwise.core.contract import Contract
from reelwise.core.errors import ModelFileError
from reelwise.jobs.clips.plan import ClipPlan, only_encoder
from reelwise.models.base import FRAME_FEATURES
from reelwise.models.build import build_network
from reelwise.models.catalogue import find_entry
from reelwise.tasks.classification import ClassificationOutput
from reelwise.training.arrays import to_array
from reelwise.training.forward import forward_pass

RANDOM = "random"
"""In the brackets of a metric: features of a network that was never trained, the same in every run."""

ARCHITECTURE, PRESET = "cnn", "small"
"""Of the classifier and of the untrained network. It sees what frames show, not in which order: the class of moving
digits, objects, scenes."""

_KINDS = ("pictures", "changes")
"""What features are taken of, in this order."""

_RANDOM_SEED = 0
"""Of the weights of the untrained network. It is no seed of the run, whose distances are compared with others."""

_NUM_DIRECTIONS = 16
"""Of pictures and of changes, each. With all 128 the bias of a Fréchet distance of 256 clips is larger than what it is
to tell apart: time-shuffled clips of a digit then score less than halves of real ones do (LOG.md)."""

_SMALLEST = 1e-3
"""Directions in which clips differ by less than this share of the largest deviation say nothing."""

TRAIN_AGAIN = "Copy the model file again from where it came from, or train it again."

_LARGEST_VALUE = 1e12
"""Of an array of a model file: directions are divided by a deviation of 1e-9 at least."""

_LARGEST_FEATURE = 1e20
"""Pure noise gives some hundreds; the cube of this, which the kernel distance takes, is still a number."""

_BATCH = 32


@dataclass(frozen=True, eq=False)
class ClipFeatures:
    """Features of clips by which sets of clips are compared.

    A classifier need not see the order of frames. So its features of each frame are averaged over time, and beside them
    those of pictures of the change from each frame to the next, which look otherwise where frames come out of order.
    Of both, the directions in which training clips differ most are kept, divided by how much they do.

    Args:
        name: Whose features they are, for the brackets of a metric: ``self`` or ``random``.
        encoder: From (B, T, S, S, 3) uint8 to (B, T, F) features of frames.
        centres: Of pictures and of changes: (F,) means over real training clips.
        directions: Of both: (F, k), k <= 16.
    """

    name: str
    encoder: keras.Model
    centres: Sequence[np.ndarray] = ()
    directions: Sequence[np.ndarray] = ()

    def __call__(self, clips: np.ndarray) -> np.ndarray:
        """(N, D) float64 for (N, T, S, S, 3) uint8, in deviations of real training clips; D <= 32.

        Raises:
            ModelFileError: Some are NaN, infinite or beyond all sense: the network comes from a broken file.
        """
        parts = zip(self.means(clips), self.centres, self.directions, strict=True)
        features = np.concatenate([(values - centre) @ directions for values, centre, directions in parts], axis=1)
        if not are_features(features):
            raise ModelFileError(
                f"the features [{self.name}] are no numbers: the model file is broken.", hint=TRAIN_AGAIN
            )
        return features

    @property
    def batch_size(self) -> int:
        """Clips that are worked on at once."""
        return _BATCH

    @property
    def num_features(self) -> int:
        """D."""
        return sum(directions.shape[1] for directions in self.directions)

    def means(self, clips: np.ndarray) -> list[np.ndarray]:
        """The means over time of the features of pictures and of changes, (N, F) each."""
        return [
            outputs_of(self.encoder, pictures).astype(np.float64).mean(axis=1)
            for pictures in (clips, _change_pictures(clips))
        ]

    def to_arrays(self, prefix: str) -> dict[str, np.ndarray]:
        """Centres and directions by name, for the model file; the network is not among them."""
        by_name = {"centre": self.centres, "directions": self.directions}
        return {
            f"{prefix}.{of}.{name}": values
            for name, both in by_name.items()
            for of, values in zip(_KINDS, both, strict=True)
        }

    @classmethod
    def from_arrays(
        cls, name: str, network: keras.Model, arrays: Mapping[str, np.ndarray], prefix: str, path: Path
    ) -> "ClipFeatures":
        """The features of a model file again, each array checked.

        Args:
            name: Whose they are.
            network: With the layer of :func:`reelwise.models.base.encode_frames`.
            arrays: All arrays of the file.
            prefix: As in :meth:`to_arrays`.
            path: The file, for messages.

        Raises:
            ModelFileError: An array is missing, or not what :meth:`to_arrays` writes.
        """
        encoder = _frame_encoder(network)
        width, counts = int(encoder.output_shape[-1]), range(1, _NUM_DIRECTIONS + 1)
        centres = [float64_array(path, arrays, f"{prefix}.{of}.centre", width) for of in _KINDS]
        directions = [float64_array(path, arrays, f"{prefix}.{of}.directions", width, counts) for of in _KINDS]
        return cls(name, encoder, centres, directions)


def clip_features(name: str, network: keras.Model, training_clips: np.ndarray) -> ClipFeatures:
    """The features of a network that encodes frames.

    Args:
        name: Whose they are.
        network: With the layer of :func:`reelwise.models.base.encode_frames`.
        training_clips: (N, T, S, S, 3) uint8, real ones.
    """
    features = ClipFeatures(name, _frame_encoder(network))
    means = features.means(training_clips)
    return replace(
        features,
        centres=[values.mean(axis=0) for values in means],
        directions=[_directions(values) for values in means],
    )


def random_network(plan: ClipPlan) -> keras.Model:
    """A network that encodes frames and was never trained, with the same weights on every back end.

    Args:
        plan: With the shape of clips.

    Source: Naeem et al. 2020, "Reliable Fidelity and Diversity Metrics for Generative Models", arXiv:2002.09797,
    section 3.3, for random features where no trained ones suit the data.
    """
    network = only_encoder(find_entry(ARCHITECTURE), PRESET)
    model = build_network(Contract(plan.contract.input, network, ClassificationOutput(("0", "1"))))
    rng = np.random.default_rng(_RANDOM_SEED)
    for weight in model.trainable_weights:
        shape = tuple(weight.shape)
        if len(shape) > 1:  # kernels; biases and norms begin as they are used
            deviation = np.sqrt(2 / np.prod(shape[:-1]))
            weight.assign((deviation * rng.standard_normal(shape)).astype(np.float32))
    return model


def outputs_of(network: keras.Model, clips: np.ndarray, batch_size: int = _BATCH) -> np.ndarray:
    """The outputs of a network for clips, in batches of one size.

    Args:
        network: From (B, T, S, S, 3) uint8.
        clips: (N, T, S, S, 3) uint8, N > 0.
        batch_size: Clips in each; the last one is filled up.

    Returns:
        (N, …) float32.
    """
    outputs = []
    with forward_pass(network) as forward:
        for start in range(0, len(clips), batch_size):
            part = clips[start : start + batch_size]
            # filled up, since another shape would be compiled anew
            rows = np.concatenate([part, np.zeros((batch_size - len(part), *part.shape[1:]), np.uint8)])
            outputs.append(to_array(forward(rows))[: len(part)])
    return np.concatenate(outputs)


def are_features(values: np.ndarray) -> bool:
    """Whether numbers are finite, and small enough that distances of them are."""
    return bool((np.abs(values) <= _LARGEST_FEATURE).all())


def float64_array(path: Path, arrays: Mapping[str, np.ndarray], name: str, *sizes: int | range) -> np.ndarray:
    """The named array of a model file, with so many values along each axis.

    Args:
        path: The file, for messages.
        arrays: All arrays of the file, which are finite.
        name: Of the array.
        *sizes: How many along each axis, or how few and how many.

    Raises:
        ModelFileError: It is missing, is not that, or has values that are larger than any that a training gives.
    """
    array = arrays.get(name)
    ranges = [size if isinstance(size, range) else range(size, size + 1) for size in sizes]
    if array is None or array.dtype != np.float64 or not _fits(array.shape, ranges):
        what = "missing" if array is None else f"{array.dtype} {array.shape}"
        expected = ", ".join(f"{size[0]} to {size[-1]}" if len(size) > 1 else str(size[0]) for size in ranges)
        raise ModelFileError(f"{path}: its array {name} is {what}, expected float64 ({expected}).", hint=TRAIN_AGAIN)
    if np.abs(array).max() > _LARGEST_VALUE:
        text = f"{path}: its array {name} has values over {_LARGEST_VALUE:g}."
        raise ModelFileError(text, hint=TRAIN_AGAIN)
    return array


def _fits(shape: tuple[int, ...], ranges: Sequence[range]) -> bool:
    return len(shape) == len(ranges) and all(size in sizes for size, sizes in zip(shape, ranges, strict=True))


def _frame_encoder(network: keras.Model) -> keras.Model:
    return keras.Model(network.input, network.get_layer(FRAME_FEATURES).output)


def _change_pictures(clips: np.ndarray) -> np.ndarray:
    """(N, T, S, S, 3) uint8: half of each change to the next frame on mid grey; the last one stands twice."""
    pictures = np.empty_like(clips)
    for clip, target in zip(clips, pictures, strict=True):
        target[:-1] = 128 + np.diff(clip.astype(np.int16), axis=0) // 2
        target[-1] = target[-2]
    return pictures


def _directions(values: np.ndarray) -> np.ndarray:
    """(F, k): the principal directions of (N, F) values, each divided by the deviation along it."""
    _, singular_values, directions = np.linalg.svd(values - values.mean(axis=0), full_matrices=False)
    deviations = singular_values / np.sqrt(max(1, len(values) - 1))
    num_useful = int((deviations > max(1e-9, _SMALLEST * deviations[0])).sum())
    num = min(_NUM_DIRECTIONS, max(1, num_useful))  # one that says nothing, where all clips are alike
    return directions[:num].T / np.maximum(deviations[:num], 1e-9)
