"""Mean average precision of labelled, scored segments at several temporal IoUs, as ActivityNet defines it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from reelwise.metrics.segments import Segment, segment_tious

_AnySegment = TypeVar("_AnySegment", bound=Segment)

TIOU_THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7)
"""Least temporal IoUs of a match. Source: the benchmark of THUMOS'14; ActivityNet's own goes from 0.5 to 0.95."""


@dataclass(frozen=True)
class ScoredSegment(Segment):
    """A detected segment.

    Args:
        label: What it shows.
        start: Its first moment.
        end: The first moment behind it.
        score: The higher, the surer; only the order counts.
    """

    score: float = 0.0


@dataclass(frozen=True)
class DetectionMetrics:
    """Average precision of each label and temporal IoU.

    Args:
        labels: The C labels that occur among the truths, sorted.
        tiou_thresholds: The K least temporal IoUs.
        average_precisions: K rows of C values in [0, 1].
    """

    labels: tuple[str, ...]
    tiou_thresholds: tuple[float, ...]
    average_precisions: tuple[tuple[float, ...], ...]

    @property
    def mean_average_precisions(self) -> tuple[float, ...]:
        """The mean over labels at each temporal IoU; 0 where nothing is true."""
        return tuple(sum(row) / len(row) if row else 0.0 for row in self.average_precisions)

    @property
    def average_map(self) -> float:
        """The mean of mAP over the temporal IoUs."""
        return sum(self.mean_average_precisions) / len(self.tiou_thresholds)


def detection_metrics(
    truths: Mapping[str, Sequence[Segment]],
    predictions: Mapping[str, Sequence[ScoredSegment]],
    tiou_thresholds: Sequence[float] = TIOU_THRESHOLDS,
) -> DetectionMetrics:
    """Average precision of detected segments over all videos.

    From the surest prediction of a label on, each takes the truth that it overlaps most among those not yet taken;
    without one of at least the temporal IoU it is wrong. A label that is true nowhere has no average precision.

    Args:
        truths: For each video its segments.
        predictions: For each video the detected ones; equal scores rank in the order given.
        tiou_thresholds: Least temporal IoUs, each above 0.

    Example:
        >>> truths = {"a.mp4": [Segment("run", 0, 10)], "b.mp4": [Segment("run", 0, 10)]}
        >>> predictions = {"a.mp4": [ScoredSegment("run", 0, 6, 0.9), ScoredSegment("run", 20, 30, 0.5)]}
        >>> detection_metrics(truths, predictions).mean_average_precisions
        (0.5, 0.5, 0.5, 0.5, 0.0)

    Source: ``compute_average_precision_detection`` of ActivityNet's evaluation code: precision is made to fall
    monotonically, then summed over the steps of recall.
    """
    labels = tuple(sorted({segment.label for segments in truths.values() for segment in segments}))
    columns = [_average_precisions(truths, predictions, label, np.asarray(tiou_thresholds)) for label in labels]
    rows = np.array(columns).reshape(len(labels), len(tiou_thresholds)).T
    return DetectionMetrics(
        labels, tuple(float(t) for t in tiou_thresholds), tuple(tuple(float(v) for v in row) for row in rows)
    )


def _average_precisions(
    truths: Mapping[str, Sequence[Segment]],
    predictions: Mapping[str, Sequence[ScoredSegment]],
    label: str,
    thresholds: np.ndarray,
) -> np.ndarray:
    """(K,) average precision of one label."""
    true_segments = {video: _with_label(segments, label) for video, segments in truths.items()}
    num_truths = sum(map(len, true_segments.values()))
    ranking = [(video, segment) for video, segments in predictions.items() for segment in _with_label(segments, label)]
    ranking.sort(key=lambda entry: -entry[1].score)
    is_taken = {video: np.zeros((len(thresholds), len(segments)), bool) for video, segments in true_segments.items()}
    is_match = np.zeros((len(thresholds), len(ranking)), bool)
    for rank, (video, segment) in enumerate(ranking):
        tious = segment_tious([segment], true_segments.get(video, []))[0]
        for k, threshold in enumerate(thresholds):
            if not len(tious):
                continue
            best = int(np.argmax(np.where(is_taken[video][k], -1.0, tious)))
            if tious[best] >= threshold and not is_taken[video][k, best]:
                is_taken[video][k, best] = is_match[k, rank] = True
    return np.array([_interpolated_average_precision(row, num_truths) for row in is_match])


def _with_label(segments: "Sequence[_AnySegment]", label: str) -> "list[_AnySegment]":
    return [segment for segment in segments if segment.label == label]


def _interpolated_average_precision(is_match: np.ndarray, num_truths: int) -> float:
    """Area under precision by recall, where precision at a recall is the best at that recall or a higher one."""
    if not is_match.any():
        return 0.0
    precision = np.cumsum(is_match) / np.arange(1, len(is_match) + 1)
    best_from_here = np.maximum.accumulate(precision[::-1])[::-1]
    return float(best_from_here[is_match].sum() / num_truths)
