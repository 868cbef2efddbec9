"""How good are the shot boundaries? Exact edits of real footage, distractors, real edits and single takes; with rivals.

``python benchmarks/shots.py`` makes the videos once (some 300 MB) and finds them there again. No source of theirs may
train the detector. TransNet V2, far slower than all others, runs on a part. Processor times count only on an idle
machine; the load stands beside them.
"""

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from compare import save
from shot_distractors import FILES_PER_KIND
from shot_footage import NUM_EDITS, TestVideo, made_videos, real_edits, real_takes
from shot_rivals import RIVALS, Detections, detect_by_reelwise, detect_by_rival
from shot_scores import EDITS, TAKES, Score, print_table, score_run, scores_of
from shot_targets import targets_of
from targets import Load, exit_status

WORK = Path(os.environ.get("REELWISE_BENCH_WORK", Path(__file__).parents[1] / ".bench" / "shots"))
NUM_TIMED = 6
"""Edited videos, some 13,000 frames, on which processor time is measured."""
NUM_TRANSNET_EDITS = 4
"""Edited videos that TransNet V2 sees, beside a sixth of the distractors and the real edits: at 50 ms a frame a quarter
of an hour."""


@dataclass(frozen=True)
class Plan:
    """What is compared.

    Args:
        videos: All videos.
        work: Folder for results.
        rivals: Names of ``RIVALS``.
        num_timed: Edited videos that processor time is measured on.
        num_transnet_edits: Edited videos that TransNet V2 sees.
        options: More options of ``reelwise analyze``.
    """

    videos: tuple[TestVideo, ...]
    work: Path
    rivals: tuple[str, ...]
    num_timed: int
    num_transnet_edits: int
    options: tuple[str, ...] = ()

    @property
    def edits(self) -> list[Path]:
        """The files with exact edits."""
        return [video.path for video in self.videos if video.kind == EDITS]

    def part(self) -> list[TestVideo]:
        """What TransNet V2 sees: some edits, a distractor of each kind, the real edits; no takes."""
        edits = set(self.edits[: self.num_transnet_edits])
        videos = [video for video in self.videos if not video.kind.startswith(TAKES)]
        videos = [video for video in videos if video.kind != EDITS or video.path in edits]
        return [video for video in videos if video.path.parent.name != "distractors" or video.path.stem.endswith("-0")]


def main() -> int:
    load = Load.now()
    plan = make_plan()
    if plan is None:
        return 0
    scores = measure(plan)
    print_table(scores)
    targets = targets_of(scores)
    print("\n".join(str(target) for target in targets))
    print(f"shots: {load}")
    result = load.as_dict() | {"scores": [score.as_dict() for score in scores]}
    save("shots", result | {"targets": [target.as_dict() for target in targets]})
    return exit_status(is_met=all(target.is_met for target in targets))


def make_plan() -> Plan | None:
    """The videos, made where they are missing; None where that is all that is wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=WORK, help="folder for the videos and the rivals' results")
    parser.add_argument("--edits", type=int, default=NUM_EDITS, help="edited videos of 28 transitions")
    parser.add_argument("--distractors", type=int, default=FILES_PER_KIND, help="distractors of each kind")
    parser.add_argument("--without", nargs="*", default=(), help="folders of real videos that give no sources")
    parser.add_argument("--rivals", nargs="*", default=tuple(RIVALS), choices=tuple(RIVALS))
    parser.add_argument("--timed", type=int, default=NUM_TIMED, help="edited videos to measure times on")
    parser.add_argument("--transnet-edits", type=int, default=NUM_TRANSNET_EDITS, help="edited videos for TransNet V2")
    parser.add_argument(
        "--model", help="a detector that `reelwise train --model shots` wrote [default: the shipped one]"
    )
    parser.add_argument("--no-real", action="store_true", help="only the videos that are made here")
    parser.add_argument("--make-only", action="store_true", help="make the videos and stop")
    arguments = parser.parse_args()
    videos = made_videos(arguments.work, arguments.edits, arguments.distractors, tuple(arguments.without))
    if arguments.make_only:
        return None
    if not arguments.no_real:
        videos += [*real_edits(), *real_takes()]
    rivals = tuple(arguments.rivals)
    options = ("--model", arguments.model) if arguments.model else ()
    return Plan(tuple(videos), arguments.work, rivals, arguments.timed, arguments.transnet_edits, options)


def measure(plan: Plan) -> list[Score]:
    """Reelwise's score first, then those of the rivals."""
    timed_files = plan.edits[: plan.num_timed]
    ours = detect_by_reelwise([video.path for video in plan.videos], timed_files, plan.work, plan.options)
    durations, run = ours.duration_seconds, ours.runs["reelwise"]
    ms = ours.ms_per_frame.get("reelwise")
    scores = [score_run("reelwise", run, plan.videos, durations, ms_per_frame=ms)]
    for name in plan.rivals:
        videos: Sequence[TestVideo] = plan.videos
        if name == "transnetv2":
            videos, timed_files = plan.part(), timed_files[:1]
        detections: Detections | None = detect_by_rival(name, [video.path for video in videos], timed_files, plan.work)
        if detections is None:
            continue
        if name == "transnetv2":
            scores.append(score_run("reelwise, on transnetv2's part", run, videos, durations, is_default=False))
        scores += scores_of(detections, videos, durations)
    return scores


if __name__ == "__main__":
    raise SystemExit(main())
