"""The output part of a model's contract: abstract classes; the concrete ones are in ``tasks``."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Self

import numpy as np

from reelwise.core.errors import UsageError

MAX_HEAD_WEIGHT = 1000.0
"""Without unit. Weights are fitted to a sum of 0.05 to 20, so a larger one comes from a damaged file; chosen by
reasoning."""

TEMPERATURE_RANGE = (0.05, 20.0)
"""Without unit. Beyond it the probabilities of ordinary logits are all alike or all 0 and 1, which no calibration
should give; chosen by reasoning."""

ABSENT_IN_OLD_FILES = {"absent_in_old_files": True}
"""Metadata of a field that model files of before do not have: there its default holds."""


@dataclass(frozen=True)
class Score:
    """A label with its probability in [0, 1]."""

    label: str
    prob: float


@dataclass(frozen=True)
class Calibration:
    """What was fitted on validation videos to turn logits into predictions; the defaults change nothing.

    Args:
        temperature: Logits are divided by it before softmax or sigmoid.
        unsure_below: A video whose best probability is under this is reported as unsure.
        thresholds: The lowest probability at which each label is assigned; empty where a task has no thresholds or
            where none were fitted.
    """

    temperature: float = 1.0
    unsure_below: float = 0.0
    thresholds: tuple[float, ...] = ()


@dataclass(frozen=True)
class OutputSpec(ABC):
    """What a model gives; one frozen dataclass for each task.

    The fields are what a model file stores. They are numbers, texts, and tuples of them (``models.schema``), and each
    class checks its own in ``__post_init__``. A task whose models give no labels derives from this class directly.
    """

    task: ClassVar[str]
    """As in ``--task`` and in the model file."""

    gives: ClassVar[str]
    """What comes out of the network: ``labels``, ``frames`` or ``clips``. An entry of the catalogue gives one."""

    @property
    def classes(self) -> tuple[str, ...]:
        """The labels that it knows, whether it gives them or makes clips of them."""
        return ()

    @property
    def builder_arguments(self) -> dict[str, Any]:
        """What a builder of the catalogue needs to know beside its own arguments."""
        return {}

    @property
    def frames_given(self) -> int:
        """Frames in the output of the network for one clip."""
        return 0

    @property
    def calibration(self) -> Calibration:
        """Its calibration; a neutral one for a task that has none."""
        return Calibration()

    @property
    def standardization(self) -> tuple[float, float]:
        """Mean and scale that targets are standardised by for the network; 0 and 1 where they are not."""
        return 0.0, 1.0


@dataclass(frozen=True)
class LabelOutput(OutputSpec):
    """One number for each label of a video: its probability, or the value of the one quantity that the label names.

    Args:
        labels: C names in the order of the logits.
        head_weights: The weight of each head in the logits, fitted on validation videos; empty for a network with one
            head and before fitting.
    """

    gives: ClassVar[str] = "labels"

    averages_streams: ClassVar[bool] = False
    """Whether two streams of one modality give one row of logits together (their mean log-probabilities) instead of a
    row each."""

    labels: tuple[str, ...]
    head_weights: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not self.labels or len(set(self.labels)) != len(self.labels):
            raise UsageError(f"a model needs different labels, got {len(self.labels)}: {self.labels[:5]}.")
        if not all(0 <= weight <= MAX_HEAD_WEIGHT for weight in self.head_weights):
            raise UsageError(f"head weights are {self.head_weights[:8]}, expected 0 to {MAX_HEAD_WEIGHT:g}.")

    @property
    def classes(self) -> tuple[str, ...]:
        """The C names."""
        return self.labels

    @property
    def num_outputs(self) -> int:
        """C, the logits of each head."""
        return len(self.labels)

    def combine_heads(self, head_outputs: np.ndarray) -> np.ndarray:
        """The logits of a network: the weighted sum of its heads, all alike before weights are fitted.

        Args:
            head_outputs: (..., H, C).

        Returns:
            (..., C).
        """
        count = head_outputs.shape[-2]
        if count == 1:
            return head_outputs[..., 0, :]
        return combine_heads(head_outputs, np.array(self.head_weights or (1 / count,) * count, np.float64))

    @abstractmethod
    def activate(self, logits: np.ndarray) -> np.ndarray:
        """Probabilities, or the value itself.

        Args:
            logits: (..., C) float64.

        Returns:
            (..., C) float64.
        """

    def with_calibration_of(self, other: "LabelOutput") -> "LabelOutput":
        """This output with everything that was fitted on held-out videos for another training of the same model."""
        return other

    def with_values(self, **values: Any) -> Self:
        """This output with new values of its fields; values of fields that only other tasks have are left out."""
        own_names = {field.name for field in fields(self)}
        return replace(self, **{name: value for name, value in values.items() if name in own_names})

    def is_unsure(self, probs: np.ndarray) -> bool:
        """Whether a prediction of shape (C,) is less certain than the model's threshold."""
        del probs
        return False

    def top(self, probs: np.ndarray, k: int) -> list[Score]:
        """The k most probable labels of (C,) probabilities, best first; equal ones in the order of the labels."""
        order = np.argsort(-probs, kind="stable")[:k]
        return [Score(self.labels[i], float(probs[i])) for i in order]

    def labels_given(self, probs: np.ndarray) -> tuple[str, ...]:
        """The labels that a prediction of shape (C,) assigns to a video: the most probable one."""
        return tuple(score.label for score in self.top(probs, 1))

    def value(self, probs: np.ndarray) -> float | None:
        """The predicted number; None for a model of labels."""
        del probs
        return None


def combine_heads(head_outputs: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(…, C) float64 logits: the weighted sum over H of (…, H, C) head outputs.

    Args:
        head_outputs: (…, H, C).
        weights: (H,) float64.

    Example:
        >>> combine_heads(np.array([[[1.0, 0.0], [0.0, 2.0]]]), np.array([0.5, 1.0])).tolist()
        [[0.5, 2.0]]
    """
    return np.einsum("h,...hc->...c", weights, head_outputs)


def check_temperature(temperature: float) -> None:
    """Refuses a temperature outside of ``TEMPERATURE_RANGE``.

    Raises:
        UsageError: It is.
    """
    low, high = TEMPERATURE_RANGE
    if not low <= temperature <= high:
        raise UsageError(f"temperature is {temperature}, expected {low:g} to {high:g}.")
