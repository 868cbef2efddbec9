"""index.json: what came of each video of an analysis."""

import json
from collections.abc import Sequence
from pathlib import Path

from reelwise.core.errors import CacheError, UsageError
from reelwise.core.files import WHEN_FULL, cannot_write, write_json
from reelwise.core.number_text import count_text
from reelwise.core.progress import Progress
from reelwise.jobs.analyses.outcome import Outcome
from reelwise.jobs.analyses.plan import AnalysisPlan
from reelwise.jobs.documents import Analyses, AnalyzedVideo

INDEX = "index.json"

_MAX_FILES = 3
"""Videos that are named in one warning."""

_RESUME_WHEN_FULL = "Free some space; the same command with --resume goes on."


def write_index(out: Path, index: Analyses, *, can_resume: bool) -> None:
    """Write the index.json of a folder.

    Args:
        out: The folder.
        index: The content.
        can_resume: Whether the command takes --resume.

    Raises:
        CacheError: It cannot be written.
    """
    try:
        write_json(out / INDEX, index)
    except OSError as error:
        raise unwritable(out / INDEX, error, can_resume=can_resume) from None


def unwritable(path: Path, error: OSError, *, can_resume: bool) -> CacheError:
    """The error for a result that cannot be written, with what to do about it.

    Args:
        path: Of the result.
        error: Why it cannot be written.
        can_resume: Whether the command takes --resume, and has begun its work.
    """
    return cannot_write(path, error, when_full=when_full(can_resume=can_resume))


def when_full(*, can_resume: bool) -> str:
    """The hint for a disk that is full.

    Args:
        can_resume: Whether the command takes --resume.
    """
    return _RESUME_WHEN_FULL if can_resume else WHEN_FULL


def read_index(out: Path) -> Analyses:
    """The index.json of a folder.

    Raises:
        UsageError: There is none, or it is not what analyze writes.
    """
    try:
        index = json.loads((out / INDEX).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        index = None
    if not isinstance(index, dict) or index.get("schema") != "reelwise/analyses/1":
        raise UsageError(f"{out / INDEX}: is no document of reelwise/analyses/1.", hint="Choose another folder.")
    return index  # pyright: ignore[reportReturnType]


def safe_name(folder: str) -> str:
    """The name of a folder in an index.json, which a stranger may have written.

    Raises:
        UsageError: It leads out of the folder that index.json lies in.
    """
    if Path(folder).name != folder or folder in ("", ".", ".."):
        raise UsageError(f"index.json names the folder {folder[:60]!r}, which is not beside it.", hint="Analyze again.")
    return folder


class IndexWriter:
    """What came of each video so far, for index.json.

    Args:
        plan: Of the command.
        paths: Its videos.
        others: What an earlier command analyzed into the same folder, and this one does not name.
    """

    def __init__(self, plan: AnalysisPlan, paths: Sequence[Path], others: Sequence[AnalyzedVideo]) -> None:
        self._plan = plan
        self._paths = paths
        self._others = others
        self._videos: dict[Path, AnalyzedVideo] = {}
        self.name_of = plan.name_of

    def note(self, outcome: Outcome) -> None:
        """Take the outcome of a video."""
        self._videos[outcome.path] = _line(outcome, self._plan)

    def waiting(self) -> list[Path]:
        """The videos that nothing has come of yet."""
        return [path for path in self._paths if path not in self._videos]

    def announce(self, progress: Progress) -> None:
        """Say what an earlier command has left to do."""
        num_done = len(self._videos)
        if num_done:
            verb = "is" if num_done == 1 else "are"
            progress.log(f"{num_done} of {count_text(len(self._paths), 'video')} {verb} finished already.")
        if self._others:
            progress.log(f"index.json keeps {count_text(len(self._others), 'video')} of an earlier command.")
        warn_of_missing([str(path) for path in self._videos if not path.exists()], progress)

    def index(self) -> Analyses:
        """The document: the videos in the order in which they were named, then those of an earlier command."""
        tool = self._plan.tool_document()
        return {"schema": "reelwise/analyses/1", "tool": tool, "videos": [*self.videos(), *self._others]}

    def videos(self) -> tuple[AnalyzedVideo, ...]:
        """The lines of the videos of this command, in the order in which they were named."""
        return tuple(self._videos[path] for path in self._paths if path in self._videos)

    def write(self) -> None:
        """Write index.json.

        Raises:
            CacheError: It cannot be written.
        """
        write_index(self._plan.out, self.index(), can_resume=self._plan.can_resume)


def _line(outcome: Outcome, plan: AnalysisPlan) -> AnalyzedVideo:
    return {
        "file": plan.name_of(outcome.path),
        "status": "failed" if outcome.error else "ok",
        "error": outcome.error or None,
        "folder": outcome.folder,
        "found": outcome.counts,
        "warnings": list(outcome.warnings),
        "refused_exports": outcome.refused_exports,
        "seconds": round(outcome.seconds, 3),
    }


def warn_of_missing(files: Sequence[str], progress: Progress) -> None:
    """Say once which videos are not where they were analyzed: their pages cannot play them."""
    if not files:
        return
    names = ", ".join(files[:_MAX_FILES])
    if len(files) > _MAX_FILES:
        names += f" and {len(files) - _MAX_FILES} more"
    progress.warn(f"{names}: not there any more. The analysis stays, but its page cannot play the video.")
