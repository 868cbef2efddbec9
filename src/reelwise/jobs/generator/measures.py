"""What generated clips are measured by; made of the training clips once, and kept in the model file."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np

from reelwise.core.contract import Contract
from reelwise.core.errors import ModelFileError
from reelwise.jobs.clips.plan import ClipPlan
from reelwise.jobs.generator.class_judge import ClassJudge, judge_from_arrays
from reelwise.jobs.generator.clip_features import (
    RANDOM,
    TRAIN_AGAIN,
    ClipFeatures,
    clip_features,
    float64_array,
    random_network,
)
from reelwise.jobs.generator.real_clips import TrainingClips
from reelwise.tasks.generation import generation_output

OWN = "self"
"""In the brackets of a metric: features of the classifier that was trained on the training videos of this very run."""

_PREFIX = "measures"
"""Of the names of its arrays in a model file."""

_MOST_COPIES = 1024
"""Training clips whose features a model file may have."""


class Features(Protocol):
    """Features by which sets of clips are compared."""

    @property
    def name(self) -> str:
        """For the brackets of a metric."""
        ...

    @property
    def batch_size(self) -> int:
        """Clips that are worked on at once."""
        ...

    def __call__(self, clips: np.ndarray) -> np.ndarray:
        """(N, D) float64 for (N, T, S, S, 3) uint8."""
        ...


@dataclass(frozen=True, eq=False)
class FeatureMeasure:
    """Features by which sets of clips are compared, and those of clips that need no model.

    Args:
        features: From clips.
        copies: (M, D), of training clips that are handed out again; None where the model file has none, and they are
            taken of the training clips at hand.
        means: (K, D), of the mean training clip of each class; of all where there are no classes, K = 1. None where
            the model file has none.
    """

    features: Features
    copies: np.ndarray | None = None
    means: np.ndarray | None = None

    def means_of(self, num_clips: int) -> np.ndarray | None:
        """(N, D): those of the mean clips, again and again."""
        return None if self.means is None else self.means[np.arange(num_clips) % len(self.means)]


@dataclass(frozen=True, eq=False)
class ClipMeasures:
    """The yardsticks of a model that makes clips.

    Args:
        judge: A classifier of real clips; None without classes.
        by_features: By whose features sets are compared, :data:`OWN` first, those of a user's file last.
        seen_in_means: (K,) the class that the judge sees in each mean clip; None without classes.
    """

    judge: ClassJudge | None
    by_features: Mapping[str, FeatureMeasure]
    seen_in_means: np.ndarray | None

    def with_features(self, features: Features) -> "ClipMeasures":
        """The same, and these features, of which a model file keeps nothing."""
        return replace(self, by_features={**self.by_features, features.name: FeatureMeasure(features)})

    def to_arrays(self, contract: Contract) -> dict[str, np.ndarray]:
        """Everything of a training as arrays for the model file; of the untrained network what its clips decided.

        Args:
            contract: Of the model.
        """
        arrays: dict[str, np.ndarray] = {}
        for name, measure in self.by_features.items():
            prefix, clips = f"{_PREFIX}.{name}", {"copies": measure.copies, "means": measure.means}
            if isinstance(measure.features, ClipFeatures):
                arrays |= measure.features.to_arrays(prefix)
                arrays |= {f"{prefix}.{key}": values for key, values in clips.items() if values is not None}
        if self.judge is not None and self.seen_in_means is not None:
            arrays |= self.judge.to_arrays(contract)
            arrays[f"{_PREFIX}.seen_in_means"] = self.seen_in_means.astype(np.int64)
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray], plan: ClipPlan, path: Path) -> "ClipMeasures":
        """The measures in a model file, each array checked.

        Args:
            arrays: All arrays of the file.
            plan: Of the model.
            path: The file, for messages.

        Raises:
            ModelFileError: They are missing or damaged.
        """
        if not any(name.startswith(f"{_PREFIX}.") for name in arrays):
            raise ModelFileError(
                f"{path}: has nothing that its clips could be measured by, since its training was not finished.",
                hint="The same train command with --resume finishes it; `reelwise generate` works already.",
            )
        num_labels = len(generation_output(plan.contract).labels)
        networks = {RANDOM: random_network(plan)}
        judge, seen_in_means = None, None
        if num_labels:
            judge = judge_from_arrays(arrays, plan.contract, path)
            networks = {OWN: judge.network, **networks}
            seen_in_means = _classes(path, arrays, num_labels)
        by_features = {}
        for name, network in networks.items():
            prefix = f"{_PREFIX}.{name}"
            features = ClipFeatures.from_arrays(name, network, arrays, prefix, path)
            width = features.num_features
            copies = float64_array(path, arrays, f"{prefix}.copies", range(1, _MOST_COPIES + 1), width)
            means = float64_array(path, arrays, f"{prefix}.means", max(1, num_labels), width)
            by_features[name] = FeatureMeasure(features, copies, means)
        return cls(judge, by_features, seen_in_means)


def measures_of_training(judge: ClassJudge | None, plan: ClipPlan, training: TrainingClips) -> ClipMeasures:
    """The measures that the training clips give.

    Args:
        judge: Trained on them; None without classes.
        plan: Of the model.
        training: The clips.
    """
    networks = {} if judge is None else {OWN: judge.network}
    by_features = {}
    for name, network in {**networks, RANDOM: random_network(plan)}.items():
        features = clip_features(name, network, training.copies)
        by_features[name] = FeatureMeasure(features, features(training.copies), features(training.means))
    return ClipMeasures(judge, by_features, None if judge is None else judge.predict(training.means))


def _classes(path: Path, arrays: Mapping[str, np.ndarray], num_labels: int) -> np.ndarray:
    name = f"{_PREFIX}.seen_in_means"
    numbers = arrays.get(name)
    if numbers is None or numbers.dtype != np.int64 or numbers.shape != (num_labels,):
        raise ModelFileError(f"{path}: its array {name} is not {num_labels} classes.", hint=TRAIN_AGAIN)
    if not ((numbers >= 0) & (numbers < num_labels)).all():
        raise ModelFileError(f"{path}: its array {name} has a class that the model does not have.", hint=TRAIN_AGAIN)
    return numbers
