"""What the detector of shots has to reach on the benchmark, each target met or missed."""

from collections.abc import Sequence

from shot_scores import Score
from targets import Target

PYSCENEDETECT = ("adaptive", "content", "hash", "histogram", "threshold")
RIVALS_AT_DEFAULTS = (*PYSCENEDETECT, "scdet")


def targets_of(scores: Sequence[Score]) -> list[Target]:
    """The targets that can be judged with these scores; the first is Reelwise's."""
    ours = scores[0]
    edits = ours.edits
    targets = [
        Target("edits, hard cuts F1@1 (aim 0.97)", edits.cuts[1].f1, 0.95, True),
        Target("edits, gradual F1 at tIoU 0.5", edits.gradual.f1, 0.85, True),
        Target("edits, type accuracy of gradual matches", edits.type_accuracy, 0.90, True),
        Target("edits, ECE of the scores", edits.calibration_error, 0.05, False),
    ]
    if ours.real.num_videos:
        targets.append(Target("long/cuts, F1@1 (aim 0.92)", ours.real.boundaries[1].f1, 0.85, True))
    if ours.takes_minutes:
        name = "single takes, false boundaries in 5 minutes"
        targets.append(Target(name, ours.false_per_5_minutes, 1.0, False))
    return targets + _targets_beside(ours, scores)


def _targets_beside(ours: Score, scores: Sequence[Score]) -> list[Target]:
    at_defaults = {score.name: score for score in scores if score.is_default}
    targets = []
    if "adaptive" in at_defaults:
        best = max(at_defaults[name].f1 for name in PYSCENEDETECT)
        best_swept = max(score.f1 for score in scores if score.name.startswith(PYSCENEDETECT))
        num_false = at_defaults["adaptive"].num_false_on_distractors
        targets += [
            Target("edits, 1 - F1@1 to half of PySceneDetect's best default", 1 - ours.f1, 0.5 * (1 - best), False),
            Target("edits, 1 - F1@1 to 0.7 of PySceneDetect's best swept", 1 - ours.f1, 0.7 * (1 - best_swept), False),
            Target("distractors, false to 1/5 of adaptive's", ours.num_false_on_distractors, num_false / 5, False),
        ]
    rivals = [at_defaults[name].real.boundaries[1].f1 for name in RIVALS_AT_DEFAULTS if name in at_defaults]
    rivals += [score.real.boundaries[1].f1 for name, score in at_defaults.items() if name == "transnetv2"]
    if rivals and ours.real.num_videos:
        targets.append(Target("long/cuts, F1@1 above every rival's", ours.real.boundaries[1].f1, max(rivals), True))
    return targets
