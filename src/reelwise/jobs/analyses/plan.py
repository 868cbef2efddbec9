"""What an analysis does with each of its videos."""

import importlib.metadata
import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reelwise.analysis.analyzer import AnalyzerEntry, Setup
from reelwise.analysis.formats.text import STDIN_NAME
from reelwise.analysis.results import Tool
from reelwise.analysis.shots.weights import DetectorWeights
from reelwise.cache.folder import cache_root
from reelwise.core.backend import available_processors
from reelwise.jobs.analyses.actions import Classifiers
from reelwise.jobs.analyses.copies import CLIPS, OVERLAY, VideoCopy
from reelwise.jobs.analyses.stdin import open_mark_of
from reelwise.jobs.documents import AnalyzeTool
from reelwise.jobs.runs.options import AnalyzeOptions
from reelwise.media.readers.growing_file import Growth

_NUM_THREADS = 4
"""Of the decoder of a file that is alone: each has a frame, and while the worker scales one the others go on. On two
cores 640x360 takes 8 % less time than with two threads (LOG.md)."""

FOLLOW_SECONDS = 10.0
"""How long a video that is still being written may stand still before it counts as whole: recorders write often."""

_MAX_NAME = 120
"""Characters of a folder's name: with what is added while it is written, below the 255 bytes of file systems."""


_COPY_WORK = 2.0
"""Time that writing a video anew takes, in units of analyzing it: measured on 15 s of 406x720, 2 cores."""


@dataclass(frozen=True)
class AnalysisPlan:
    """The same for all videos of one command.

    Args:
        entries: The analyzers.
        classifiers: The models whose labels become tracks too; None for none.
        setup: What they are given; size and rate are each video's own.
        tool: As in analysis.json.
        out: The folder of all results.
        folders: Name of the folder of each video, below ``out``.
        scratch: The cache folder.
        copies: Videos that are written beside each analysis.
        is_stdin: Whether the video came on stdin, into a file whose name means nothing.
        growth: How the end of a video that is still being written is known; None for whole ones.
        num_files: Videos that are analyzed at a time.
        num_threads: Of one decoder.
        keeps_folder: Whether results are written; findings can be given as they come without that.
        can_resume: Whether the same command with --resume goes on; stdin does not come twice.
    """

    entries: tuple[AnalyzerEntry, ...]
    classifiers: Classifiers | None
    setup: Setup
    tool: Tool
    out: Path
    folders: dict[Path, str]
    scratch: Path
    copies: tuple[VideoCopy, ...]
    is_stdin: bool
    growth: Growth | None
    num_files: int
    num_threads: int
    keeps_folder: bool = True
    can_resume: bool = True

    def name_of(self, path: Path) -> str:
        """How a video is called in index.json: as the user called it."""
        return STDIN_NAME if self.is_stdin else str(path)

    def file_of(self, path: Path) -> str:
        """How a video is called in its analysis.json: page and exports are made from there, in whatever folder."""
        return STDIN_NAME if self.is_stdin else os.path.abspath(path)  # noqa: PTH100  (resolve follows links)

    def share_done(self, copy: VideoCopy | None, share: float) -> float:
        """How much of the work on one video is done, in [0, 1].

        Args:
            copy: What is being written; None while the video is analyzed.
            share: Of that step, in [0, 1].
        """
        done = share if copy is None else 1 + _COPY_WORK * (self.copies.index(copy) + share)
        return done / (1 + _COPY_WORK * len(self.copies))

    def tool_document(self) -> AnalyzeTool:
        """What index.json says about the command."""
        return {"version": self.tool.version, "do": list(self.tool.do), "options": self.tool.options}


def make_plan(
    options: AnalyzeOptions,
    out: Path,
    paths: Sequence[Path],
    entries: tuple[AnalyzerEntry, ...],
    classifiers: Classifiers | None = None,
    shot_weights: DetectorWeights | None = None,
    *,
    is_stdin: bool = False,
) -> AnalysisPlan:
    """The plan for some videos.

    Args:
        options: Of the command.
        out: The folder of all results.
        paths: The videos.
        entries: The analyzers.
        classifiers: The classifiers of ``--model``.
        shot_weights: The shot detector of ``--model``; None for the shipped one.
        is_stdin: Whether the video came on stdin.
    """
    model_tracks = classifiers.describe() if classifiers else {}
    result_options: dict[str, str | float | int | bool | None] = {
        "keyframes": options.keyframes,
        "min_shot": options.min_shot,
        "sensitivity": options.sensitivity,
        "split": options.split,
        "overlay": options.overlay,
        **model_tracks,
        **({"shots": shot_weights.description} if shot_weights else {}),
    }
    version = importlib.metadata.version("reelwise")
    num_cores = options.threads or available_processors()
    # A decoder and the analyzers keep two cores busy, so half as many videos as cores run side by side.
    num_files = max(1, min(len(paths), num_cores // 2))
    return AnalysisPlan(
        entries=entries,
        classifiers=classifiers,
        setup=Setup(
            (1, 1),
            sensitivity=options.sensitivity,
            min_shot=options.min_shot,
            keyframes=options.keyframes,
            shot_weights=shot_weights,
        ),
        tool=Tool("reelwise", version, (*(entry.name for entry in entries), *model_tracks), result_options),
        out=out,
        folders=folder_names(paths),
        scratch=cache_root(options.cache_dir),
        copies=(CLIPS,) * options.split + (OVERLAY,) * options.overlay,
        is_stdin=is_stdin,
        growth=_growth(paths[0], is_stdin=is_stdin) if options.follow else None,
        num_files=num_files,
        num_threads=_NUM_THREADS if num_files == 1 and num_cores > 1 and not options.follow else 1,
    )


def _growth(path: Path, *, is_stdin: bool) -> Growth:
    """The end of stdin is certain, however long it stands still; a file ends when nobody writes to it any more."""
    return Growth(open_mark=open_mark_of(path)) if is_stdin else Growth(idle_seconds=FOLLOW_SECONDS)


def folder_names(paths: Sequence[Path]) -> dict[Path, str]:
    """A folder for each video, named after the file; of equal names the later ones get -2, -3, ….

    Example:
        >>> folder_names([Path("a/film.mp4"), Path("b/film.avi"), Path("b/.hidden.mp4")])
        {PosixPath('a/film.mp4'): 'film', PosixPath('b/film.avi'): 'film-2', PosixPath('b/.hidden.mp4'): '_hidden'}
    """
    folded_names: set[str] = set()
    names: dict[Path, str] = {}
    for path in paths:
        stem = "".join(c if _is_harmless(c) else "_" for c in path.stem)[:_MAX_NAME].rstrip(". ") or "video"
        stem = f"_{stem[1:]}" if stem.startswith(".") else stem
        name, number = stem, 1
        while name.casefold() in folded_names:  # file systems that ignore case have one folder for both
            number += 1
            name = f"{stem}-{number}"
        folded_names.add(name.casefold())
        names[path] = name
    return names


def _is_harmless(character: str) -> bool:
    return character not in '<>:"/\\|?*' and not unicodedata.category(character).startswith("C")
