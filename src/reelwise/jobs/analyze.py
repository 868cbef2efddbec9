"""The analysis of whole videos: what happens when, one folder per video."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reelwise.analysis.catalogue import choose_analyzers
from reelwise.analysis.document import read_analysis
from reelwise.core.errors import UsageError
from reelwise.core.files import write_json
from reelwise.core.progress import Progress
from reelwise.jobs.analyses.plan import AnalysisPlan, make_plan
from reelwise.jobs.analyses.side_by_side import Outcome, analyze_side_by_side, count_items
from reelwise.jobs.documents import Analyses, AnalyzedVideo
from reelwise.jobs.runs.inputs import expand_inputs
from reelwise.jobs.runs.option_checks import check_numbers
from reelwise.jobs.runs.options import AnalyzeOptions

INDEX = "index.json"


@dataclass(frozen=True)
class AnalyzeRun:
    """What `reelwise analyze` wrote.

    Args:
        path: The folder with index.json.
        index: Its content.
    """

    path: Path
    index: Analyses

    @property
    def has_failures(self) -> bool:
        """Whether a video could not be analyzed."""
        return any(video["status"] != "ok" for video in self.index["videos"])


def analyze_job(options: AnalyzeOptions, progress: Progress) -> AnalyzeRun:
    """Analyze videos; a bad one fails by itself, with its reason in index.json.

    Raises:
        UsageError: Nothing to analyze, an option that makes no sense, or ``out`` is in use.
        CacheError: A result cannot be written (full disk); what was finished stays, and ``resume`` goes on.
    """
    check_numbers(options)
    entries = choose_analyzers(options.do)
    paths = expand_inputs(options.inputs)
    plan = make_plan(options, paths, entries)
    videos = _earlier_videos(options, plan, paths)
    waiting = [path for path in paths if str(path) not in videos]
    if len(waiting) < len(paths):
        progress.log(f"{len(paths) - len(waiting)} of {len(paths)} videos are finished already.")
    options.out.mkdir(parents=True, exist_ok=True)
    index = _index(plan, paths, videos)
    write_json(options.out / INDEX, index)
    progress.stage("analyze")
    for outcome in analyze_side_by_side(waiting, plan, progress):
        videos[str(outcome.path)] = _video(outcome)
        index = _index(plan, paths, videos)
        write_json(options.out / INDEX, index)
    return AnalyzeRun(options.out, index)


def _index(plan: AnalysisPlan, paths: Sequence[Path], videos: dict[str, AnalyzedVideo]) -> Analyses:
    done = [videos[str(path)] for path in paths if str(path) in videos]
    return {"schema": "reelwise/analyses/1", "tool": plan.tool_document(), "videos": done}


def _video(outcome: Outcome) -> AnalyzedVideo:
    return {
        "file": str(outcome.path),
        "status": "failed" if outcome.error else "ok",
        "error": outcome.error or None,
        "folder": None if outcome.error else outcome.folder,
        "found": outcome.counts,
        "seconds": round(outcome.seconds, 3),
    }


def _earlier_videos(options: AnalyzeOptions, plan: AnalysisPlan, paths: Sequence[Path]) -> dict[str, AnalyzedVideo]:
    """Videos of an earlier run that need not be looked at again: with ``--resume`` those that are whole.

    Raises:
        UsageError: The folder is in use, or was made by another command.
    """
    out = options.out
    if not out.exists():
        return {}
    if not out.is_dir():
        raise UsageError(f"{out}: is a file, and --out is a folder.", hint="Choose another name.")
    if not options.resume:
        if any(out.iterdir()):
            hint = "Choose another folder, or add --resume to go on with the analysis in it."
            raise UsageError(f"{out}: is not empty, and nothing is ever overwritten.", hint=hint)
        return {}
    index = read_index(out)
    if index is None:
        if any(out.iterdir()):
            raise UsageError(f"{out}: holds no analysis to go on with.", hint="Choose another folder.")
        return {}
    if index.get("tool") != plan.tool_document():
        hint = "Give the same options and version, or choose another folder."
        raise UsageError(f"{out}: was analyzed with other options.", hint=hint)
    seconds = {video["file"]: video["seconds"] for video in index["videos"]}
    outcomes = (_earlier_outcome(path, plan, seconds.get(str(path), 0.0)) for path in paths)
    return {str(outcome.path): _video(outcome) for outcome in outcomes if outcome}


def _earlier_outcome(path: Path, plan: AnalysisPlan, seconds: float) -> Outcome | None:
    """A video whose folder is whole: a kill can come between the folder and its line in index.json."""
    folder = plan.out / plan.folders[path]
    if not folder.exists():
        return None
    analysis = read_analysis(folder)
    if analysis.media.file != str(path) or analysis.tool != plan.tool:
        hint = "Give the same videos in the same order, or choose another folder."
        raise UsageError(f"{folder}: is the analysis of another video.", hint=hint)
    return Outcome(path, folder.name, "", count_items(analysis), seconds)


def read_index(out: Path) -> Analyses | None:
    """The index.json of a folder; None where there is none.

    Raises:
        UsageError: It is not what analyze writes.
    """
    try:
        index = json.loads((out / INDEX).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError):
        index = None
    if not isinstance(index, dict) or index.get("schema") != "reelwise/analyses/1":
        raise UsageError(f"{out / INDEX}: is no document of reelwise/analyses/1.", hint="Choose another folder.")
    return index  # pyright: ignore[reportReturnType]
