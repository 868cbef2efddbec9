"""The folder of all results, and what an earlier command left in it."""

from collections.abc import Sequence
from pathlib import Path

from reelwise.analysis.document import read_analysis
from reelwise.core.errors import UsageError
from reelwise.jobs.analyses.copies import missing_copies
from reelwise.jobs.analyses.index import INDEX, read_index, safe_name
from reelwise.jobs.analyses.outcome import Outcome, count_items
from reelwise.jobs.analyses.plan import AnalysisPlan
from reelwise.jobs.documents import Analyses, AnalyzedVideo
from reelwise.jobs.runs.folder_lock import is_empty
from reelwise.media.frame_folders import content_sha256


def earlier_index(plan: AnalysisPlan, *, resume: bool) -> Analyses | None:
    """The index.json of the command that is to be resumed; None where there is nothing in the folder.

    Args:
        plan: Of this command.
        resume: Whether it goes on with an earlier one.

    Raises:
        UsageError: The folder holds something else, or was made with other options.
    """
    out = plan.out
    has_content = not is_empty(out)
    if not resume:
        if has_content:
            hint = "Choose another folder, or add --resume to go on with the analysis in it."
            raise UsageError(f"{out}: is not empty, and nothing is ever overwritten.", hint=hint)
        return None
    if not has_content:
        return None
    if not (out / INDEX).exists():
        raise UsageError(f"{out}: holds no analysis to go on with.", hint="Choose another folder.")
    index = read_index(out)
    if index.get("tool") != plan.tool_document():
        hint = "Give the same options and version, or choose another folder."
        raise UsageError(f"{out}: was analyzed with other options.", hint=hint)
    return index


def other_videos(index: Analyses | None, plan: AnalysisPlan) -> list[AnalyzedVideo]:
    """What an earlier command analyzed and this one does not name: it stays in the folder, and so in index.json."""
    names = set(plan.folders.values())
    videos = index["videos"] if index is not None else []
    return [v for v in videos if v["folder"] and v["folder"] not in names and _is_there(plan.out, v["folder"])]


def _is_there(out: Path, folder: str) -> bool:
    return (out / safe_name(folder) / "analysis.json").is_file()


def finished_outcomes(index: Analyses | None, plan: AnalysisPlan, paths: Sequence[Path]) -> list[Outcome]:
    """The videos of this command that need not be looked at again: their folders are whole.

    Args:
        index: Of the earlier command; None where there is none.
        plan: Of this command.
        paths: Its videos.

    Raises:
        UsageError: A folder is that of another video, or a video has changed.
        DataError: An analysis.json is damaged.
    """
    if index is None:
        return []
    lines = {video["file"]: video for video in index["videos"]}
    outcomes = (_finished_outcome(path, plan, lines.get(str(path))) for path in paths)
    return [outcome for outcome in outcomes if outcome]


def _finished_outcome(path: Path, plan: AnalysisPlan, line: AnalyzedVideo | None) -> Outcome | None:
    """A video whose folder is whole: a kill can come between the folder and its line in index.json."""
    folder = plan.out / plan.folders[path]
    if not folder.exists():
        return None
    analysis = read_analysis(folder)
    if analysis.media.file != plan.file_of(path) or analysis.tool != plan.tool:
        hint = "Give the same videos in the same order, or choose another folder."
        raise UsageError(f"{folder}: is the analysis of another video.", hint=hint)
    if path.exists() and content_sha256(path) != analysis.media.sha256:
        raise UsageError(f"{path}: has changed since it was analyzed.", hint="Choose another folder.")
    if missing_copies(plan.copies, folder):
        return None
    refused_exports, seconds = (line["refused_exports"], line["seconds"]) if line else ({}, 0.0)
    counts, warnings = count_items(analysis), analysis.media.warnings
    return Outcome(path, folder.name, None, counts, warnings, refused_exports, seconds)
