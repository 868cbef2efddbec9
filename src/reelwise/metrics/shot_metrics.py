"""How good a detector of shot boundaries is: the metrics of one or more videos, as one typed result."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypedDict

import numpy as np

from reelwise.metrics.boundaries import CUT, Boundary, match_boundaries, match_intervals
from reelwise.metrics.calibration import binary_calibration_error
from reelwise.metrics.match_counts import MatchCounts, MatchScores

TOLERANCES_FRAMES = (0, 1, 2)
"""Tolerances that are reported: exact, one frame off as annotators are, two as in TransNet V2's evaluation."""
SCORE_TOLERANCE_FRAMES = 1
"""Tolerance at which a prediction counts as right when scores are compared with how often they are right."""
_NO_COUNTS = MatchCounts(0, 0, 0)


class ShotScores(TypedDict):
    """``ShotMetrics`` in JSON; keys of ``boundaries`` and ``cuts`` are tolerances in frames.

    ``type_accuracy`` is null where nothing gradual was matched, ``calibration_error`` where nothing was predicted, and
    each ratio where nothing was true and nothing predicted.
    """

    num_videos: int
    boundaries: dict[str, MatchScores]
    cuts: dict[str, MatchScores]
    gradual: MatchScores
    type_accuracy: float | None
    calibration_error: float | None


@dataclass(frozen=True)
class ShotMetrics:
    """Metrics of predicted boundaries; those of several videos are pooled, so that each boundary counts alike.

    Args:
        num_videos: Videos that were compared, those without any boundary too.
        boundaries: For each tolerance in frames, all boundaries whatever their type.
        cuts: For each tolerance, true cuts against predictions of type cut.
        gradual: Gradual transitions against predicted ones, matched from a temporal IoU of 0.5 on.
        num_types_right: Gradual matches whose type is the true one.
        calibration_error: Expected calibration error of the scores, in [0, 1]; None where no prediction has one.
    """

    num_videos: int
    boundaries: dict[int, MatchCounts]
    cuts: dict[int, MatchCounts]
    gradual: MatchCounts
    num_types_right: int
    calibration_error: float | None

    @property
    def type_accuracy(self) -> float | None:
        """Share of the gradual matches whose type is right; None where nothing was matched."""
        return self.num_types_right / self.gradual.num_matches if self.gradual.num_matches else None

    def as_dict(self) -> ShotScores:
        """The same for JSON."""
        return {
            "num_videos": self.num_videos,
            "boundaries": {str(tolerance): counts.as_dict() for tolerance, counts in self.boundaries.items()},
            "cuts": {str(tolerance): counts.as_dict() for tolerance, counts in self.cuts.items()},
            "gradual": self.gradual.as_dict(),
            "type_accuracy": self.type_accuracy,
            "calibration_error": self.calibration_error,
        }


def shot_metrics(videos: Sequence[tuple[Sequence[Boundary], Sequence[Boundary]]]) -> ShotMetrics:
    """Compare the predicted boundaries of each video with the true ones.

    A prediction without a type counts as a cut, except inside a true gradual transition: there it is left out of
    ``cuts``, because its detector cannot say that it saw no cut.

    Args:
        videos: For each video its true boundaries and the predicted ones.

    Raises:
        ValueError: A true boundary lies inside another one of its video.

    Example:
        >>> truths = [Boundary(30, 30), Boundary(50, 60, "dissolve")]
        >>> predictions = [Boundary(31, 31, score=0.9), Boundary(52, 60, "wipe", 0.7)]
        >>> metrics = shot_metrics([(truths, predictions)])
        >>> metrics.boundaries[0].f1, metrics.boundaries[1].f1, metrics.gradual.f1, metrics.type_accuracy
        (0.5, 1.0, 1.0, 0.0)
    """
    sums = _Sums()
    for truths, predictions in videos:
        sums.add(truths, predictions)
    scores, is_right = np.array(sums.scores), np.array(sums.is_right)
    return ShotMetrics(
        len(videos),
        sums.boundaries,
        sums.cuts,
        sums.gradual,
        sums.num_types_right,
        binary_calibration_error(is_right, scores) if len(scores) else None,
    )


@dataclass
class _Sums:
    """What adds up over videos."""

    boundaries: dict[int, MatchCounts] = field(default_factory=lambda: dict.fromkeys(TOLERANCES_FRAMES, _NO_COUNTS))
    cuts: dict[int, MatchCounts] = field(default_factory=lambda: dict.fromkeys(TOLERANCES_FRAMES, _NO_COUNTS))
    gradual: MatchCounts = _NO_COUNTS
    num_types_right: int = 0
    scores: list[float] = field(default_factory=list)
    is_right: list[bool] = field(default_factory=list)

    def add(self, truths: Sequence[Boundary], predictions: Sequence[Boundary]) -> None:
        """One more video."""
        for tolerance in TOLERANCES_FRAMES:
            self.boundaries[tolerance] += _boundary_counts(truths, predictions, tolerance)
            self.cuts[tolerance] += _boundary_counts(*_cuts_of(truths, predictions), tolerance)
        gradual_truths = [truth for truth in truths if truth.is_gradual]
        gradual_predictions = [prediction for prediction in predictions if prediction.is_gradual]
        matches = match_intervals(gradual_truths, gradual_predictions)
        self.gradual += MatchCounts(len(matches), len(gradual_predictions), len(gradual_truths))
        self.num_types_right += sum(
            gradual_truths[match.truth].type == gradual_predictions[match.prediction].type for match in matches
        )
        right = {match.prediction for match in match_boundaries(truths, predictions, SCORE_TOLERANCE_FRAMES)}
        for index, prediction in enumerate(predictions):
            if prediction.score is not None:
                self.scores.append(prediction.score)
                self.is_right.append(index in right)


def _boundary_counts(truths: Sequence[Boundary], predictions: Sequence[Boundary], tolerance: int) -> MatchCounts:
    return MatchCounts(len(match_boundaries(truths, predictions, tolerance)), len(predictions), len(truths))


def _cuts_of(
    truths: Sequence[Boundary], predictions: Sequence[Boundary]
) -> tuple[Sequence[Boundary], Sequence[Boundary]]:
    """True cuts and the predictions that count as cuts."""
    gradual_truths = [truth for truth in truths if truth.is_gradual]

    def counts_as_cut(prediction: Boundary) -> bool:
        return prediction.type == CUT or (
            prediction.type is None
            and not any(truth.start_frame <= prediction.start_frame <= truth.end_frame for truth in gradual_truths)
        )

    return [truth for truth in truths if truth.type == CUT], list(filter(counts_as_cut, predictions))
