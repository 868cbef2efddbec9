"""Scores that mean what they say: fitted on edits of scenes that the network was not trained on."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sklearn.linear_model import LogisticRegression

from reelwise.analysis.shots.decoding import Calibration, TransitionDecoder, logit
from reelwise.analysis.shots.detector import ProbabilityStream
from reelwise.analysis.shots.network import FrameProbabilities
from reelwise.analysis.shots.sides import LARGEST_CHANGE, change_between
from reelwise.analysis.shots.transitions import Transition
from reelwise.analysis.shots.weights import DetectorWeights
from reelwise.metrics.boundaries import Boundary, match_boundaries
from reelwise.metrics.shot_metrics import ShotMetrics, shot_metrics

LEAST_PROBABILITY = 0.02
"""Least raw probability of a cut that the fit looks at: below lies nearly every frame, and none is ever reported."""

TOLERANCE_FRAMES = 1
"""A score is right when there is a boundary within so many frames (as in ``metrics.shot_metrics``)."""

THRESHOLDS = tuple(np.arange(0.2, 0.85, 0.05).round(2).tolist())
"""Least scores that are tried."""

NEARLY = 0.02
"""Difference in F1 that some hundred boundaries cannot tell apart: of 200 the standard error is 0.03."""

_ALL_RUNS = Calibration(thresholds=(1.1, 0.0))
_NO_CUTS = 1.1


@dataclass(frozen=True, eq=False)
class JudgedVideo:
    """What is true of a video and what the network says.

    Args:
        truths: Its boundaries.
        probabilities: Of each of its frames.
        thumbnails: (T, 28, 48, 3) uint8.
    """

    truths: tuple[Boundary, ...]
    probabilities: FrameProbabilities
    thumbnails: np.ndarray

    def change(self, before: int, after: int) -> float:
        """How different two frames are."""
        return change_between(self.thumbnails[before], self.thumbnails[after])


def judge(thumbnails: np.ndarray, truths: Sequence[Transition], weights: DetectorWeights) -> JudgedVideo:
    """Run the network over a video whose boundaries are known.

    Args:
        thumbnails: (T, 28, 48, 3) uint8.
        truths: In order; those that touch an end of the video are left out, as the decoder leaves them out.
        weights: Of the network.
    """
    stream = ProbabilityStream(weights)
    pieces = [piece for thumbnail in thumbnails for piece in stream.push(thumbnail)] + stream.finish()
    probabilities = FrameProbabilities(
        np.concatenate([piece.cut for piece in pieces]), np.concatenate([piece.kinds for piece in pieces])
    )
    inside = [one for one in truths if one.start_frame > 0 and one.end_frame < len(thumbnails)]
    return JudgedVideo(tuple(boundary_of(one) for one in inside), probabilities, thumbnails)


def boundary_of(transition: Transition) -> Boundary:
    """The transition as the metrics take it."""
    return Boundary(transition.start_frame, transition.end_frame, transition.type, transition.score)


def decode(video: JudgedVideo, calibration: Calibration) -> list[Transition]:
    """The transitions of a whole video."""
    decoder = TransitionDecoder(calibration, change=video.change)
    return decoder.push(video.probabilities) + decoder.finish()


def measure(videos: Sequence[JudgedVideo], calibration: Calibration) -> ShotMetrics:
    """Metrics of the decoded transitions of several videos."""
    return shot_metrics([(video.truths, [boundary_of(one) for one in decode(video, calibration)]) for video in videos])


def calibrate(
    videos: Sequence[JudgedVideo], on_step: Callable[[int, int], None] = lambda step, total: None
) -> Calibration:
    """Fit scores (Platt 1999), then choose the thresholds: of cuts by F1, of gradual transitions by F1 of intervals.

    Gradual transitions are far more frequent in edits made for training than in most videos, so of their thresholds
    with nearly the same F1 the highest is taken: it reports less that is not there.

    Args:
        videos: Edits and single takes, none of which the network was trained on.
        on_step: Called with the number of thresholds that were tried and that of all; what it raises ends the work.
    """
    num_tried = 0

    def measure_next(calibration: Calibration) -> ShotMetrics:
        nonlocal num_tried
        metrics = measure(videos, calibration)
        num_tried += 1
        on_step(num_tried, 2 * len(THRESHOLDS))
        return metrics

    cut = _fit([row for video in videos for row in _cut_rows(video)], 1)
    gradual = _fit([row for video in videos for row in _gradual_rows(video)], 3)
    calibration = Calibration((cut[0], cut[1]), (gradual[0], gradual[3], gradual[1], gradual[2]))
    by_cuts = [replace(calibration, thresholds=(threshold, _NO_CUTS)) for threshold in THRESHOLDS]
    best_cut = max(by_cuts, key=lambda one: measure_next(one).cuts[TOLERANCE_FRAMES].f1).thresholds[0]
    by_runs = [replace(calibration, thresholds=(best_cut, threshold)) for threshold in THRESHOLDS]
    return _highest_near_best([(one, measure_next(one).gradual.f1) for one in by_runs])


def _highest_near_best(candidates: Sequence[tuple[Calibration, float]]) -> Calibration:
    """Of calibrations in order of their thresholds the last one whose F1 is within ``NEARLY`` of the best."""
    best = max(f1 for _, f1 in candidates)
    return [calibration for calibration, f1 in candidates if f1 >= best - NEARLY][-1]


def _cut_rows(video: JudgedVideo) -> list[tuple[float, ...]]:
    """Logit of each likely frame, and whether a cut is there; of several frames at one cut the likeliest is right."""
    left = {truth.start_frame for truth in video.truths if not truth.is_gradual}
    cut = video.probabilities.cut
    rows: list[tuple[float, ...]] = []
    for place in sorted(np.flatnonzero(cut > LEAST_PROBABILITY), key=lambda place: -cut[place]):
        near = [truth for truth in left if abs(truth - place) <= TOLERANCE_FRAMES]
        left -= set(near[:1])
        rows.append((logit(float(cut[place])), float(bool(near))))
    return rows


def _gradual_rows(video: JudgedVideo) -> list[tuple[float, ...]]:
    """Logit, log length and log change of each run, and whether a boundary is there."""
    runs = decode(video, _ALL_RUNS)
    matches = match_boundaries(video.truths, [boundary_of(one) for one in runs], TOLERANCE_FRAMES)
    right = {match.prediction for match in matches}
    return [
        (logit(one.score), math.log(one.end_frame - one.start_frame), _log_change(video, one), float(place in right))
        for place, one in enumerate(runs)
    ]


def _log_change(video: JudgedVideo, run: Transition) -> float:
    is_fade = run.type in ("fade_black", "fade_white")  # as in TransitionDecoder
    return math.log1p(LARGEST_CHANGE if is_fade else video.change(run.start_frame - 1, run.end_frame))


def _fit(rows: Sequence[tuple[float, ...]], num_columns: int) -> tuple[float, ...]:
    """Slopes and offset; the identity where there is only one outcome."""
    table = np.array(rows).reshape(-1, num_columns + 1)
    if len(set(table[:, -1])) < 2:
        return (1.0, *[0.0] * num_columns)
    # C = 100: next to no shrinking, there are hundreds of rows for two or three numbers.
    model = LogisticRegression(C=100).fit(table[:, :-1], table[:, -1])
    return (*model.coef_[0].tolist(), float(model.intercept_[0]))
