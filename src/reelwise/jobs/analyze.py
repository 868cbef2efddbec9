"""The analysis of whole videos: what happens when, one folder per video."""

import json
import signal
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from reelwise.analysis.analyzer import AnalyzerEntry
from reelwise.analysis.catalogue import choose_analyzers
from reelwise.analysis.document import read_analysis
from reelwise.analysis.results import Analysis
from reelwise.analysis.shots.weights import SUFFIX, DetectorWeights, load_weights
from reelwise.cache.folder import cache_root
from reelwise.core.errors import CacheError, Interruption, UsageError
from reelwise.core.files import file_sha256, write_json
from reelwise.core.progress import Progress
from reelwise.jobs.analyses.actions import Classifiers
from reelwise.jobs.analyses.one_video import write_derived
from reelwise.jobs.analyses.plan import FOLLOW_SECONDS, AnalysisPlan, make_plan
from reelwise.jobs.analyses.side_by_side import LiveItem, Outcome, analyze_side_by_side, count_items
from reelwise.jobs.analyses.stdin import STDIN, spooled_stdin
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
    def analyses(self) -> tuple[Analysis, ...]:
        """The analyses of the videos that could be used, in their order; read from disk."""
        folders = (video["folder"] for video in self.index["videos"])
        return tuple(read_analysis(self.path / safe_name(folder)) for folder in folders if folder is not None)

    @property
    def has_failures(self) -> bool:
        """Whether a video could not be analyzed."""
        return any(video["status"] != "ok" for video in self.index["videos"])


def analyze_job(
    options: AnalyzeOptions, progress: Progress, on_item: Callable[[LiveItem], None] | None = None
) -> AnalyzeRun:
    """Analyze videos; a bad one fails by itself, with its reason in index.json.

    Args:
        options: Of the command.
        progress: Receives what a progress bar shows.
        on_item: Called with each finding as soon as it is certain; None to wait for the whole video.

    Raises:
        UsageError: Nothing to analyze, an option that makes no sense, or ``out`` is in use.
        CacheError: A result cannot be written (full disk); what was finished stays, and ``resume`` goes on.
    """
    check_numbers(options)
    if options.from_analysis is not None:
        return remake(options, progress)
    if options.out is None or not options.inputs:
        missing = "--out" if options.inputs else "a video"
        raise UsageError(f"{missing} is missing.", hint="Example: reelwise analyze film.mp4 --out film-analysis")
    entries = choose_analyzers(options.do)
    if STDIN.intersection(options.inputs):
        if options.resume or len(options.inputs) > 1:
            raise UsageError("- takes no other video and no --resume.", hint="Analyze stdin alone.")
        with spooled_stdin(cache_root(options.cache_dir)) as spool:
            again = replace(options, inputs=(str(spool.path),), follow=not spool.is_whole)
            run = _analyze(again, options.out, entries, progress, on_item, is_stdin=True)
            spool.check()
            if not spool.is_whole:
                progress.warn(f"stdin stood still for {FOLLOW_SECONDS:g} s: what came later is not in the analysis.")
            return run
    return _analyze(options, options.out, entries, progress, on_item)


def _analyze(
    options: AnalyzeOptions,
    out: Path,
    entries: tuple[AnalyzerEntry, ...],
    progress: Progress,
    on_item: Callable[[LiveItem], None] | None,
    *,
    is_stdin: bool = False,
) -> AnalyzeRun:
    paths = expand_inputs(options.inputs)
    if options.follow and len(paths) != 1:
        raise UsageError(f"--follow takes one video, {len(paths)} were named.", hint="Name one video.")
    if options.split and not any(entry.name == "shots" for entry in entries):
        raise UsageError("--split writes shots, and --do leaves them out.", hint="Add shots to --do.")
    models = _classifiers(options)
    if options.follow and models is not None:
        models.check_growing()
    plan = make_plan(options, out, paths, entries, models, _shot_weights(options), is_stdin=is_stdin)
    videos = _earlier_videos(options, plan, paths)
    waiting = [path for path in paths if plan.name_of(path) not in videos]
    if len(waiting) < len(paths):
        progress.log(f"{len(paths) - len(waiting)} of {len(paths)} videos are finished already.")
    index = _index(plan, paths, videos)
    _write_index(plan.out, index)
    progress.stage("analyze")
    try:
        with closing(analyze_side_by_side(waiting, plan, progress, on_item)) as outcomes:
            for outcome in outcomes:
                videos[plan.name_of(outcome.path)] = _video(outcome, plan)
                index = _index(plan, paths, videos)
                _write_index(plan.out, index)
    except KeyboardInterrupt as interrupt:
        number = getattr(interrupt, "signal_number", signal.SIGINT.value)
        hint = "" if is_stdin else "The same command with --resume goes on; finished videos stay."
        raise Interruption("the analysis was interrupted.", hint=hint, signal_number=number) from None
    return AnalyzeRun(plan.out, index)


def _classifiers(options: AnalyzeOptions) -> Classifiers | None:
    paths = [path for path in options.model if path.suffix != SUFFIX]
    if not paths:
        if options.window is not None:
            raise UsageError("--window is for classifiers.", hint="Name one with --model, or leave --window out.")
        return None
    return Classifiers(
        paths,
        window=options.window,
        backend=options.backend,
        threads=options.threads,
        cache_dir=options.cache_dir,
    )


def _shot_weights(options: AnalyzeOptions) -> DetectorWeights | None:
    paths = [path for path in options.model if path.suffix == SUFFIX]
    if len(paths) > 1:
        raise UsageError("--model names two shot detectors.", hint="Name one: each boundary is found once.")
    return load_weights(paths[0]) if paths else None


def remake(options: AnalyzeOptions, progress: Progress) -> AnalyzeRun:
    """Make exports and page again from what is there; nothing is decoded.

    Raises:
        UsageError: Options that need the video, or no analysis is there.
        DataError: An analysis.json is damaged.
        CacheError: A file cannot be written.
    """
    source = options.from_analysis
    if source is None or options.inputs or options.out is not None:
        raise UsageError("--from takes neither videos nor --out.", hint="It writes into the folder that it reads.")
    source = source.resolve()  # the folder of a video may be named by a dot
    is_one = (source / "analysis.json").is_file()
    out = source.parent if is_one else source
    index = read_index(out)
    if index is None:
        raise UsageError(f"{source}: holds no analysis.", hint="Name the --out of an earlier analyze.")
    progress.stage("write")
    videos = [v for v in index["videos"] if v["folder"] and (not is_one or v["folder"] == source.name)]
    for number, video in enumerate(videos, 1):
        folder = out / safe_name(str(video["folder"]))
        try:
            video["refused_exports"] = write_derived(read_analysis(folder), folder)
        except OSError as error:
            raise CacheError(f"{folder}: cannot be written: {error.strerror}.", hint="Free some space.") from None
        progress.update(number, len(videos), "videos")
    _write_index(out, index)
    return AnalyzeRun(out, index)


def safe_name(folder: str) -> str:
    """The name of a folder in an index.json, which a stranger may have written.

    Raises:
        UsageError: It leads out of the folder that index.json lies in.
    """
    if Path(folder).name != folder or folder in ("", ".", ".."):
        raise UsageError(f"index.json names the folder {folder[:60]!r}, which is not beside it.", hint="Analyze again.")
    return folder


def _write_index(out: Path, index: Analyses) -> None:
    try:
        write_json(out / INDEX, index)
    except OSError as error:
        raise CacheError(f"{out / INDEX}: cannot be written: {error.strerror}.", hint="Free some space.") from None


def _index(plan: AnalysisPlan, paths: Sequence[Path], videos: dict[str, AnalyzedVideo]) -> Analyses:
    names = [plan.name_of(path) for path in paths]
    done = [videos[name] for name in names if name in videos]
    return {"schema": "reelwise/analyses/1", "tool": plan.tool_document(), "videos": done}


def _video(outcome: Outcome, plan: AnalysisPlan) -> AnalyzedVideo:
    return {
        "file": plan.name_of(outcome.path),
        "status": "failed" if outcome.error else "ok",
        "error": outcome.error or None,
        "folder": None if outcome.error else outcome.folder,
        "found": outcome.counts,
        "refused_exports": outcome.refused_exports,
        "seconds": round(outcome.seconds, 3),
    }


def _earlier_videos(options: AnalyzeOptions, plan: AnalysisPlan, paths: Sequence[Path]) -> dict[str, AnalyzedVideo]:
    """Videos of an earlier run that need not be looked at again: with ``--resume`` those that are whole.

    Raises:
        UsageError: The folder is in use, or was made by another command.
    """
    out = plan.out
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
    lines = {video["file"]: video for video in index["videos"]}
    outcomes = (_earlier_outcome(path, plan, lines.get(str(path))) for path in paths)
    return {str(outcome.path): _video(outcome, plan) for outcome in outcomes if outcome}


def _earlier_outcome(path: Path, plan: AnalysisPlan, line: AnalyzedVideo | None) -> Outcome | None:
    """A video whose folder is whole: a kill can come between the folder and its line in index.json."""
    folder = plan.out / plan.folders[path]
    if not folder.exists():
        return None
    analysis = read_analysis(folder)
    if analysis.media.file != plan.file_of(path) or analysis.tool != plan.tool:
        hint = "Give the same videos in the same order, or choose another folder."
        raise UsageError(f"{folder}: is the analysis of another video.", hint=hint)
    if path.is_file() and file_sha256(path) != analysis.media.sha256:
        raise UsageError(f"{path}: has changed since it was analyzed.", hint="Choose another folder.")
    refused_exports, seconds = (line["refused_exports"], line["seconds"]) if line else ({}, 0.0)
    return Outcome(path, folder.name, "", count_items(analysis), refused_exports, seconds)


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
