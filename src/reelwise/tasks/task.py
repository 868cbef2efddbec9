"""What a task of labels decides: an abstract class; a file beside this one is one task."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from reelwise.core.column_names import prob_columns
from reelwise.core.output import LabelOutput
from reelwise.core.records import Record
from reelwise.metrics.bootstrap import ConfidenceInterval, interval_list
from reelwise.metrics.cluster_intervals import error_difference_interval, error_interval
from reelwise.metrics.head_weights import NUMBER_LIKELIHOOD, Likelihood, fit_head_weights, sum_heads
from reelwise.metrics.regression import checked_numbers, r2_score
from reelwise.sampling.metadata_codes import parse_number
from reelwise.tasks.base_task import BaseTask, MetricsT
from reelwise.tasks.labels import LabelCell, Strata, number_of
from reelwise.tasks.metrics import Fields
from reelwise.tasks.predictions import LabeledPredictions

Units = Sequence[str | None] | None

_MOST_BINS = 10
"""Numbers are cut into at most this many bins of equal size when a split is stratified."""
_VIDEOS_PER_BIN = 8
"""Fewer videos than this per bin could not be spread over train, val and test."""


class Task(BaseTask[MetricsT]):
    """Everything that differs between classes, sets of labels and numbers.

    What a task does not override is what suits one number per video, so that a new task of numbers overrides little.
    """

    output_type: ClassVar[type[LabelOutput]]  # pyright: ignore[reportIncompatibleVariableOverride] - never assigned
    """What its models give, as stored in the model file."""

    linear_model: ClassVar[str] = "numbers"
    """What the linear baselines are: ``classes``, ``labels`` or ``numbers``."""

    # --- labels ------------------------------------------------------------------------------------------------------

    has_label_sets: ClassVar[bool] = False
    """Whether a video may have several labels, each given from a threshold on."""

    finds_groups_by_label: ClassVar[bool] = False
    """Whether labels help to find groups: one class per video, and so few that a group's videos share them."""

    fewest_labels: ClassVar[int] = 1
    """Fewer labels than this cannot be told apart."""

    def recognize(self, cells: Sequence[LabelCell]) -> str | None:
        """Whether labels as written are of this task, without ``--task``.

        Args:
            cells: Every label that is not empty.

        Returns:
            A sentence on it (which may be empty), or None where they are not. Default: only on ``--task``.
        """
        del cells
        return None

    def parse_label(self, label: str, label_column: str) -> str:
        """A label in the task's own spelling; the default changes nothing.

        Args:
            label: As written.
            label_column: Where it stands; empty for a folder.
        """
        del label_column
        return label

    def label_problem(self, label: str) -> str:
        """Why a label cannot be used, to stand behind "the label …"; empty where it can."""
        return "" if self.has_classes or parse_number(label) is not None else "is not a number"

    def single_labels(self, label: str) -> tuple[str, ...]:
        """The labels that a record's label stands for; none for numbers."""
        del label
        return ()

    def output_labels(self, labels: Sequence[str], label_column: str) -> tuple[str, ...]:
        """The names of the outputs.

        Args:
            labels: Of all records; empty ones do not count.
            label_column: The column that they come from.

        Returns:
            The labels, sorted as numbers when all are whole numbers, else as text; of a quantity its name alone.
        """
        if not self.has_classes:
            return (label_column or "value",)
        single = {name for label in labels if label for name in self.single_labels(label)}
        if single and all(label.isascii() and label.isdigit() for label in single):
            return tuple(sorted(single, key=lambda label: (int(label), label)))
        return tuple(sorted(single))

    def is_known(self, label: str, labels: Sequence[str]) -> bool:
        """Whether a model with these labels can be evaluated on a video with that label."""
        del label, labels
        return True

    def known_part(self, label: str, labels: Sequence[str]) -> str:
        """What a model with these labels can be evaluated on of a label."""
        del labels
        return label

    def targets(self, records: Sequence[Record], labels: Sequence[str]) -> np.ndarray:
        """The true values, in units of the data.

        Args:
            records: N, each with a label.
            labels: The outputs.

        Returns:
            (N,) float64 numbers; (N,) int64 places in ``labels``; or (N, C) float32 of 0 and 1.

        Raises:
            DataError: A label is not a number, or not one of ``labels``.
        """
        del labels
        return np.array([number_of(record) for record in records], np.float64)

    def strata(self, labels: Sequence[str]) -> Strata:
        """What the parts of a split should have in equal shares; numbers are cut into up to ten bins of equal size.

        Args:
            labels: Of all records.
        """
        values = np.array([parse_number(label) or 0.0 for label in labels])
        num_bins = int(np.clip(len(values) // _VIDEOS_PER_BIN, 1, _MOST_BINS))
        quantiles = np.arange(1, num_bins) / num_bins
        edges = np.unique(np.quantile(values, quantiles)) if num_bins > 1 else np.zeros(0)
        return Strata([str(index) for index in np.searchsorted(edges, values, side="right")], is_needed=False)

    # --- training ----------------------------------------------------------------------------------------------------

    smooths_labels: ClassVar[bool] = False
    """Whether the label smoothing of a model's defaults is used."""

    mixes_clips: ClassVar[bool] = False
    """Whether mixup is used: the mean of two targets must be a target."""

    has_accuracy: ClassVar[bool] = False
    """Whether ``accuracy`` and ``val_accuracy`` of history.csv are filled."""

    likelihood: ClassVar[Likelihood] = NUMBER_LIKELIHOOD
    """What the weights of several heads are fitted by."""

    def target_statistics(self, y: np.ndarray) -> tuple[float, float]:
        """Mean and scale by which the targets of training videos are standardised; 0 and 1 change nothing.

        Args:
            y: As :meth:`targets`.
        """
        if self.has_classes:
            return 0.0, 1.0
        y = np.asarray(y, np.float64)
        # Numbers that are all the same are only shifted: their deviation of 0 cannot be divided by.
        return float(y.mean()), float(y.std()) or 1.0

    def network_targets(self, y: np.ndarray, num_outputs: int, mean: float = 0.0, scale: float = 1.0) -> np.ndarray:
        """(N, C) float: what the network is trained to give; ``float32`` of it goes into batches.

        Args:
            y: As :meth:`targets`.
            num_outputs: C.
            mean: As :meth:`target_statistics`.
            scale: As :meth:`target_statistics`.
        """
        del num_outputs
        return ((np.asarray(y, np.float64) - mean) / scale)[:, None]

    def sample_weights(self, y: np.ndarray, num_outputs: int) -> np.ndarray | None:
        """(N,) float32: what each training video counts; None for all alike."""
        del y, num_outputs
        return None

    @abstractmethod
    def loss(self, *, several_heads: bool = False, separate_streams: bool = False, label_smoothing: float = 0.0) -> Any:
        """The Keras loss of a training step.

        Args:
            several_heads: Whether the network gives (B, H, C) rather than (B, C).
            separate_streams: Whether its (B, C) output is the mean of two streams' log-probabilities.
            label_smoothing: Share of each target that is spread over all outputs, in [0, 1).
        """

    @abstractmethod
    def clip_losses(self, targets: np.ndarray, logits: np.ndarray) -> np.ndarray:
        """(N,) float64: the plain loss of each clip, without smoothing or weights.

        Args:
            targets: (N, C), as the network is trained on.
            logits: (N, C), the network's output.
        """

    def step_metrics(self, several_heads: bool) -> list[Any]:
        """The Keras metrics of a training step: one called ``accuracy`` where :attr:`has_accuracy`, else none."""
        del several_heads
        return []

    def clip_accuracies(self, targets: np.ndarray, logits: np.ndarray) -> np.ndarray | None:
        """(N,) float64 in [0, 1]: how far each clip is right, as in a training step; None without accuracy."""
        del targets, logits
        return None

    def fit_head_weights(self, head_outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """(H,) float64: what each head counts for in the logits, fitted on validation videos.

        Args:
            head_outputs: (N, H, C) float.
            targets: (N, C), as the network is trained on.
        """
        return fit_head_weights(head_outputs, targets, self.likelihood)

    def validation_scores(
        self, outputs: np.ndarray, targets: np.ndarray, weights: np.ndarray
    ) -> tuple[float, float | None]:
        """Loss and accuracy of validation clips; the loss decides which epoch is the best.

        Several heads are judged by their sum with the weights that these very clips ask for: the logits that the model
        would have, were it handed over now. Their plain mean would let a head that overfits hide that another one still
        gets better.

        Args:
            outputs: (N, C) or, of several heads, (N, H, C).
            targets: (N, C).
            weights: (N,); clips of weight 0 are left out, all others count alike.

        Returns:
            The mean loss (NaN where an output is not finite), and the accuracy or None.
        """
        outputs, targets = outputs[weights > 0].astype(np.float64), targets[weights > 0].astype(np.float64)
        if not np.isfinite(outputs).all():
            return float("nan"), None
        if outputs.ndim == 3:
            outputs = sum_heads(outputs, self.fit_head_weights(outputs, targets))
        accuracies = self.clip_accuracies(targets, outputs)
        loss = float(self.clip_losses(targets, outputs).mean())
        return loss, None if accuracies is None else float(accuracies.mean())

    # --- calibration -------------------------------------------------------------------------------------------------

    def fit_temperature(self, logits: np.ndarray, y: np.ndarray) -> float:
        """What the logits of a single head are divided by, fitted on validation videos; 1 where that means nothing.

        Args:
            logits: (N, C).
            y: As :meth:`targets`.
        """
        del logits, y
        return 1.0

    def fit_unsure_below(self, y: np.ndarray, probs: np.ndarray, units: Units = None) -> float:
        """Under which best probability a prediction is reported as unsure; 0 where there is no such thing."""
        del y, probs, units
        return 0.0

    def fit_thresholds(self, y: np.ndarray, probs: np.ndarray) -> tuple[float, ...]:
        """From which probability on each label is given; empty where one label is given always."""
        del y, probs
        return ()

    # --- evaluation --------------------------------------------------------------------------------------------------

    @abstractmethod
    def metrics(self, predictions: LabeledPredictions, seed: int, split: str) -> Fields:
        """The fields of metrics.json that predictions alone give: with ``score``, its interval, and ``labels``.

        Args:
            predictions: N > 0 videos.
            seed: Of the bootstrap.
            split: ``test`` or ``out_of_fold``.

        Raises:
            DataError: No videos, or predictions that are none.
        """

    def check_predictions(
        self, labels: Sequence[str], y: np.ndarray, probs: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """True values and predictions, in exact types, after checking that they fit together.

        Raises:
            DataError: No videos, shapes that do not fit, or numbers that are no probabilities or not finite.
        """
        del labels
        truth, values = checked_numbers(y, probs)
        return truth, values[:, None]

    def score_entry(self, y: np.ndarray, probs: np.ndarray, units: Units, seed: int) -> Fields:
        """The score with its interval (None with fewer than four units), as metrics.json has it of a baseline.

        Args:
            y: As :meth:`targets`.
            probs: (N, C) probabilities, or (N, 1) numbers.
            units: Unit of each video (recording, person, file); None where each stands alone.
            seed: Of the bootstrap.
        """
        del seed
        truth, values = checked_numbers(y, probs)
        errors = np.abs(values - truth)
        interval = interval_list(error_interval(errors, units))
        mean_squared = float((errors**2).mean())
        return {"mae": float(errors.mean()), "mae_ci95": interval, "mse": mean_squared, "r2": r2_score(truth, values)}

    def score_difference(
        self, y: np.ndarray, first: np.ndarray, second: np.ndarray, units: Units, seed: int
    ) -> ConfidenceInterval | None:
        """The paired 95 % interval of score(first) - score(second); of errors, so that below 0 the first is better.

        None with fewer than four units.

        Args:
            y: As :meth:`targets`.
            first: Predictions of one model, as in :meth:`score_entry`.
            second: Those of another one for the same videos.
            units: As in :meth:`score_entry`.
            seed: Of the bootstrap.
        """
        del seed
        truth, ours = checked_numbers(y, first)
        _, theirs = checked_numbers(y, second)
        return error_difference_interval(np.abs(ours - truth), np.abs(theirs - truth), units)

    # --- the baseline that looks at nothing --------------------------------------------------------------------------

    majority_array: ClassVar[str] = "majority.numbers"
    """Its name in the model file."""

    def fit_majority(self, y: np.ndarray, num_outputs: int) -> np.ndarray:
        """Float32, what the majority baseline is made of: of numbers the median, the least and the greatest.

        Args:
            y: As :meth:`targets`, of the training videos.
            num_outputs: C.
        """
        del num_outputs
        return np.array([np.median(y), y.min(), y.max()], np.float32)

    def majority_shape(self, num_outputs: int) -> tuple[int, ...]:
        """The shape of what :meth:`fit_majority` gives."""
        del num_outputs
        return (3,)

    def majority_prediction(self, array: np.ndarray) -> np.ndarray:
        """(C,) float64: what the majority baseline predicts for every video."""
        return array.astype(np.float64)[:1]

    def clip_prediction(self, probs: np.ndarray, array: np.ndarray) -> np.ndarray:
        """Predictions of a baseline, kept between the least and the greatest number of the training videos."""
        return np.clip(probs, array[1], array[2])

    # --- words -------------------------------------------------------------------------------------------------------

    def true_text(self, predictions: LabeledPredictions, place: int) -> str:
        """What is true of one video, as a list of videos writes it: ``a``, ``a|b`` (empty for none), ``1.5``."""
        return repr(float(predictions.y_true[place]))

    def predicted_text(self, predictions: LabeledPredictions, place: int) -> str:
        """What is predicted for one video, written as :meth:`true_text`."""
        return repr(float(predictions.values[place]))

    def prob_columns(self, labels: Sequence[str]) -> tuple[str, ...]:
        """The columns of predictions.csv that hold probabilities."""
        return prob_columns(labels) if self.has_classes else ()

    def readable_label(self, label: str) -> str:
        """A label (as :meth:`true_text` writes it) for people."""
        return label if self.has_classes else f"{float(label):.4g}"

    def example_probs(self, predictions: LabeledPredictions, place: int) -> tuple[float | None, float | None]:
        """The probability of what is predicted, and of what is true; None where there is no such thing."""
        del predictions, place
        return None, None

    def examples(self, predictions: LabeledPredictions, num_worst: int, num_best: int) -> tuple[list[int], list[int]]:
        """The videos that a report should show: those farthest from the truth, and the nearest.

        Args:
            predictions: For all videos.
            num_worst: At most.
            num_best: At most.

        Returns:
            Indices in the order to be shown; never one video twice.
        """
        truth = np.asarray(predictions.y_true, np.float64).reshape(len(predictions.names), -1)
        distances = np.abs(truth - predictions.probs).mean(axis=1)
        order = np.lexsort((distances, distances))  # the best first
        half = len(order) // 2
        worst, best = order[::-1][: min(num_worst, len(order) - half)], order[: min(num_best, half)]
        return [int(i) for i in worst], [int(i) for i in best]

    def label_fact(self, labels: Sequence[str]) -> tuple[str, str]:
        """Name and value of a row of the report: what is predicted."""
        return ("number", labels[0])
