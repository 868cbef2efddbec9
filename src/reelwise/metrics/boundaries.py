"""Boundaries between shots, matched one to one with the true ones: within a tolerance, or by their interval."""

import heapq
import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from reelwise.core.intervals import Interval

CUT = "cut"
"""The type of a transition without frames of its own; all others are gradual."""
TRANSITION_TYPES = (CUT, "dissolve", "fade_black", "fade_white", "wipe")
"""Every type of a transition."""
GRADUAL_TIOU = 0.5
"""Least temporal IoU of a gradual transition with the true one; the usual threshold of temporal detection."""


@dataclass(frozen=True)
class Boundary:
    """A transition from one shot to the next.

    Args:
        start_frame: The first frame that both shots share; of a cut, the first frame of the new shot.
        end_frame: The first frame wholly of the new shot; of a cut equal to ``start_frame``.
        type: ``cut``, ``dissolve``, ``fade_black``, ``fade_white`` or ``wipe``; None where a detector does not say.
        score: Probability in [0, 1] that a transition is here; None where a detector does not say.

    Raises:
        ValueError: Frames below 0 or out of order, a cut that has frames, or a score outside of [0, 1].
    """

    start_frame: int
    end_frame: int
    type: str | None = CUT
    score: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.start_frame <= self.end_frame:
            raise ValueError(f"a boundary cannot go from frame {self.start_frame} to frame {self.end_frame}")
        if self.type == CUT and self.start_frame != self.end_frame:
            raise ValueError(f"a cut has no frames, got {self.start_frame} to {self.end_frame}")
        if self.score is not None and not 0 <= self.score <= 1:
            raise ValueError(f"a score lies in [0, 1], got {self.score}")

    @property
    def is_gradual(self) -> bool:
        """Whether the transition has frames that belong to both shots."""
        return self.start_frame < self.end_frame

    @property
    def interval(self) -> Interval[int]:
        """[start, end) of the frames that belong to both shots; empty for a cut."""
        return Interval(self.start_frame, self.end_frame)


@dataclass(frozen=True)
class Match:
    """A true boundary and the prediction that it was matched with: their positions in the two lists."""

    truth: int
    prediction: int


def match_boundaries(
    truths: Sequence[Boundary], predictions: Sequence[Boundary], tolerance_frames: int
) -> tuple[Match, ...]:
    """The largest one-to-one matching of boundaries that are at most so many frames apart.

    A boundary reaches from its first shared frame to the first frame wholly of the new shot. A prediction anywhere
    inside of a gradual transition is therefore 0 frames away from it, also one that has no length of its own.

    Args:
        truths: The true boundaries of one video, in any order; none may lie strictly inside another.
        predictions: The predicted ones, in any order; they may overlap.
        tolerance_frames: Largest distance of a pair, 0 or more.

    Returns:
        The pairs in the order of the truths' frames.

    Raises:
        ValueError: A true boundary lies inside another one.

    Example:
        >>> cuts = [Boundary(10, 10), Boundary(12, 12)]
        >>> [(match.truth, match.prediction) for match in match_boundaries(cuts, [Boundary(11, 11), Boundary(9, 9)], 1)]
        [(0, 1), (1, 0)]

    Source: a pair within a tolerance as in Soucek and Lokoc 2020 (TransNet V2, arXiv 2008.04838); the matching is
    Glover 1967, "Maximum matching in a convex bipartite graph": of the predictions that reach a truth, the one whose
    last reachable truth comes first. Pairing each truth with its nearest prediction can lose pairs.
    """
    line = _TruthLine(truths)
    reaches = [line.reach(prediction, tolerance_frames) for prediction in predictions]
    return line.maximum_matching(reaches)


def match_intervals(
    truths: Sequence[Boundary], predictions: Sequence[Boundary], min_tiou: float = GRADUAL_TIOU
) -> tuple[Match, ...]:
    """The largest one-to-one matching of gradual transitions whose temporal IoU is at least so large.

    Args:
        truths: The true boundaries of one video, in any order; cuts match nothing.
        predictions: The predicted ones, in any order.
        min_tiou: Least temporal IoU of a pair, in [0.5, 1].

    Raises:
        ValueError: A true boundary lies inside another one, or ``min_tiou`` is below 0.5, where one prediction could
            match truths that are no neighbours.
    """
    if not 0.5 <= min_tiou <= 1:
        raise ValueError(f"the least temporal IoU lies in [0.5, 1], got {min_tiou}")
    line = _TruthLine(truths)
    reaches: list[range] = []
    for prediction in predictions:
        near = [i for i in line.reach(prediction, 0) if line.truths[i].interval.tiou(prediction.interval) >= min_tiou]
        reaches.append(range(near[0], near[-1] + 1) if near else range(0))
    return line.maximum_matching(reaches)


class _TruthLine:
    """The true boundaries in order, so that whatever a prediction reaches is a range of neighbours."""

    def __init__(self, truths: Sequence[Boundary]) -> None:
        self._positions = sorted(range(len(truths)), key=lambda i: (truths[i].start_frame, truths[i].end_frame))
        self.truths = [truths[i] for i in self._positions]
        self._starts = [truth.start_frame for truth in self.truths]
        self._ends = [truth.end_frame for truth in self.truths]
        for first, second in itertools.pairwise(self.truths):
            if second.end_frame < first.end_frame:
                raise ValueError(
                    f"the true transition from {second.start_frame} to {second.end_frame} lies inside the one from"
                    f" {first.start_frame} to {first.end_frame}"
                )

    def reach(self, prediction: Boundary, tolerance_frames: int) -> range:
        """The truths that are at most so many frames away from a prediction."""
        first = bisect_left(self._ends, prediction.start_frame - tolerance_frames)
        return range(first, bisect_right(self._starts, prediction.end_frame + tolerance_frames))

    def maximum_matching(self, reaches: Sequence[range]) -> tuple[Match, ...]:
        """The most pairs possible, where each prediction can take one of the truths in its range."""
        by_first: dict[int, list[tuple[int, int]]] = {}
        for prediction, reach in enumerate(reaches):
            if reach:
                by_first.setdefault(reach[0], []).append((reach[-1], prediction))
        waiting: list[tuple[int, int]] = []  # heap of (last truth in reach, prediction)
        matches: list[Match] = []
        for truth, position in enumerate(self._positions):
            for entry in by_first.get(truth, ()):
                heapq.heappush(waiting, entry)
            while waiting and waiting[0][0] < truth:
                heapq.heappop(waiting)
            if waiting:
                matches.append(Match(position, heapq.heappop(waiting)[1]))
        return tuple(matches)
