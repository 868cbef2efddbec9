"""Labels as tasks read them: cells as written, places among the outputs, and strata for splits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from reelwise.core.errors import DataError
from reelwise.core.records import Record
from reelwise.sampling.metadata_codes import parse_number


class LabelCell(Protocol):
    """A label as written, and where it stands."""

    @property
    def file(self) -> str:
        """The video."""
        ...

    @property
    def label(self) -> str:
        """The label, as written."""
        ...

    @property
    def label_column(self) -> str:
        """The column that it comes from; empty for a folder or a pattern."""
        ...


@dataclass(frozen=True)
class Strata:
    """What the parts of a split should have in equal shares.

    Args:
        names: The stratum of each video.
        marks: (N, C) bool, which classes each video has, where it may have several; None where ``names`` says it.
        is_needed: Whether every stratum must be in the training set; not so where it is only a range of numbers.
    """

    names: Sequence[str]
    marks: np.ndarray | None = None
    is_needed: bool = True


def place_of(label: str, places: Mapping[str, int], record: Record) -> int:
    """The place of a label among the outputs.

    Args:
        label: One single label.
        places: Of all labels that the model has.
        record: For the error.

    Raises:
        DataError: It is not one of them; the hint names them.
    """
    if label not in places:
        names = ", ".join(list(places)[:10])
        raise DataError(f"{record.name}: the label {label!r} is not known.", hint=f"Known are {names}.")
    return places[label]


def number_of(record: Record) -> float:
    """The number that a record is labeled with.

    Raises:
        DataError: It is none.
    """
    value = parse_number(record.label)
    if value is None:
        raise DataError(
            f"{record.name}: the label {record.label!r} is not a number.", hint="Correct it, or leave the video out."
        )
    return value


def one_hot(labels: Sequence[int] | np.ndarray, num_classes: int) -> np.ndarray:
    """Class numbers as rows with a single 1.

    Args:
        labels: N class numbers in [0, num_classes).
        num_classes: C.

    Returns:
        (N, C) float32.

    Example:
        >>> one_hot([1, 0], 3).tolist()
        [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
    """
    return np.eye(num_classes, dtype=np.float32)[np.asarray(labels, np.int64)]


def balanced_weights(labels: Sequence[int] | np.ndarray, num_classes: int, strength: float = 1.0) -> np.ndarray:
    """Weights that let every class count alike, with mean 1 over the videos.

    Args:
        labels: N class numbers.
        num_classes: C.
        strength: 0 weighs all videos alike, 1 all classes alike.

    Returns:
        (N,) float32.

    Example:
        >>> balanced_weights([0, 0, 0, 1], 2).round(2)
        array([0.67, 0.67, 0.67, 2.  ], dtype=float32)
    """
    labels = np.asarray(labels, np.int64)
    counts = np.bincount(labels, minlength=num_classes).astype(np.float64)
    weights = counts[labels] ** -strength
    return (weights / weights.mean()).astype(np.float32)
