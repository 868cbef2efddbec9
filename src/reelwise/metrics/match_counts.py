"""Matches, predictions and truths as counts, with the precision, recall and F1 that follow from them."""

from dataclasses import dataclass
from typing import TypedDict


class MatchScores(TypedDict):
    """Counts in JSON, with the three ratios that follow from them; null where nothing was true or predicted."""

    precision: float | None
    recall: float | None
    f1: float | None
    num_matches: int
    num_predictions: int
    num_truths: int


@dataclass(frozen=True)
class MatchCounts:
    """How many predictions were matched one to one with what is true. Counts of several videos add up.

    Args:
        num_matches: Pairs of a prediction and a truth.
        num_predictions: All predictions, matched or not.
        num_truths: All truths, matched or not.

    Example:
        >>> counts = MatchCounts(8, num_predictions=10, num_truths=16) + MatchCounts(0, 0, 0)
        >>> counts.precision, counts.recall, round(counts.f1, 3)
        (0.8, 0.5, 0.615)
    """

    num_matches: int
    num_predictions: int
    num_truths: int

    def __post_init__(self) -> None:
        if not 0 <= self.num_matches <= min(self.num_predictions, self.num_truths):
            raise ValueError(
                f"{self.num_matches} matches of {self.num_predictions} predictions and {self.num_truths} truths:"
                " a match needs one of each."
            )

    def __add__(self, other: "MatchCounts") -> "MatchCounts":
        return MatchCounts(
            self.num_matches + other.num_matches,
            self.num_predictions + other.num_predictions,
            self.num_truths + other.num_truths,
        )

    @property
    def precision(self) -> float:
        """Matches per prediction, in [0, 1]; without predictions 1 if there is nothing to find, else 0."""
        return _ratio(self.num_matches, self.num_predictions, self.num_truths == 0)

    @property
    def recall(self) -> float:
        """Matches per truth, in [0, 1]; without truths 1 if nothing is predicted, else 0."""
        return _ratio(self.num_matches, self.num_truths, self.num_predictions == 0)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, in [0, 1]; 1 where nothing is true and nothing is predicted."""
        return _ratio(2 * self.num_matches, self.num_predictions + self.num_truths, True)

    def as_dict(self) -> MatchScores:
        """The counts and the three ratios, for JSON; without truths and predictions there is nothing to judge."""
        is_judged = self.num_predictions + self.num_truths > 0
        return {
            "precision": self.precision if is_judged else None,
            "recall": self.recall if is_judged else None,
            "f1": self.f1 if is_judged else None,
            "num_matches": self.num_matches,
            "num_predictions": self.num_predictions,
            "num_truths": self.num_truths,
        }


def _ratio(numerator: int, denominator: int, is_perfect_when_empty: bool) -> float:
    return numerator / denominator if denominator else float(is_perfect_when_empty)
