"""Any number of labels for each video, each by itself."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from reelwise.core.errors import UsageError
from reelwise.core.label_sets import NO_LABEL, is_label_set, join_labels, split_labels
from reelwise.core.output import Calibration, LabelOutput, check_temperature
from reelwise.core.probabilities import sigmoid
from reelwise.core.records import Record
from reelwise.metrics.average_precision import map_difference_interval, map_interval, mean_average_precision
from reelwise.metrics.bootstrap import ConfidenceInterval, interval_list
from reelwise.metrics.head_weights import LABEL_LIKELIHOOD
from reelwise.metrics.multilabel import checked_label_predictions, fit_thresholds, multilabel_metrics
from reelwise.tasks.label_verdict import label_cautions, label_verdict
from reelwise.tasks.labels import LabelCell, Strata, place_of
from reelwise.tasks.metrics import Fields, MultilabelMetrics
from reelwise.tasks.predictions import DEFAULT_THRESHOLD, LabeledPredictions
from reelwise.tasks.score import Score
from reelwise.tasks.task import Task, Units
from reelwise.tasks.wording import Wording

_FREQUENT = 8
"""A set of labels that this many videos have can be spread over the parts of a split by itself."""
_LEAST_SHARE = np.float32(1e-6)
"""A label that no training video has is not impossible: its logarithm must stay finite."""


@dataclass(frozen=True)
class MultilabelOutput(LabelOutput):
    """A probability of each label by itself; they need not sum to 1.

    Args:
        labels: The labels.
        head_weights: As in LabelOutput.
        temperature: Logits are divided by it before the sigmoid.
        thresholds: C probabilities from which on each label is given; empty for 0.5.

    Example:
        >>> output = MultilabelOutput(("dog", "car"), thresholds=(0.5, 0.9))
        >>> output.labels_given(np.array([0.7, 0.8]))
        ('dog',)
    """

    task: ClassVar[str] = "multilabel"

    temperature: float = 1.0
    thresholds: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        check_temperature(self.temperature)
        if self.thresholds and len(self.thresholds) != len(self.labels):
            raise UsageError(f"{len(self.thresholds)} thresholds for {len(self.labels)} labels.")
        if not all(0 <= threshold <= 1 for threshold in self.thresholds):
            raise UsageError(f"thresholds are {self.thresholds[:5]}, expected 0 to 1.")

    @property
    def calibration(self) -> Calibration:
        """Temperature and thresholds."""
        return Calibration(self.temperature, thresholds=self.thresholds)

    def activate(self, logits: np.ndarray) -> np.ndarray:
        """(..., C) float64 probabilities in [0, 1]."""
        return sigmoid(logits / self.temperature)

    def labels_given(self, probs: np.ndarray) -> tuple[str, ...]:
        """The labels whose probabilities reach their thresholds."""
        thresholds = self.thresholds or (DEFAULT_THRESHOLD,) * len(self.labels)
        # A video that failed has no probabilities, and so no labels.
        rows = zip(self.labels, probs, thresholds, strict=False)
        return tuple(label for label, prob, threshold in rows if prob >= threshold)


class MultilabelTask(Task[MultilabelMetrics]):
    """Any number of labels for each video, each by itself."""

    name = "multilabel"
    output_type = MultilabelOutput
    metrics_type = MultilabelMetrics
    wording = Wording(
        labels="any number of labels per video (a|b)",
        counted_labels="labels, several each",
        requirement="different sets of labels are",
        stratification="stratified by label",
        section="Labels",
        bars="Bars are mean average precision.",
        score_column="mean average precision",
        suspect="label",
        worst_order="Those with most labels wrong come first.",
        worst="Most labels wrong",
        best="All labels right",
        accuracy_curve="Share of labels right",
        majority="how frequent each label is",
        majority_title="Most frequent labels",
        majority_note="gives every video the same probabilities: how frequent each label is",
    )
    score = Score("map", rises=True, words="mean average precision")
    report_section = "labels"
    linear_model = "labels"

    # --- labels ------------------------------------------------------------------------------------------------------

    has_classes = True
    has_label_sets = True

    def recognize(self, cells: Sequence[LabelCell]) -> str | None:
        """Where a column has ``a|b`` in any cell; names of class folders are never taken apart."""
        sets = [cell for cell in cells if cell.label_column and is_label_set(cell.label)]
        if not sets:
            return None
        example = next((cell for cell in sets if len(split_labels(cell.label)) > 1), sets[0])
        return (
            f"labels are sets, such as {example.label.strip()!r} of {example.file}: each is learned by itself"
            " (--task classification takes every combination as one class)"
        )

    def parse_label(self, label: str, label_column: str) -> str:
        """A set sorted, ``|`` for an empty cell; a class folder is one label, whatever is in its name."""
        return (join_labels(split_labels(label)) or NO_LABEL) if label_column else label

    def single_labels(self, label: str) -> tuple[str, ...]:
        """The labels of the set."""
        return split_labels(label)

    def known_part(self, label: str, labels: Sequence[str]) -> str:
        """The set without labels that the model does not have."""
        return join_labels(name for name in split_labels(label) if name in labels) or NO_LABEL

    def targets(self, records: Sequence[Record], labels: Sequence[str]) -> np.ndarray:
        """(N, C) float32 of 0 and 1."""
        places = {label: index for index, label in enumerate(labels)}
        targets = np.zeros((len(records), len(labels)), np.float32)
        for row, record in enumerate(records):
            targets[row, [place_of(name, places, record) for name in split_labels(record.label)]] = 1
        return targets

    def strata(self, labels: Sequence[str]) -> Strata:
        """A frequent set is a stratum; any other stands for its rarest label, since rare labels are hardest to spread.

        Source: rare labels first, as in Sechidis, Tsoumakas and Vlahavas, "On the stratification of multi-label data",
        2011, though not their algorithm: scikit-learn's group folds of these strata, the best of a few by single
        labels.
        """
        sets = [split_labels(label) for label in labels]
        return Strata(_combinations(sets), _marks(sets))

    # --- training ----------------------------------------------------------------------------------------------------

    mixes_clips = True
    has_accuracy = True
    likelihood = LABEL_LIKELIHOOD

    def network_targets(self, y: np.ndarray, num_outputs: int, mean: float = 0.0, scale: float = 1.0) -> np.ndarray:
        """(N, C) of 0 and 1."""
        del num_outputs, mean, scale
        return np.asarray(y, np.float64)

    def loss(self, *, several_heads: bool = False, separate_streams: bool = False, label_smoothing: float = 0.0) -> Any:
        """Sigmoid cross-entropy, the mean over labels."""
        from reelwise.losses import HeadsLoss

        del several_heads, separate_streams
        return HeadsLoss("binary_crossentropy", from_logits=True, label_smoothing=label_smoothing, smoothing_target=0.5)

    def clip_losses(self, targets: np.ndarray, logits: np.ndarray) -> np.ndarray:
        """Sigmoid cross-entropy in nats, the mean over labels."""
        return (np.logaddexp(0.0, logits) - targets * logits).mean(axis=1)

    def step_metrics(self, several_heads: bool) -> list[Any]:
        """The share of all labels that are right at a probability of 0.5."""
        from reelwise.losses.step_metrics import label_accuracy

        del several_heads
        return label_accuracy()

    def clip_accuracies(self, targets: np.ndarray, logits: np.ndarray) -> np.ndarray | None:
        """The share of the labels that are right at a probability of 0.5."""
        return ((logits > 0) == (targets > 0.5)).mean(axis=1)

    # --- calibration -------------------------------------------------------------------------------------------------

    def fit_thresholds(self, y: np.ndarray, probs: np.ndarray) -> tuple[float, ...]:
        """Where the F1 of each label is best on validation videos."""
        return tuple(float(threshold) for threshold in fit_thresholds(y, probs))

    # --- evaluation --------------------------------------------------------------------------------------------------

    def metrics(self, predictions: LabeledPredictions, seed: int, split: str) -> Fields:
        """Mean average precision, F1 of the labels given, share of videos with all labels right."""
        p = predictions
        return multilabel_metrics(p.labels, p.y_true, p.probs, p.labels_given, p.units, seed, split=split)

    def check_predictions(
        self, labels: Sequence[str], y: np.ndarray, probs: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """(N, C) int64 of 0 and 1, and (N, C) float64 probabilities."""
        return checked_label_predictions(labels, y, probs)

    def score_entry(self, y: np.ndarray, probs: np.ndarray, units: Units, seed: int) -> Fields:
        """``map`` with its interval."""
        value = mean_average_precision(y, probs)
        return {"map": value, "map_ci95": interval_list(map_interval(y, probs, units, seed))}

    def score_difference(
        self, y: np.ndarray, first: np.ndarray, second: np.ndarray, units: Units, seed: int
    ) -> ConfidenceInterval | None:
        """Of mean average precisions."""
        return map_difference_interval(y, first, second, units, seed)

    # --- the baseline that looks at nothing --------------------------------------------------------------------------

    majority_array = "majority.shares"

    def fit_majority(self, y: np.ndarray, num_outputs: int) -> np.ndarray:
        """(C,) how frequent each label was."""
        del num_outputs
        return np.maximum(y.sum(axis=0).astype(np.float32) / np.float32(len(y)), _LEAST_SHARE)

    def majority_shape(self, num_outputs: int) -> tuple[int, ...]:
        """(C,)."""
        return (num_outputs,)

    def majority_prediction(self, array: np.ndarray) -> np.ndarray:
        """The shares as probabilities."""
        return np.minimum(np.maximum(array, _LEAST_SHARE).astype(np.float64), 1.0)

    def clip_prediction(self, probs: np.ndarray, array: np.ndarray) -> np.ndarray:
        """Probabilities need no bounds."""
        del array
        return probs

    # --- words -------------------------------------------------------------------------------------------------------

    def true_text(self, predictions: LabeledPredictions, place: int) -> str:
        """The set of labels, empty for none."""
        return _joined_labels(predictions.labels, predictions.y_true[place] > 0)

    def predicted_text(self, predictions: LabeledPredictions, place: int) -> str:
        """The labels that the model gives."""
        return _joined_labels(predictions.labels, predictions.labels_given[place])

    def readable_label(self, label: str) -> str:
        """The labels, with commas."""
        return ", ".join(split_labels(label))

    def examples(self, predictions: LabeledPredictions, num_worst: int, num_best: int) -> tuple[list[int], list[int]]:
        """By how many labels are wrong, then by how far probabilities are off; best are those with none wrong."""
        truth = np.asarray(predictions.y_true, np.float64)
        distances = np.abs(truth - predictions.probs).mean(axis=1)
        wrong = (predictions.labels_given != (truth > 0)).mean(axis=1)
        order = np.lexsort((distances, wrong))  # the best first
        worst = order[::-1][: min(num_worst, len(order) - len(order) // 2)]
        return [int(i) for i in worst if wrong[i]], [int(i) for i in order[:num_best] if not wrong[i]]

    def label_fact(self, labels: Sequence[str]) -> tuple[str, str]:
        """How many labels."""
        return ("labels", f"{len(labels)}, any number of them per video")

    def verdict(self, metrics: MultilabelMetrics) -> str:
        """How many labels it finds, how many it gives rightly, and how well it sorts."""
        return label_verdict(metrics)

    def cautions(self, metrics: MultilabelMetrics) -> list[str]:
        """Few videos, labels that were not there or never given."""
        return label_cautions(metrics)

    def floor(self, metrics: MultilabelMetrics) -> tuple[float, float]:
        """How frequent each label is, or a random order; a step of a share is 1."""
        majority = (metrics.get("baselines") or {}).get("majority") or {}
        return max(majority.get("map", 0.0), metrics.get("guessing_map", 0.0)), 1.0


def _joined_labels(labels: Sequence[str], is_given: np.ndarray) -> str:
    return join_labels(label for label, has_label in zip(labels, is_given, strict=True) if has_label)


def _combinations(sets: Sequence[tuple[str, ...]]) -> list[str]:
    set_counts = Counter(sets)
    label_counts = Counter(label for labels in sets for label in labels)
    return [
        join_labels(labels)
        if not labels or set_counts[labels] >= _FREQUENT
        else min(labels, key=lambda label: (label_counts[label], label))
        for labels in sets
    ]


def _marks(sets: Sequence[tuple[str, ...]]) -> np.ndarray:
    """(N, C) bool: which single labels each has; a last column of those that have none, where there are any."""
    places = {label: place for place, label in enumerate(sorted({label for labels in sets for label in labels}))}
    marks = np.zeros((len(sets), len(places) + any(not labels for labels in sets)), bool)
    for row, labels in enumerate(sets):
        marks[row, [places[label] for label in labels] or [-1]] = True
    return marks


MULTILABEL = MultilabelTask()
