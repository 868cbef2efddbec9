"""The baselines that every model must beat, fitted on the same training videos."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np

from reelwise.core.frames import DecodedVideo
from reelwise.core.video import VideoFacts
from reelwise.evaluation.linear_classifier import LinearClassifier, checked_array
from reelwise.evaluation.linear_tasks import fit_linear_model
from reelwise.evaluation.presence import MAX_FEATURES, presence_features
from reelwise.features import hog, motion_energy
from reelwise.tasks import CLASSIFICATION, find_task

BASELINE_NAMES = ("majority", "container", "single_frame", "motion_energy")
"""The baselines of every model, weakest first."""

PRESENCE = "presence"
"""One more baseline, where videos differ in which modalities they have."""

NUM_CONTAINER_FEATURES = 12
"""Numbers that :func:`container_features` makes of a file."""

_REFERENCE_HZ = 16_000
"""The logarithm of a sample rate is taken relative to this one, so that it stays near 0."""


@dataclass(frozen=True, eq=False)
class BaselineFeatures:
    """The inputs of the baselines for N videos; extracted once, then sliced by split and fold.

    Args:
        container: (N, 12) float32 facts of the file: size, length, rate, sound.
        single_frame: (N, 900) float32 histograms of oriented gradients of the middle frame.
        motion_energy: (N, 356) float32, where and when the picture moves.
        presence: (N, P) float32, which of sound and metadata are there; None, or P = 0, where only frames are read.
    """

    container: np.ndarray
    single_frame: np.ndarray
    motion_energy: np.ndarray
    presence: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.container)

    def take(self, rows: np.ndarray) -> "BaselineFeatures":
        """The features of some of the videos (indices or a mask)."""
        presence = None if self.presence is None else self.presence[rows]
        return BaselineFeatures(self.container[rows], self.single_frame[rows], self.motion_energy[rows], presence)


def extract_features(
    videos: Iterable[DecodedVideo], *, reads_sound: bool = False, columns: Sequence[str] = ()
) -> BaselineFeatures:
    """The features of each video, about 3 ms a video; they do not depend on the split.

    Args:
        videos: Decoded videos; a generator holds only one at a time.
        reads_sound: Whether the model reads sound, so that it sees which videos have any.
        columns: Metadata columns that the model reads, so that it sees where they are empty.
    """
    rows = [
        (*_frame_features(video), presence_features(video, reads_sound=reads_sound, columns=columns))
        for video in videos
    ]
    num_presence = 2 * reads_sound + min(len(columns), MAX_FEATURES - 2)
    widths = (NUM_CONTAINER_FEATURES, hog.NUM_FEATURES, motion_energy.NUM_FEATURES, num_presence)
    tables = [np.array([row[i] for row in rows], np.float32).reshape(len(rows), w) for i, w in enumerate(widths)]
    return BaselineFeatures(*tables)


def container_features(facts: VideoFacts) -> np.ndarray:
    """(12,) float32: facts of a file that need no pixel.

    Logarithms of width, height, aspect, area, seconds, frames and rate; whether the rate varies, whether the picture
    is rotated; presence, rate and channels of sound. A model that does no better gets nothing from the pictures.
    """
    rate = max(float(facts.frame_rate), 1e-3)
    width, height = max(facts.width, 1), max(facts.height, 1)
    sizes = np.log([width, height, width / height, width * height])
    lengths = np.log([max(facts.duration_seconds, 1e-3), max(facts.num_frames, 1), rate])
    sound = facts.sound
    sound_facts = (
        (1.0, np.log(max(sound.sample_rate, 1) / _REFERENCE_HZ), float(sound.num_channels))
        if sound
        else (0.0, 0.0, 0.0)
    )
    flags = (float(facts.variable_frame_rate), float(facts.rotation % 180 != 0))
    return np.array([*sizes, *lengths, *flags, *sound_facts], np.float32)


@dataclass(frozen=True, eq=False)
class Baselines:
    """The fitted baselines as plain arrays, so that they travel in the model file.

    Args:
        shares: (C,) float32: how frequent each class (or label) was in training; for regression (3,): the median of the
            training numbers, which ``majority`` always predicts, then the least and the greatest, to which the
            predictions of all baselines are clipped.
        container: Linear, with squares and products, on :func:`container_features`.
        single_frame: Linear on the gradients of the middle frame.
        motion_energy: Linear on where and when the picture moves.
        presence: Linear, with squares and products, on which of sound and metadata are there; None where that is the
            same in all training videos.
        task: Name of one of ``tasks.TASKS``.
    """

    shares: np.ndarray
    container: LinearClassifier
    single_frame: LinearClassifier
    motion_energy: LinearClassifier
    presence: LinearClassifier | None = None
    task: str = CLASSIFICATION.name

    def predict(self, features: BaselineFeatures) -> dict[str, np.ndarray]:
        """{baseline: (N, C) float64 probabilities}, in the order of :data:`BASELINE_NAMES`, then maybe ``presence``.

        For regression (N, 1) numbers. Where ``presence`` could not be fitted, it predicts what ``majority`` does.
        """
        probs = {
            "majority": np.tile(find_task(self.task).majority_prediction(self.shares), (len(features), 1)),
            "container": self.container.predict(features.container),
            "single_frame": self.single_frame.predict(features.single_frame),
            "motion_energy": self.motion_energy.predict(features.motion_energy),
        }
        presence = features.presence
        if presence is not None and presence.shape[1]:
            is_usable = self.presence is not None and len(self.presence.mean) == presence.shape[1]
            probs[PRESENCE] = self.presence.predict(presence) if is_usable and self.presence else probs["majority"]
        task = find_task(self.task)
        return {name: task.clip_prediction(prediction, self.shares) for name, prediction in probs.items()}

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Thirteen float32 arrays by name, or seventeen with ``presence``, for the model file."""
        arrays = {find_task(self.task).majority_array: self.shares}
        for name in BASELINE_NAMES[1:]:
            arrays |= getattr(self, name).to_arrays(name)
        return arrays if self.presence is None else arrays | self.presence.to_arrays(PRESENCE)

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, np.ndarray], num_classes: int, task: str = CLASSIFICATION.name
    ) -> "Baselines":
        """Rebuild the baselines from the arrays of a model file, each validated.

        Args:
            arrays: All arrays of the file.
            num_classes: Labels of the model; 1 for a number.
            task: Name of one of ``tasks.TASKS``.

        Raises:
            ModelFileError: An array is missing, has another shape or type, or is not finite.
        """
        kind = find_task(task)
        shares = checked_array(arrays, kind.majority_array, [kind.majority_shape(num_classes)])
        widths = {
            "container": NUM_CONTAINER_FEATURES,
            "single_frame": hog.NUM_FEATURES,
            "motion_energy": motion_energy.NUM_FEATURES,
        }
        if (presence_mean := arrays.get(f"{PRESENCE}.mean")) is not None:  # Not in files from before this baseline.
            widths[PRESENCE] = min(presence_mean.size, MAX_FEATURES)
        models = {k: LinearClassifier.from_arrays(arrays, k, width, num_classes, task) for k, width in widths.items()}
        return cls(shares, **models, task=task)


def fit_baselines(
    features: BaselineFeatures,
    y: np.ndarray,
    num_classes: int,
    groups: Sequence[str | None] | None,
    seed: int,
    task: str = CLASSIFICATION.name,
) -> Baselines:
    """Fit all baselines on training videos; their strength is chosen by inner folds of these, never on test videos.

    Args:
        features: Of N training videos, N > 0.
        y: (N,) int classes, (N, C) 0/1 labels, or (N,) float.
        num_classes: C; 1 for a number.
        groups: Recording or person of each video, None where unknown.
        seed: Of the inner folds.
        task: Name of one of ``tasks.TASKS``.
    """

    def fit(columns: np.ndarray, degrees: Sequence[int] = (1,)) -> LinearClassifier:
        return fit_linear_model(task, columns, y, num_classes, groups, seed, degrees)

    return Baselines(
        find_task(task).fit_majority(np.asarray(y), num_classes),
        container=fit(features.container, degrees=(1, 2)),
        single_frame=fit(features.single_frame),
        motion_energy=fit(features.motion_energy),
        presence=fit(features.presence, degrees=(1, 2)) if _varies(features.presence) else None,
        task=task,
    )


def predict_out_of_fold(
    features: BaselineFeatures,
    y: np.ndarray,
    folds: np.ndarray,
    num_classes: int,
    groups: Sequence[str | None] | None,
    seed: int,
    task: str = CLASSIFICATION.name,
) -> dict[str, np.ndarray]:
    """{baseline: (N, C)}: predictions for each video by baselines fitted on the other folds.

    Args:
        features: Of all N videos.
        y: As in :func:`fit_baselines`.
        folds: (N,) int, the fold in which each video is held out.
        num_classes: C; 1 for a number.
        groups: As in :func:`fit_baselines`.
        seed: As in :func:`fit_baselines`.
        task: As in :func:`fit_baselines`.
    """
    y, folds = np.asarray(y), np.asarray(folds)
    probs: dict[str, np.ndarray] = {}
    for fold in np.unique(folds):
        held_out = folds == fold
        train_groups = None if groups is None else [g for g, out in zip(groups, held_out, strict=True) if not out]
        baselines = fit_baselines(features.take(~held_out), y[~held_out], num_classes, train_groups, seed, task)
        for name, fold_probs in baselines.predict(features.take(held_out)).items():
            probs.setdefault(name, np.zeros((len(y), num_classes)))[held_out] = fold_probs
    return probs


def _frame_features(video: DecodedVideo) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    middle = np.asarray(video.frames[len(video.frames) // 2])
    motion = motion_energy.motion_energy(video.frames, video.times.seconds)
    return container_features(video.facts), hog.hog(middle), motion


def _varies(presence: np.ndarray | None) -> TypeGuard[np.ndarray]:
    return presence is not None and bool((presence != presence[:1]).any())
