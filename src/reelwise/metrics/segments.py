"""How well one labelling of a video's time agrees with another: edit score, F1 of segments, temporal IoU."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reelwise.metrics.match_counts import MatchCounts

F1_OVERLAPS = (0.10, 0.25, 0.50)
"""Least temporal IoU of F1@10, F1@25 and F1@50. Source: Lea et al. 2017, arXiv 1611.05267, section 4."""


@dataclass(frozen=True)
class Segment:
    """A labelled part of a video, half-open; in seconds or frames, but all in the same unit.

    Args:
        label: What it shows.
        start: Its first moment.
        end: The first moment behind it.

    Raises:
        ValueError: It ends before it starts, or a time is no number.
    """

    label: str
    start: float
    end: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.start) and np.isfinite(self.end) and self.start <= self.end):
            raise ValueError(f"segment {self.label!r} cannot go from {self.start} to {self.end}")


def segment_tious(first: Sequence[Segment], second: Sequence[Segment]) -> np.ndarray:
    """(N, M) float64 in [0, 1]: temporal intersection over union of each segment with each other; labels do not count.

    Two empty segments have 0. Source: ``segment_iou`` of ActivityNet's evaluation code.

    Example:
        >>> segment_tious([Segment("run", 0, 10)], [Segment("run", 5, 15), Segment("jump", 20, 30)]).round(3)
        array([[0.333, 0.   ]])
    """
    a = np.array([(segment.start, segment.end) for segment in first], np.float64).reshape(-1, 1, 2)
    b = np.array([(segment.start, segment.end) for segment in second], np.float64).reshape(1, -1, 2)
    overlap = np.maximum(np.minimum(a[..., 1], b[..., 1]) - np.maximum(a[..., 0], b[..., 0]), 0.0)  # (N, M)
    union = (a[..., 1] - a[..., 0]) + (b[..., 1] - b[..., 0]) - overlap
    return np.divide(overlap, union, out=np.zeros_like(overlap), where=union > 0)


def mean_segment_tiou(truths: Sequence[Segment], predictions: Sequence[Segment]) -> float:
    """Mean, over the true segments, of the temporal IoU with the best prediction of their label; 0 without any.

    Example:
        >>> mean_segment_tiou([Segment("run", 0, 10), Segment("jump", 10, 20)], [Segment("run", 0, 5)])
        0.25
    """
    if not truths:
        return float(not predictions)
    same_label = np.array([[truth.label == prediction.label for prediction in predictions] for truth in truths], bool)
    tious = np.where(same_label.reshape(len(truths), -1), segment_tious(truths, predictions), 0.0)
    return float(tious.max(axis=1, initial=0.0).mean())


def segments_of_labels(frame_labels: Sequence[str], background: Sequence[str] = ()) -> tuple[Segment, ...]:
    """The runs of equal labels, in frames; those of the background are left out.

    Example:
        >>> segments_of_labels(["run", "run", "none", "jump"], background=["none"])
        (Segment(label='run', start=0, end=2), Segment(label='jump', start=3, end=4))
    """
    starts = [i for i, label in enumerate(frame_labels) if i == 0 or label != frame_labels[i - 1]]
    ends = [*starts[1:], len(frame_labels)]
    runs = zip(starts, ends, strict=False)
    return tuple(Segment(frame_labels[a], a, b) for a, b in runs if frame_labels[a] not in background)


def edit_score(truths: Sequence[Segment], predictions: Sequence[Segment]) -> float:
    """How alike the order of labels is, in [0, 1]: 1 - Levenshtein distance / the longer sequence; 1 if both are empty.

    When segments begin and end does not count.

    Args:
        truths: Segments of one video in order of time.
        predictions: The predicted ones in order of time.

    Example:
        >>> run, jump = Segment("run", 0, 5), Segment("jump", 5, 9)
        >>> edit_score([run, jump], [run]), edit_score([run, jump], [jump, run])
        (0.5, 0.0)

    Source: Lea et al. 2016, arXiv 1602.02995; ``edit_score`` of MS-TCN (there times 100).
    """
    longest = max(len(truths), len(predictions))
    if not longest:
        return 1.0
    labels = [prediction.label for prediction in predictions]
    distances = list(range(len(labels) + 1))
    for row, truth in enumerate(truths, start=1):
        diagonal, distances[0] = distances[0], row
        for column, label in enumerate(labels, start=1):
            substitution = diagonal + (label != truth.label)
            diagonal = distances[column]
            distances[column] = min(substitution, diagonal + 1, distances[column - 1] + 1)
    return 1.0 - distances[-1] / longest


def segment_counts(truths: Sequence[Segment], predictions: Sequence[Segment], min_tiou: float) -> MatchCounts:
    """Counts of one video whose F1 is F1@k for ``min_tiou`` k / 100; those of several videos are added first.

    Each prediction in turn takes the truth of its label that it overlaps most; it is wrong if that one is taken
    already, also where another one would do.

    Args:
        truths: Segments of one video.
        predictions: The predicted ones; their order decides ties.
        min_tiou: Least temporal IoU of a match, above 0.

    Example:
        >>> truths = [Segment("run", 0, 10), Segment("jump", 10, 20)]
        >>> segment_counts(truths, [Segment("run", 0, 8), Segment("run", 8, 20)], 0.5).f1
        0.5

    Source: Lea et al. 2017, arXiv 1611.05267, section 4; ``f_score`` of MS-TCN.
    """
    if min_tiou <= 0:
        raise ValueError(f"the least temporal IoU is above 0, got {min_tiou}")
    tious = segment_tious(predictions, truths)
    is_matched = np.zeros(len(truths), bool)
    for index, prediction in enumerate(predictions if truths else ()):
        same_label = np.array([truth.label == prediction.label for truth in truths])
        best = int(np.argmax(np.where(same_label, tious[index], 0.0)))
        if same_label[best] and tious[index, best] >= min_tiou:
            is_matched[best] = True
    return MatchCounts(int(is_matched.sum()), len(predictions), len(truths))
