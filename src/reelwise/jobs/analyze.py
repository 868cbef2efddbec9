"""The analysis of whole videos: what happens when, one folder per video."""

import json
import signal
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reelwise.analysis.catalogue import choose_analyzers
from reelwise.analysis.document import read_analysis
from reelwise.analysis.results import Analysis, LiveItem
from reelwise.analysis.shots.weights import SUFFIX, DetectorWeights, load_weights
from reelwise.cache.folder import cache_root
from reelwise.cache.scratch import scratch_folder
from reelwise.core.errors import CacheError, Interruption, UsageError, VideoError
from reelwise.core.files import file_sha256, write_json
from reelwise.core.progress import Progress
from reelwise.jobs.analyses.actions import NO_MODELS, Classifiers
from reelwise.jobs.analyses.one_video import write_derived, write_page
from reelwise.jobs.analyses.plan import FOLLOW_SECONDS, AnalysisPlan, make_plan
from reelwise.jobs.analyses.side_by_side import Outcome, analyze_side_by_side, count_items
from reelwise.jobs.analyses.stdin import STDIN, spooled_stdin
from reelwise.jobs.documents import Analyses, AnalyzedVideo
from reelwise.jobs.runs.inputs import expand_inputs
from reelwise.jobs.runs.option_checks import check_numbers
from reelwise.jobs.runs.options import AnalyzeOptions
from reelwise.reports.timeline import TIMELINE

if TYPE_CHECKING:
    from reelwise.inference.model import Model

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
    def pages(self) -> tuple[Path, ...]:
        """The timeline.html of each video that could be used, in their order."""
        folders = (video["folder"] for video in self.index["videos"])
        return tuple(self.path / safe_name(folder) / TIMELINE for folder in folders if folder is not None)

    def to_html(self, path: str | Path) -> Path:
        """Write the page of the one video to another place, with its link to the video as seen from there.

        It is a method of the run and not of :class:`Analysis`: the page shows pictures and curves, which lie in the
        folder, and an Analysis is plain data that knows no folder.

        Args:
            path: A file that is not there yet, such as ``timeline.html``.

        Returns:
            The path.

        Raises:
            UsageError: The file exists or does not end in .html, or the run has not one usable video.
            DataError: The analysis.json is damaged.
            CacheError: The page cannot be written.
        """
        path = Path(path)
        if path.suffix.lower() not in (".html", ".htm") or path.exists():
            problem = "is there already" if path.exists() else "is no name of a web page"
            raise UsageError(f"{path}: {problem}.", hint="Choose a new name that ends in .html.")
        if len(self.pages) != 1:
            hint = "Each video has its own page: pages names them."
            raise UsageError(f"to_html takes a run of one video, {len(self.pages)} can be used.", hint=hint)
        try:
            write_page(self.analyses[0], self.pages[0].parent, path)
        except OSError as error:
            raise CacheError(f"{path}: cannot be written: {error.strerror}.", hint="Choose another place.") from None
        return path

    @property
    def has_failures(self) -> bool:
        """Whether a video could not be analyzed."""
        return any(video["status"] != "ok" for video in self.index["videos"])


def analyze_job(
    options: AnalyzeOptions,
    progress: Progress,
    on_item: Callable[[LiveItem], None] | None = None,
    loaded_models: Mapping[Path, "Model"] = NO_MODELS,
) -> AnalyzeRun:
    """Analyze videos; a bad one fails by itself, with its reason in index.json.

    Args:
        options: Of the command.
        progress: Receives what a progress bar shows.
        on_item: Called with each finding as soon as it is certain; None to wait for the whole video.
        loaded_models: Models of ``options.model`` that need not be loaded again, by their path.

    Raises:
        UsageError: Nothing to analyze, an option that makes no sense, or ``out`` is in use.
        CacheError: A result cannot be written (full disk); what was finished stays, and ``resume`` goes on.
    """
    if options.from_analysis is not None:
        check_numbers(options)
        return remake(options, progress)
    if options.out is None or not options.inputs:
        missing = "--out" if options.inputs else "a video"
        raise UsageError(f"{missing} is missing.", hint="Example: reelwise analyze film.mp4 --out film-analysis")
    delivery = _Delivery(is_live=on_item is not None, loaded_models=loaded_models)
    with closing(_analyze(options, options.out, progress, delivery)) as live_items:
        while True:
            try:
                live_item = next(live_items)
            except StopIteration as end:
                return end.value
            if on_item is not None:
                on_item(live_item)


def stream_items(
    options: AnalyzeOptions, progress: Progress, loaded_models: Mapping[Path, "Model"] = NO_MODELS
) -> Generator[LiveItem]:
    """The findings of one video as soon as they are certain; leaving in the middle ends the work.

    Args:
        options: Of the command; without ``out`` nothing is written, and items have no pictures.
        progress: Receives what a progress bar shows.
        loaded_models: Models of ``options.model`` that need not be loaded again, by their path.

    Raises:
        UsageError: An option that makes no sense, or ``out`` is in use.
        VideoError: The video cannot be used.
        CacheError: A result cannot be written.
    """
    if options.from_analysis is not None or options.resume:
        raise UsageError("analyze_stream takes neither from_analysis nor resume.", hint="Use analyze.")
    if options.out is not None:
        delivery = _Delivery(is_live=True, is_single=True, loaded_models=loaded_models)
        yield from _analyze(options, options.out, progress, delivery)
        return
    if options.split or options.overlay:
        raise UsageError("split and overlay write files, and out is missing.", hint="Give a folder as out.")
    with scratch_folder(cache_root(options.cache_dir), "stream") as folder:
        delivery = _Delivery(is_live=True, is_single=True, keeps_folder=False, loaded_models=loaded_models)
        for live_item in _analyze(options, folder / "out", progress, delivery):
            yield replace(live_item, item=replace(live_item.item, picture=None))


@dataclass(frozen=True)
class _Delivery:
    """How results are given, and what the caller has loaded already.

    Args:
        is_live: Each finding as soon as it is certain.
        is_single: There is one video, and what is wrong with it is raised rather than listed.
        keeps_folder: Results are written.
        is_stdin: The video came on stdin, into a file whose name means nothing.
        loaded_models: Models that need not be loaded again, by their path.
    """

    is_live: bool
    is_single: bool = False
    keeps_folder: bool = True
    is_stdin: bool = False
    loaded_models: Mapping[Path, "Model"] = field(default_factory=dict)


def _analyze(
    options: AnalyzeOptions, out: Path, progress: Progress, delivery: _Delivery
) -> Generator[LiveItem, None, AnalyzeRun]:
    check_numbers(options)
    if not STDIN.intersection(options.inputs):
        return (yield from _analyze_files(options, out, progress, delivery))
    if options.resume or len(options.inputs) > 1:
        raise UsageError("- takes no other video and no --resume.", hint="Analyze stdin alone.")
    with spooled_stdin(cache_root(options.cache_dir)) as spool:
        again = replace(options, inputs=(str(spool.path),), follow=not spool.is_whole)
        run = yield from _analyze_files(again, out, progress, replace(delivery, is_stdin=True))
        spool.check()
        if not spool.is_whole:
            progress.warn(f"stdin stood still for {FOLLOW_SECONDS:g} s: what came later is not in the analysis.")
        return run


def _analyze_files(
    options: AnalyzeOptions, out: Path, progress: Progress, delivery: _Delivery
) -> Generator[LiveItem, None, AnalyzeRun]:
    plan, paths = _plan(options, out, delivery)
    videos = _earlier_videos(options, plan, paths)
    waiting = [path for path in paths if plan.name_of(path) not in videos]
    if len(waiting) < len(paths):
        progress.log(f"{len(paths) - len(waiting)} of {len(paths)} videos are finished already.")
    index = _index(plan, paths, videos)
    _write_index(plan.out, index)
    progress.stage("analyze")
    can_resume = not (delivery.is_stdin or delivery.is_single)
    results = analyze_side_by_side(waiting, plan, progress, is_live=delivery.is_live)
    with _interruption(can_resume=can_resume), closing(results):
        for result in results:
            if isinstance(result, LiveItem):
                yield result
                continue
            if delivery.is_single and (problem := result.problem) is not None:
                reason = problem.reason_for(result.path)
                raise VideoError(f"{plan.name_of(result.path)}: {reason}", hint=problem.hint)
            videos[plan.name_of(result.path)] = _video(result, plan)
            index = _index(plan, paths, videos)
            _write_index(plan.out, index)
    return AnalyzeRun(plan.out, index)


@contextmanager
def _interruption(*, can_resume: bool) -> Iterator[None]:
    """Ctrl-C and SIGTERM as the error of a job."""
    try:
        yield
    except KeyboardInterrupt as interrupt:
        number = getattr(interrupt, "signal_number", signal.SIGINT.value)
        hint = "The same command with --resume goes on; finished videos stay." if can_resume else ""
        raise Interruption("the analysis was interrupted.", hint=hint, signal_number=number) from None


def _plan(options: AnalyzeOptions, out: Path, delivery: _Delivery) -> tuple[AnalysisPlan, list[Path]]:
    entries = choose_analyzers(options.do)
    paths = expand_inputs(options.inputs)
    if (options.follow or delivery.is_single) and len(paths) != 1:
        name = "analyze_stream" if delivery.is_single else "--follow"
        raise UsageError(f"{name} takes one video, {len(paths)} were named.", hint="Name one video.")
    if options.split and not any(entry.name == "shots" for entry in entries):
        raise UsageError("--split writes shots, and --do leaves them out.", hint="Add shots to --do.")
    models = _classifiers(options, delivery.loaded_models)
    if options.follow and models is not None:
        models.check_growing()
    weights = _shot_weights(options)
    plan = make_plan(options, out, paths, entries, models, weights, is_stdin=delivery.is_stdin)
    return replace(plan, keeps_folder=delivery.keeps_folder), paths


def _classifiers(options: AnalyzeOptions, loaded_models: Mapping[Path, "Model"]) -> Classifiers | None:
    paths = [path for path in options.model if path.suffix != SUFFIX]
    if not paths:
        if options.window is not None:
            raise UsageError("--window is for classifiers.", hint="Name one with --model, or leave --window out.")
        return None
    return Classifiers(
        paths,
        loaded_models,
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
            analysis = read_analysis(folder)
            video["refused_exports"] = write_derived(analysis, folder)
        except OSError as error:
            raise CacheError(f"{folder}: cannot be written: {error.strerror}.", hint="Free some space.") from None
        video["warnings"] = list(analysis.media.warnings)
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
        "warnings": list(outcome.warnings),
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
    counts, warnings = count_items(analysis), analysis.media.warnings
    return Outcome(path, folder.name, None, counts, warnings, refused_exports, seconds)


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
