"""One class of several for each video."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from reelwise.core.errors import UsageError
from reelwise.core.number_text import percent
from reelwise.core.output import Calibration, LabelOutput, check_temperature
from reelwise.core.probabilities import softmax
from reelwise.core.records import Record
from reelwise.metrics.bootstrap import ConfidenceInterval, interval_list
from reelwise.metrics.calibration import fit_temperature, unsure_threshold
from reelwise.metrics.classification import checked_predictions, classification_metrics
from reelwise.metrics.cluster_intervals import accuracy_interval, paired_difference_interval
from reelwise.metrics.head_weights import CLASS_LIKELIHOOD
from reelwise.tasks.class_verdict import class_cautions, class_verdict, guessing_share
from reelwise.tasks.labels import LabelCell, Strata, balanced_weights, one_hot, place_of
from reelwise.tasks.metrics import ClassificationMetrics, Fields
from reelwise.tasks.number_labels import parse_all
from reelwise.tasks.predictions import LabeledPredictions
from reelwise.tasks.score import Score
from reelwise.tasks.task import Task, Units
from reelwise.tasks.wording import Wording

LEAST_SHARE = np.float32(1e-6)
"""A class that no training video has is not impossible: its logarithm must stay finite."""


@dataclass(frozen=True)
class ClassificationOutput(LabelOutput):
    """Probabilities of classes, which sum to 1.

    Args:
        labels: The classes, two or more.
        head_weights: As in LabelOutput.
        temperature: Logits are divided by it before softmax; calibrated on validation videos.
        unsure_below: A video whose best probability is under this is reported as unsure.

    Example:
        >>> output = ClassificationOutput(("jump", "run"), unsure_below=0.6)
        >>> probs = output.activate(np.array([0.0, np.log(3.0)]))
        >>> output.labels_given(probs), output.is_unsure(probs)
        (('run',), False)
    """

    task: ClassVar[str] = "classification"
    averages_streams: ClassVar[bool] = True

    temperature: float = 1.0
    unsure_below: float = 0.0

    def __post_init__(self) -> None:
        if len(self.labels) < 2 or len(set(self.labels)) != len(self.labels):
            raise UsageError(f"a model needs two or more different labels, got {len(self.labels)}: {self.labels[:5]}.")
        super().__post_init__()
        check_temperature(self.temperature)
        if not 0 <= self.unsure_below <= 1:
            raise UsageError(f"unsure_below is {self.unsure_below}, expected 0 to 1.")

    @property
    def calibration(self) -> Calibration:
        """Temperature and the limit of unsure predictions."""
        return Calibration(self.temperature, self.unsure_below)

    def activate(self, logits: np.ndarray) -> np.ndarray:
        """(..., C) float64 probabilities, each row sums to 1."""
        return softmax(logits / self.temperature)

    def is_unsure(self, probs: np.ndarray) -> bool:
        """Whether the best probability lies under ``unsure_below``."""
        return bool(probs.max() < self.unsure_below)


class ClassificationTask(Task[ClassificationMetrics]):
    """One class of several for each video."""

    name = "classification"
    output_type = ClassificationOutput
    metrics_type = ClassificationMetrics
    wording = Wording(
        labels="one label per video",
        counted_labels="classes",
        requirement="two or more classes are",
        stratification="stratified by label",
        section="Classes",
        bars="",
        score_column="right",
        suspect="label",
        worst_order="Its boldest mistakes come first: wrong, and sure of it.",
        worst="Boldest mistakes",
        best="Surest right answers",
        majority="always the most frequent answer",
        majority_title="Most frequent answer",
        majority_note="always predicts the most frequent class of the training videos",
        reaches="tells",
    )
    score = Score("accuracy", rises=True, words="accuracy")
    report_section = "classes"
    linear_model = "classes"

    # --- labels ------------------------------------------------------------------------------------------------------

    has_classes = True
    finds_groups_by_label = True
    fewest_labels = 2

    def recognize(self, cells: Sequence[LabelCell]) -> str | None:
        """Anything can be a class; whole numbers that are taken as classes get a sentence."""
        if not cells or not all(cell.label_column for cell in cells):
            return ""
        numbers = parse_all([cell.label.strip() for cell in cells])
        if not numbers:
            return ""
        return (
            f"labels are whole numbers with {len(set(numbers))} values: taken as classes (--task regression learns them"
            " as numbers)"
        )

    def single_labels(self, label: str) -> tuple[str, ...]:
        """The class itself."""
        return (label,)

    def is_known(self, label: str, labels: Sequence[str]) -> bool:
        """Whether it is one of the model's classes."""
        return label in labels

    def targets(self, records: Sequence[Record], labels: Sequence[str]) -> np.ndarray:
        """(N,) int64 places in ``labels``."""
        places = {label: index for index, label in enumerate(labels)}
        return np.array([place_of(record.label, places, record) for record in records], np.int64)

    def strata(self, labels: Sequence[str]) -> Strata:
        """The classes."""
        return Strata(labels)

    # --- training ----------------------------------------------------------------------------------------------------

    smooths_labels = True
    mixes_clips = True
    has_accuracy = True
    likelihood = CLASS_LIKELIHOOD

    def network_targets(self, y: np.ndarray, num_outputs: int, mean: float = 0.0, scale: float = 1.0) -> np.ndarray:
        """(N, C) rows with a single 1."""
        del mean, scale
        return one_hot(y, num_outputs)

    def sample_weights(self, y: np.ndarray, num_outputs: int) -> np.ndarray | None:
        """Weights that let every class count alike, with mean 1 over the videos."""
        return balanced_weights(y, num_outputs)

    def loss(self, *, several_heads: bool = False, separate_streams: bool = False, label_smoothing: float = 0.0) -> Any:
        """Softmax cross-entropy."""
        from reelwise.losses import class_loss

        return class_loss(several_heads, separate_streams, label_smoothing)

    def clip_losses(self, targets: np.ndarray, logits: np.ndarray) -> np.ndarray:
        """Softmax cross-entropy, in nats."""
        highest = logits.max(axis=1, keepdims=True)
        log_sums = np.log(np.exp(logits - highest).sum(axis=1)) + highest[:, 0]
        return log_sums - (targets * logits).sum(axis=1)

    def step_metrics(self, several_heads: bool) -> list[Any]:
        """The share of clips whose best class is right."""
        from reelwise.losses.step_metrics import class_accuracy

        return class_accuracy(several_heads)

    def clip_accuracies(self, targets: np.ndarray, logits: np.ndarray) -> np.ndarray | None:
        """1 where the best class is right, else 0."""
        return (logits.argmax(axis=1) == targets.argmax(axis=1)).astype(np.float64)

    def validation_scores(
        self, outputs: np.ndarray, targets: np.ndarray, weights: np.ndarray
    ) -> tuple[float, float | None]:
        """As of every task; of one head in float32 by Keras' own metrics, as its ``evaluate`` would give them."""
        if outputs.ndim == 3:
            return super().validation_scores(outputs, targets, weights)
        from reelwise.losses.step_metrics import class_scores

        return class_scores(outputs, targets, weights)

    # --- calibration -------------------------------------------------------------------------------------------------

    def fit_temperature(self, logits: np.ndarray, y: np.ndarray) -> float:
        """The temperature with the least log loss on validation videos."""
        return fit_temperature(logits, y)

    def fit_unsure_below(self, y: np.ndarray, probs: np.ndarray, units: Units = None) -> float:
        """Where about half of the wrong predictions are left out."""
        return unsure_threshold(y, probs, units)

    # --- evaluation --------------------------------------------------------------------------------------------------

    def metrics(self, predictions: LabeledPredictions, seed: int, split: str) -> Fields:
        """Accuracy, F1, log loss, calibration error, confusion."""
        del seed
        p = predictions
        return classification_metrics(p.labels, p.y_true, p.probs, p.units, split=split)

    def check_predictions(
        self, labels: Sequence[str], y: np.ndarray, probs: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """(N,) int64 classes and (N, C) float64 probabilities that sum to 1."""
        return checked_predictions(labels, y, probs)

    def score_entry(self, y: np.ndarray, probs: np.ndarray, units: Units, seed: int) -> Fields:
        """``accuracy`` with its interval."""
        del seed
        correct = np.asarray(probs).argmax(axis=1) == y
        interval = interval_list(accuracy_interval(correct, units))
        return {"accuracy": float(correct.mean()), "accuracy_ci95": interval}

    def score_difference(
        self, y: np.ndarray, first: np.ndarray, second: np.ndarray, units: Units, seed: int
    ) -> ConfidenceInterval | None:
        """Of accuracies."""
        del seed
        correct = [np.asarray(probs).argmax(axis=1) == y for probs in (first, second)]
        return paired_difference_interval(correct[0], correct[1], units)

    # --- the baseline that looks at nothing --------------------------------------------------------------------------

    majority_array = "majority.shares"

    def fit_majority(self, y: np.ndarray, num_outputs: int) -> np.ndarray:
        """(C,) how frequent each class was."""
        counts = np.bincount(y.astype(np.int64), minlength=num_outputs)
        return np.maximum(counts.astype(np.float32) / np.float32(len(y)), LEAST_SHARE)

    def majority_shape(self, num_outputs: int) -> tuple[int, ...]:
        """(C,)."""
        return (num_outputs,)

    def majority_prediction(self, array: np.ndarray) -> np.ndarray:
        """The shares as probabilities."""
        shares = np.maximum(array, LEAST_SHARE).astype(np.float64)
        return shares / shares.sum()

    def clip_prediction(self, probs: np.ndarray, array: np.ndarray) -> np.ndarray:
        """Probabilities need no bounds."""
        del array
        return probs

    # --- words -------------------------------------------------------------------------------------------------------

    def true_text(self, predictions: LabeledPredictions, place: int) -> str:
        """The class."""
        return predictions.labels[int(predictions.y_true[place])]

    def predicted_text(self, predictions: LabeledPredictions, place: int) -> str:
        """The most probable class."""
        return predictions.labels[int(predictions.probs[place].argmax())]

    def example_probs(self, predictions: LabeledPredictions, place: int) -> tuple[float | None, float | None]:
        """The best probability, and that of the true class."""
        probs = predictions.probs[place]
        return float(probs.max()), float(probs[int(predictions.y_true[place])])

    def examples(self, predictions: LabeledPredictions, num_worst: int, num_best: int) -> tuple[list[int], list[int]]:
        """Wrong predictions, the surest first; right ones, the surest of each class first."""
        best_classes = predictions.probs.argmax(axis=1)
        surest = np.argsort(-predictions.probs.max(axis=1), kind="stable")
        wrong = [int(i) for i in surest if best_classes[i] != predictions.y_true[i]]
        right = _by_turns([int(i) for i in surest if best_classes[i] == predictions.y_true[i]], best_classes)
        return wrong[:num_worst], right[:num_best]

    def label_fact(self, labels: Sequence[str]) -> tuple[str, str]:
        """How many classes."""
        return ("classes", str(len(labels)))

    def verdict(self, metrics: ClassificationMetrics) -> str:
        """How many videos it gets right."""
        return class_verdict(metrics)

    def cautions(self, metrics: ClassificationMetrics) -> list[str]:
        """Few videos, one class, classes never predicted, file facts that tell the class."""
        return class_cautions(metrics)

    def chance_text(self, metrics: ClassificationMetrics) -> str:
        """What guessing gets."""
        return f" (guessing would get {percent(guessing_share(metrics))})"

    def floor(self, metrics: ClassificationMetrics) -> tuple[float, float]:
        """Always the most frequent class, or guessing; a step of a share is 1."""
        majority = (metrics.get("baselines") or {}).get("majority") or {}
        return max(majority.get("accuracy", 0.0), guessing_share(metrics)), 1.0


def _by_turns(indices: list[int], classes: np.ndarray) -> list[int]:
    """The first of every class, then the second of every class, and so on."""
    counts: dict[int, int] = {}
    turns: list[tuple[int, int]] = []
    for place, index in enumerate(indices):
        turn = counts.get(int(classes[index]), 0)
        counts[int(classes[index])] = turn + 1
        turns.append((turn, place))
    return [indices[place] for _, place in sorted(turns)]


CLASSIFICATION = ClassificationTask()
