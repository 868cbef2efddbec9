"""What a detector is worth on the benchmark of shots: metrics on edits, false boundaries where there are none."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reelwise.metrics.boundaries import match_boundaries
from reelwise.metrics.match_counts import MatchCounts
from reelwise.metrics.shot_metrics import ShotMetrics, shot_metrics
from shot_footage import TestVideo
from shot_rivals import Boundaries, Detections

EDITS, REAL, TAKES = "edits", "cuts: ", "takes: "
"""How the kinds of videos begin; all other kinds are distractors."""


@dataclass(frozen=True)
class Score:
    """One detector at one setting.

    Args:
        name: Of the detector, with the setting where it is not the default.
        is_default: Whether it ran at its defaults.
        edits: On the exact edits.
        real: On the real edits, all files pooled.
        real_by_file: On each of them.
        num_false: False boundaries by kind of distractor.
        num_false_by_take: False boundaries in single takes, by file; files without any are left out.
        takes_minutes: How long the single takes are together.
        ms_per_frame: Processor time of a frame, decoding included; None where it was not measured.
    """

    name: str
    is_default: bool
    edits: ShotMetrics
    real: ShotMetrics
    real_by_file: Mapping[str, ShotMetrics]
    num_false: Mapping[str, int]
    num_false_by_take: Mapping[str, int]
    takes_minutes: float
    ms_per_frame: float | None

    @property
    def f1(self) -> float:
        """F1 of all boundaries of the edits, one frame off at most."""
        return self.edits.boundaries[1].f1

    @property
    def num_false_on_distractors(self) -> int:
        """False boundaries in all distractors."""
        return sum(self.num_false.values())

    @property
    def false_per_5_minutes(self) -> float | None:
        """False boundaries in 5 minutes of single takes; None where no take was seen."""
        return 5 * sum(self.num_false_by_take.values()) / self.takes_minutes if self.takes_minutes else None

    def as_dict(self) -> dict[str, Any]:
        """Everything, for the JSON file."""
        return {
            "name": self.name,
            "is_default": self.is_default,
            "edits": self.edits.as_dict(),
            "real": self.real.as_dict(),
            "real_by_file": {file: metrics.as_dict() for file, metrics in self.real_by_file.items()},
            "false_on_distractors": dict(self.num_false),
            "false_on_takes": dict(self.num_false_by_take),
            "takes_minutes": self.takes_minutes,
            "false_per_5_minutes": self.false_per_5_minutes,
            "ms_per_frame": self.ms_per_frame,
        }


def score_run(
    name: str,
    run: Boundaries,
    videos: Sequence[TestVideo],
    durations: Mapping[Path, float],
    *,
    is_default: bool = True,
    ms_per_frame: float | None = None,
) -> Score:
    """Judge the predictions of one run on the videos; a video that it lacks counts as one without predictions."""

    def metrics_of(prefix: str) -> ShotMetrics:
        own = [video for video in videos if video.kind.startswith(prefix)]
        return shot_metrics([(video.truths, run.get(video.path, ())) for video in own])

    takes = [video for video in videos if video.kind.startswith(TAKES)]
    distractors = [video for video in videos if not video.kind.startswith((EDITS, REAL, TAKES))]
    num_false: Counter[str] = Counter({video.kind: 0 for video in distractors})
    for video in distractors:
        num_false[video.kind] += len(run.get(video.path, ()))
    by_take = {str(video.path): len(run[video.path]) for video in takes if run.get(video.path)}
    kinds = sorted({video.kind for video in videos if video.kind.startswith(REAL)})
    return Score(
        name,
        is_default,
        metrics_of(EDITS),
        metrics_of(REAL),
        {kind.removeprefix(REAL): metrics_of(kind) for kind in kinds},
        num_false,
        by_take,
        sum(durations[video.path] for video in takes) / 60,
        ms_per_frame,
    )


def scores_of(detections: Detections, videos: Sequence[TestVideo], durations: Mapping[Path, float]) -> list[Score]:
    """A package's detectors at their defaults, and each at the setting with the best F1 on these very edits."""
    scores = []
    for name in detections.defaults:
        ms = detections.ms_per_frame.get(name)
        scores.append(score_run(name, detections.runs[name], videos, durations, ms_per_frame=ms))
        swept = [run for run in detections.runs if run.startswith(f"{name}(")]
        if swept:
            best = max(swept, key=lambda run: _edits_f1(detections.runs[run], videos))
            scores.append(score_run(best, detections.runs[best], videos, durations, is_default=False))
    return scores


def _edits_f1(run: Boundaries, videos: Sequence[TestVideo]) -> float:
    counts = MatchCounts(0, 0, 0)
    for video in videos:
        if video.kind == EDITS:
            predictions = run.get(video.path, ())
            num_matches = len(match_boundaries(video.truths, predictions, 1))
            counts += MatchCounts(num_matches, len(predictions), len(video.truths))
    return counts.f1


def print_table(scores: Sequence[Score]) -> None:
    """One line per score."""
    print(
        f"{'':<62}{'edits: all boundaries':>23} {'cuts':>6} {'gradual':>8} {'type':>6} {'ECE':>6}"
        f" {'distr.':>7} {'real':>6} {'takes':>6} {'ms':>6}\n"
        f"{'':<62}{'F1@0':>9} {'F1@1':>6} {'F1@2':>6} {'F1@1':>6} {'F1 tIoU':>8} {'acc.':>6} {'':>6}"
        f" {'false':>7} {'F1@1':>6} {'/5 min':>6} {'/frame':>6}"
    )
    for score in scores:
        edits = score.edits
        all_boundaries = " ".join(f"{edits.boundaries[tolerance].f1:6.3f}" for tolerance in (0, 1, 2))
        print(
            f"{score.name:<62}   {all_boundaries} {edits.cuts[1].f1:6.3f} {edits.gradual.f1:8.3f}"
            f" {_text(edits.type_accuracy, 3)} {_text(edits.calibration_error, 3)}"
            f" {score.num_false_on_distractors:7d} {score.real.boundaries[1].f1:6.3f}"
            f" {_text(score.false_per_5_minutes, 2)} {_text(score.ms_per_frame, 2)}",
            flush=True,
        )


def _text(value: float | None, digits: int) -> str:
    return f"{'-':>6}" if value is None else f"{value:6.{digits}f}"
