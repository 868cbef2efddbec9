"""Generated clips of the tests: metrics.json with each kind of distance, and pairs of clips."""

from fractions import Fraction
from typing import Any

import numpy as np

from reelwise.evaluation.verdict import verdict
from reelwise.reports.clips_section import ClipsReport, NearestClipPair
from reelwise.reports.report_data import ReportData
from reelwise.tasks import GENERATION
from reelwise.tasks.metrics import GenerationMetrics

COUNTS = {"num_real": 480, "num_generated": 256}
CONTROLS = {"copies": 0.026, "time_shuffled": 0.06, "blurred": 2.54, "noise": 34.3}
MEASURES = {**COUNTS, "floor": 0.004, "highest_floor": 0.019, "controls": CONTROLS}
DISTANCES = {
    "kvd[self]": {"value": 1.306, "ci95": [1.1, 1.5], **MEASURES},
    "fvd[self]": {"value": "refused", "why": "it does not see movement here", **MEASURES},
    "kvd[random]": {"value": "too few", "why": "256 clips of each kind are needed", **COUNTS},
}


def repetition(share: float, *, is_likely: bool) -> dict[str, Any]:
    """Of repeated training clips."""
    ends = [max(0.0, share - 0.03), share + 0.03]
    return {
        "nearer_share": share, "nearer_share_ci95": ends, "is_likely": is_likely, "median_ratio": 0.5,
        "num_training": 2880, "num_held_out": 480,
    }  # fmt: skip


def generation_metrics(**others: Any) -> GenerationMetrics:
    """Of four clips of two classes; ``others`` replace fields."""
    is_recognised = np.array([True, False, True, True])
    fields = GENERATION.metrics(is_recognised, ["a", "b", "a", "b"], ["a", "b"])
    entry = GENERATION.score_entry(is_recognised)
    fields |= {"judge_accuracy": 0.9, "judge_accuracy_ci95": [0.8, 1.0], "judge_num_clips": 20}
    fields |= {"num_training_videos": 300, "baselines": {"noise": {**entry, "difference_ci95": [0.0, 0.5]}}}
    fields |= {"distances": DISTANCES, "memorisation": repetition(0.04, is_likely=False)}
    fields |= {"diversity": {"generated": 0.5, "real": 1.0}, "motion": {"generated": 6.0, "real": 8.0}, **others}
    return GENERATION.metrics_type({**fields, "verdict": verdict(GENERATION.metrics_type(fields))})


def clips_report(num_pairs: int = 6, size: int = 32, prefix: str = "") -> ClipsReport:
    """Noise beside other noise."""
    rng = np.random.default_rng(0)
    clips = rng.integers(0, 256, (2, 8, size, size, 3), np.uint8)
    pairs = [
        NearestClipPair(f"{prefix}sample {number}", *clips, f"{prefix}a/b.mp4, frames 3 to 9")
        for number in range(num_pairs)
    ]
    return ClipsReport(tuple(pairs), Fraction(10))


def generation_report(prefix: str = "") -> ReportData:
    """A report of them."""
    return ReportData(f"{prefix}clips", generation_metrics(), clips=clips_report(prefix=prefix))
