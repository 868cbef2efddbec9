"""Which clips a model draws to be judged: of which classes, and how many."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reelwise.generation.flow_sampler import FlowSampler, SampleRequest
from reelwise.metrics.set_distances import MIN_CLIPS

NUM_SCORED = 100
"""Clips whose class is judged, about, as many of each: their share has an interval of 0.1 to both sides at most."""


@dataclass(frozen=True, eq=False)
class DrawingPlan:
    """N clips to draw.

    Args:
        targets: (N,) the number of each clip's class; -1 for no class.
        num_scored: The first ones, whose class is judged: class by class in turn.
        compared_rows: (M,) numbers of those that are compared with real clips as a set.
    """

    targets: np.ndarray
    num_scored: int
    compared_rows: np.ndarray

    def draw(self, sampler: FlowSampler, update: Callable[[int, int], None]) -> np.ndarray:
        """(N, T, S, S, 3) uint8.

        Args:
            sampler: Of the model.
            update: Called with how many are done, of how many.
        """
        labels = [None if target < 0 else int(target) for target in self.targets]
        requests = [SampleRequest(number, label) for number, label in enumerate(labels)]
        clips = []
        for clip in sampler.iterate(requests):
            clips.append(clip)
            update(len(clips), len(requests))
        return np.stack(clips)


def plan_drawing(num_labels: int, real_labels: np.ndarray | None, num_reals: int) -> DrawingPlan:
    """Enough clips for the score, and where there are enough real clips, for a distance of sets too.

    The score takes as many clips of each class. A distance of sets compares classes too, so that it needs them as often
    as real clips have them; 256 clips are the fewest for it, and with fewer real ones no further clip is drawn.

    Args:
        num_labels: K; 0 for no classes.
        real_labels: (R,) the classes of real test clips.
        num_reals: R.

    Example:
        >>> plan = plan_drawing(2, np.repeat([0, 1], [300, 100]), 400)
        >>> np.bincount(plan.targets).tolist(), np.bincount(plan.targets[plan.compared_rows]).tolist(), plan.num_scored
        ([192, 64], [192, 64], 100)
    """
    num_compared = MIN_CLIPS if num_reals >= MIN_CLIPS else 0
    if real_labels is None or num_labels == 0:
        num_clips = max(NUM_SCORED, num_compared)
        return DrawingPlan(np.full(num_clips, -1), 0, np.arange(num_clips))
    score_targets = np.tile(np.arange(num_labels), max(1, round(NUM_SCORED / num_labels)))
    if not num_compared:
        return DrawingPlan(score_targets, len(score_targets), np.arange(len(score_targets)))
    label_counts = _shares(np.bincount(real_labels, minlength=num_labels), num_compared)
    missing = np.maximum(0, label_counts - np.bincount(score_targets, minlength=num_labels))
    targets = np.concatenate([score_targets, np.repeat(np.arange(num_labels), missing)])
    rows = [np.flatnonzero(targets == label)[: label_counts[label]] for label in range(num_labels)]
    return DrawingPlan(targets, len(score_targets), np.sort(np.concatenate(rows)))


def _shares(counts: np.ndarray, total: int) -> np.ndarray:
    """(K,) whole numbers that sum to ``total``, in the proportion of the counts; largest remainders are rounded up."""
    exact = total * counts / counts.sum()
    shares = np.floor(exact).astype(int)
    shares[np.argsort(shares - exact, kind="stable")[: total - shares.sum()]] += 1
    return shares
