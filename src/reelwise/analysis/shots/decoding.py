"""From probabilities of frames to transitions: runs of gradual frames, single cuts, one score each."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from reelwise.analysis.shots.network import FrameProbabilities
from reelwise.analysis.shots.sides import LARGEST_CHANGE
from reelwise.analysis.shots.transitions import GRADUAL_TYPES, Transition

MAX_GAP = 2
"""Frames of doubt within a gradual transition: compression makes some, and a shot of two frames is a cut's matter."""

MAX_RUN = 128
"""Frames of the longest gradual transition, 5 s at 25 frames a second: what is longer ends there, so that no memory and
no delay grows with the video."""

SENSITIVITY_SPAN = 8.0
"""Logits between the least sensitive and the most sensitive setting: from 0.02 to 0.98 around a threshold of 0.5."""


@dataclass(frozen=True)
class Calibration:
    """How raw probabilities become scores, fitted on edits that the network was not trained on (Platt 1999).

    Args:
        cut: Slope and offset on the logit of a cut.
        gradual: Slope, offset on the logit of the mean over a run; weights of the logarithms of its length and of how
            different the pictures on both sides are.
        thresholds: Least score of a cut and of a gradual transition: where F1 on those edits is best.
    """

    cut: tuple[float, float] = (1.0, 0.0)
    gradual: tuple[float, float, float, float] = (1.0, 0.0, 0.0, 0.0)
    thresholds: tuple[float, float] = (0.5, 0.5)

    def cut_score(self, probability: float) -> float:
        """The score of a cut."""
        return sigmoid(self.cut[0] * logit(probability) + self.cut[1])

    def gradual_score(self, mean_probability: float, num_frames: int, change: float) -> float:
        """The score of a run of gradual frames; ``change`` in grey levels, see ``sides.change_between``."""
        slope, offset, by_length, by_change = self.gradual
        by_sides = by_length * math.log(num_frames) + by_change * math.log1p(change)
        return sigmoid(slope * logit(mean_probability) + offset + by_sides)

    def with_sensitivity(self, sensitivity: float | None) -> "Calibration":
        """The same with other thresholds.

        Args:
            sensitivity: 0 to 1; 0.5 and None leave them as they are.

        Raises:
            ValueError: It is outside of 0 to 1.
        """
        if sensitivity is None:
            return self
        if not 0 <= sensitivity <= 1:
            raise ValueError(f"sensitivity is {sensitivity}, expected 0 to 1")
        shift = (0.5 - sensitivity) * SENSITIVITY_SPAN
        low, high = (sigmoid(logit(threshold) + shift) for threshold in self.thresholds)
        return replace(self, thresholds=(low, high))


def logit(probability: float) -> float:
    """The log-odds of a probability, within ±14."""
    inner_value = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(inner_value / (1 - inner_value))


def sigmoid(logit_value: float) -> float:
    """The probability of log-odds."""
    return 1 / (1 + math.exp(-logit_value))


@dataclass
class _Run:
    """Frames in a row that lie within a gradual transition."""

    start: int
    end: int
    sums: np.ndarray = field(default_factory=lambda: np.zeros(1 + len(GRADUAL_TYPES)))
    num_frames: int = 0

    def add(self, kinds: np.ndarray) -> None:
        self.sums += kinds
        self.num_frames += 1


class TransitionDecoder:
    """Takes probabilities frame by frame and gives the transitions that no later frame can change.

    Args:
        calibration: Scores and thresholds.
        change: How different two frames are, by their numbers; None takes all for different.
    """

    def __init__(self, calibration: Calibration, change: Callable[[int, int], float] | None = None) -> None:
        self._calibration = calibration
        self._change = change
        self._num_frames = 0
        self._run: _Run | None = None
        self._cuts: list[Transition] = []  # since the run began

    def push(self, probabilities: FrameProbabilities) -> list[Transition]:
        """The transitions that are certain after these frames, in order."""
        transitions: list[Transition] = []
        for cut, kinds in zip(probabilities.cut, probabilities.kinds, strict=True):
            transitions += self._push_frame(float(cut), kinds)
        return transitions

    def finish(self) -> list[Transition]:
        """What is left at the end of the video; a fade out of the last shot is no transition to another one."""
        if self._run is not None and self._run.end >= self._num_frames:
            self._run = None
        return self._close_run()

    def _push_frame(self, cut: float, kinds: np.ndarray) -> list[Transition]:
        place = self._num_frames
        self._num_frames += 1
        is_gradual = kinds[0] < 0.5  # more likely within one than not
        transitions: list[Transition] = []
        if self._run is not None and self._is_over(self._run, is_gradual):
            transitions = self._close_run()
        if is_gradual:
            self._run = self._run or _Run(place, place)
            self._run.end = place + 1
            self._run.add(kinds)
        score = self._calibration.cut_score(cut)
        if place > 0 and score >= self._calibration.thresholds[0]:
            self._cuts.append(Transition("cut", place, place, score))
        return transitions if self._run is not None else transitions + self._close_run()

    def _is_over(self, run: _Run, is_gradual: bool) -> bool:
        place = self._num_frames - 1
        return place - run.start >= MAX_RUN or (not is_gradual and place - run.end >= MAX_GAP)

    def _close_run(self) -> list[Transition]:
        gradual = self._gradual(self._run) if self._run is not None else None
        candidates = self._cuts
        if gradual is not None:
            rivals = [cut for cut in self._cuts if gradual.start_frame <= cut.start_frame <= gradual.end_frame]
            if any(cut.score > gradual.score for cut in rivals):
                rivals = [gradual]
            else:
                candidates = [*candidates, gradual]
            candidates = sorted((one for one in candidates if one not in rivals), key=lambda one: one.start_frame)
        self._run, self._cuts = None, []
        return candidates

    def _gradual(self, run: _Run) -> Transition | None:
        if run.start == 0:  # there is no other shot before it
            return None
        length = run.end - run.start
        mean = float(1 - run.sums[0] / run.num_frames)
        kind = GRADUAL_TYPES[int(run.sums[1:].argmax())]
        change = LARGEST_CHANGE
        if self._change is not None and kind not in ("fade_black", "fade_white"):  # a fade may lead back to its scene
            change = self._change(run.start - 1, run.end)
        score = self._calibration.gradual_score(mean, length, change)
        return Transition(kind, run.start, run.end, score) if score >= self._calibration.thresholds[1] else None
