"""Whether mirrored clips still show their labels, asked of linear models that never saw a mirrored clip."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reelwise.evaluation.linear_classifier import inner_folds
from reelwise.evaluation.linear_tasks import fit_at_strength, strata_of
from reelwise.metrics.bootstrap import group_codes
from reelwise.tasks import find_task

LEAST_KEPT = 0.5
"""Share of what was learned that mirrored clips must keep; 0.67 to 1.05 in sets where a mirror changes nothing, under 0
where it changes the label (LOG.md)."""

LEAST_Z = 1.645
"""Standard errors that a gain must be away from zero to count: one-sided, 95 %."""

_STRENGTH = 0.01
"""Of the linear models: low, so that few videos of many labels are not learned by heart."""

_FEWEST_VIDEOS = 3
"""Held-out videos of a class from which it is asked by itself."""


@dataclass(frozen=True, eq=False)
class MirrorFeatures:
    """What the linear models see of N videos, each as it is and mirrored.

    Args:
        frames: Several (N, F) float32, such as outlines and motion; a model is fitted on each, and predictions are
            averaged.
        mirrored_frames: The same of the mirrored frames.
    """

    frames: tuple[np.ndarray, ...]
    mirrored_frames: tuple[np.ndarray, ...]


@dataclass(frozen=True)
class MirrorTrial:
    """What came of asking.

    Args:
        num_videos: Held-out videos that were asked about.
        is_learned: Whether the models beat the mean of their training videos, so that the question means something.
        share_kept: Share of that gain which is left on mirrored videos; negative where they mislead.
        labels_lost: Labels that were learned, and of which mirrored videos are predicted worse than without a model.
    """

    num_videos: int = 0
    is_learned: bool = False
    share_kept: float = 0.0
    labels_lost: tuple[str, ...] = ()

    @property
    def keeps_labels(self) -> bool:
        """Whether clips may be mirrored in training."""
        return self.is_learned and self.share_kept >= LEAST_KEPT and not self.labels_lost

    @property
    def sentence(self) -> str:
        """What was asked and what came of it, for a person."""
        if not self.is_learned:
            return "too little was learned from the training videos to see whether mirrored clips keep their labels"
        if self.labels_lost:
            names = " and ".join(f"'{label}'" for label in self.labels_lost[:2])
            return f"in the mirror, held-out training videos no longer show {names}"
        percent = f"{100 * min(max(self.share_kept, 0.0), 1.0):.0f} %"
        return (
            f"in the mirror, {self.num_videos} held-out training videos keep {percent} of what was learned about them"
        )


def try_mirror(
    features: MirrorFeatures,
    y: np.ndarray,
    labels: Sequence[str],
    groups: Sequence[str | None] | None,
    seed: int,
    task: str,
) -> MirrorTrial:
    """Fit linear models without mirroring on inner folds, and ask them about the held-out videos and their mirrors.

    An error is the squared difference of prediction and target (Brier 1950 for classes), so that one sure mistake does
    not outweigh all others; a gain is the error of the training mean less the error of the models.

    Args:
        features: Of N training videos.
        y: (N,) int classes, (N, C) 0/1 labels, or (N,) float.
        labels: C names; one for a number.
        groups: Unit of each video, which stays in one inner fold; None where unknown.
        seed: Of the inner folds.
        task: Name of one of ``tasks.TASKS``.
    """
    classes = find_task(task).linear_model == "classes"
    targets = np.eye(len(labels))[y] if classes else np.asarray(y, np.float64).reshape(len(y), -1)  # (N, C)
    strata = np.asarray(y, np.int64) if classes else strata_of(targets)
    folds = inner_folds(strata, group_codes(groups, len(y)), seed)
    if not folds:
        return MirrorTrial()
    fold_gains = [_fold_gains(features, y, targets, fold, task) for fold in folds]
    gains, mirror_gains = (np.concatenate([pair[i] for pair in fold_gains]) for i in (0, 1))  # (n, C)
    held_out = np.concatenate([test for _, test in folds])
    pairs = _by_class(y[held_out], gains, mirror_gains) if classes else zip(gains.T, mirror_gains.T, strict=True)
    labels_lost = tuple(label for label, pair in zip(labels, pairs, strict=True) if _is_lost(*pair))
    gains, mirror_gains = gains.sum(axis=1), mirror_gains.sum(axis=1)
    share_kept = float(mirror_gains.mean() / gains.mean()) if gains.mean() > 0 else 0.0
    return MirrorTrial(len(held_out), _z(gains) >= LEAST_Z, share_kept, labels_lost)


def _fold_gains(
    features: MirrorFeatures, y: np.ndarray, targets: np.ndarray, fold: tuple[np.ndarray, np.ndarray], task: str
) -> tuple[np.ndarray, np.ndarray]:
    """Gains (n, C) of the fold's n test videos, as they are and mirrored."""
    train, test = fold
    num_classes = targets.shape[1]
    models = [fit_at_strength(task, part[train], y[train], num_classes, _STRENGTH) for part in features.frames]
    error_of_mean = (targets[train].mean(axis=0) - targets[test]) ** 2

    def gains(parts: Sequence[np.ndarray]) -> np.ndarray:
        predictions = [model.predict(part[test]) for model, part in zip(models, parts, strict=True)]
        return error_of_mean - (np.mean(predictions, axis=0) - targets[test]) ** 2

    return gains(features.frames), gains(features.mirrored_frames)


def _by_class(y: np.ndarray, gains: np.ndarray, mirror_gains: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """The gains of the videos of each class, summed over the probabilities of all classes."""
    totals = gains.sum(axis=1), mirror_gains.sum(axis=1)
    return [(totals[0][y == label], totals[1][y == label]) for label in range(gains.shape[1])]


def _is_lost(gains: np.ndarray, mirror_gains: np.ndarray) -> bool:
    return len(gains) >= _FEWEST_VIDEOS and _z(gains) >= LEAST_Z and _z(mirror_gains) <= -LEAST_Z


def _z(gains: np.ndarray) -> float:
    """The mean in standard errors."""
    error = gains.std(ddof=1) / np.sqrt(len(gains)) if len(gains) > 1 else np.inf
    return float(gains.mean() / max(error, 1e-9))
