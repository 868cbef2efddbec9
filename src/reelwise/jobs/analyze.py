"""The analysis of whole videos: what happens when, one folder per video."""

import signal
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reelwise.analysis.analyzer import AnalyzerEntry
from reelwise.analysis.catalogue import choose_analyzers
from reelwise.analysis.document import read_analysis
from reelwise.analysis.results import Analysis, LiveItem
from reelwise.analysis.shots.weights import DetectorWeights, detector_path, load_weights
from reelwise.cache.folder import cache_root
from reelwise.cache.scratch import scratch_folder
from reelwise.core.errors import Interruption, UsageError, VideoError
from reelwise.core.progress import Progress
from reelwise.core.short_repr import ShortRepr
from reelwise.jobs.analyses.actions import ACTIONS, NO_MODELS, Classifiers
from reelwise.jobs.analyses.index import IndexWriter, safe_name, unwritable
from reelwise.jobs.analyses.one_video import write_page
from reelwise.jobs.analyses.out_folder import earlier_index, finished_outcomes, other_videos
from reelwise.jobs.analyses.outcome import Outcome
from reelwise.jobs.analyses.plan import AnalysisPlan, make_plan
from reelwise.jobs.analyses.remake import remake
from reelwise.jobs.analyses.side_by_side import analyze_side_by_side
from reelwise.jobs.analyses.stdin import STDIN, spooled_stdin
from reelwise.jobs.documents import Analyses, AnalyzedVideo
from reelwise.jobs.runs.device_notes import naming_device_faults, warn_of_unused_device
from reelwise.jobs.runs.folder_lock import folder_in_use
from reelwise.jobs.runs.frame_rate import check_frame_rate, with_frame_rate, with_frame_rate_at_each_step
from reelwise.jobs.runs.inputs import expand_inputs
from reelwise.jobs.runs.option_checks import check_numbers
from reelwise.jobs.runs.options import AnalyzeOptions
from reelwise.media.frame_folders import is_frame_folder
from reelwise.media.frame_rates import steps_with
from reelwise.reports.timeline import TIMELINE

if TYPE_CHECKING:
    from reelwise.inference.model import Model


@dataclass(frozen=True, repr=False)
class AnalyzeRun(ShortRepr):
    """What `reelwise analyze` wrote.

    Args:
        path: The folder with index.json. Without ``out`` it lies in the cache and lives as long as this run: hold the
            run while you read from the folder.
        index: Its content.
        videos: Those lines of the index that this command is about: the others are of an earlier one.
        has_failures: Whether one of its videos could not be analyzed, or its clips or overlay could not be written.
    """

    path: Path
    index: Analyses
    videos: tuple[AnalyzedVideo, ...]
    has_failures: bool

    def facts(self) -> dict[str, str]:
        """Where it is, and how many videos."""
        num_failed = sum(video["status"] != "ok" for video in self.videos)
        return {"path": str(self.path), "videos": str(len(self.videos)), "failed": str(num_failed)}

    def details(self) -> dict[str, str]:
        """What was found in each video, or why it failed."""
        texts = {}
        for video in self.videos:
            counts = ", ".join(f"{name} {number}" for name, number in video["found"].items())
            texts[video["file"]] = video["error"] or counts or "nothing"
        return texts

    @property
    def analyses(self) -> tuple[Analysis, ...]:
        """The analyses of the videos that could be used, in their order; read from disk.

        One whose clips or overlay could not be written is among them, though its ``status`` is failed.
        """
        return tuple(read_analysis(folder) for folder in self._folders())

    @property
    def pages(self) -> tuple[Path, ...]:
        """The timeline.html of each video that could be used, in their order.

        Without ``out`` they are gone when nothing holds the run any more: ``rw.analyze("film.mp4").pages`` names files
        that are not there. Write ``run = rw.analyze("film.mp4")`` first, or give ``out``.
        """
        return tuple(folder / TIMELINE for folder in self._folders())

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
            raise unwritable(path, error, can_resume=False) from None
        return path

    def _folders(self) -> Iterator[Path]:
        return (self.path / safe_name(folder) for video in self.videos if (folder := video["folder"]) is not None)


@with_frame_rate
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
        return AnalyzeRun(*remake(options, progress), has_failures=False)  # what cannot be made again is raised
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


@with_frame_rate_at_each_step
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
        return run


def _analyze_files(
    options: AnalyzeOptions, out: Path, progress: Progress, delivery: _Delivery
) -> Generator[LiveItem, None, AnalyzeRun]:
    plan, paths = _plan(options, out, progress, delivery)
    with folder_in_use(out):
        before = earlier_index(plan, resume=options.resume)
        index_writer = IndexWriter(plan, paths, other_videos(before, plan))
        for outcome in finished_outcomes(before, plan, paths):
            index_writer.note(outcome)
        index_writer.announce(progress)
        index_writer.write()
        progress.stage("analyze")
        results = analyze_side_by_side(index_writer.waiting(), plan, progress, is_live=delivery.is_live)
        results = results if plan.classifiers is None else steps_with(plan.classifiers.frame_rates(), results)
        with _interruption(can_resume=plan.can_resume), closing(results):
            yield from _collect(results, index_writer, is_single=delivery.is_single)
        videos = index_writer.videos()
        has_failures = any(video["status"] != "ok" for video in videos)
        return AnalyzeRun(out, index_writer.index(), videos, has_failures)


def _collect(
    results: Iterator[Outcome | LiveItem], index_writer: IndexWriter, *, is_single: bool
) -> Iterator[LiveItem]:
    """The findings among the results; each outcome goes to index.json at once."""
    for result in results:
        if isinstance(result, LiveItem):
            yield result
            continue
        index_writer.note(result)
        index_writer.write()
        if is_single and (problem := result.problem) is not None:
            reason = problem.reason_for(result.path)
            raise VideoError(f"{index_writer.name_of(result.path)}: {reason}", hint=problem.hint)


@contextmanager
def _interruption(*, can_resume: bool) -> Iterator[None]:
    """Ctrl-C and SIGTERM as the error of a job."""
    try:
        yield
    except KeyboardInterrupt as interrupt:
        number = getattr(interrupt, "signal_number", signal.SIGINT.value)
        hint = "The same command with --resume goes on; finished videos stay." if can_resume else ""
        raise Interruption("the analysis was interrupted.", hint=hint, signal_number=number) from None


def _plan(
    options: AnalyzeOptions, out: Path, progress: Progress, delivery: _Delivery
) -> tuple[AnalysisPlan, list[Path]]:
    entries, does_actions = _analyzers_of(options.do)
    paths = expand_inputs(options.inputs)
    if (options.follow or delivery.is_single) and len(paths) != 1:
        name = "analyze_stream" if delivery.is_single else "--follow"
        raise UsageError(f"{name} takes one video, {len(paths)} were named.", hint="Name one video.")
    if options.split and not any(entry.name == "shots" for entry in entries):
        raise UsageError("--split writes shots, and --do leaves them out.", hint="Add shots to --do.")
    check_frame_rate(options, paths, progress)
    models = _classifiers(options, progress, delivery.loaded_models)
    if does_actions and models is None:
        hint = "Name one with --model, such as the run folder of a training."
        raise UsageError("--do actions needs a trained classifier.", hint=hint)
    if models is not None and any(map(is_frame_folder, paths)):
        models.frame_rates()  # refuses those that differ
    if options.follow and models is not None:
        models.check_growing()
    weights = _shot_weights(options)
    plan = make_plan(options, out, paths, entries, models, weights, is_stdin=delivery.is_stdin)
    can_resume = not (delivery.is_stdin or delivery.is_single)
    return replace(plan, keeps_folder=delivery.keeps_folder, can_resume=can_resume), paths


def _analyzers_of(do: str | None) -> tuple[tuple[AnalyzerEntry, ...], bool]:
    """The analyzers of ``--do``, and whether it names the track of a classifier, which --model brings."""
    names = [name.strip() for name in do.split(",")] if do is not None else []
    others = [name for name in names if name != ACTIONS]
    if ACTIONS in names and not any(others):
        return (), True
    return choose_analyzers(None if do is None else ",".join(others)), ACTIONS in names


def _classifiers(
    options: AnalyzeOptions, progress: Progress, loaded_models: Mapping[Path, "Model"]
) -> Classifiers | None:
    paths = [path for path in options.model if detector_path(path) is None]
    if not paths:
        if options.window is not None:
            raise UsageError("--window is for classifiers.", hint="Name one with --model, or leave --window out.")
        return None
    warn_of_unused_device(progress, options.device)
    with naming_device_faults():
        return Classifiers(
            paths,
            loaded_models,
            window=options.window,
            backend=options.backend,
            threads=options.threads,
            cache_dir=options.cache_dir,
            device=options.device,
        )


def _shot_weights(options: AnalyzeOptions) -> DetectorWeights | None:
    paths = [file for path in options.model if (file := detector_path(path)) is not None]
    if len(paths) > 1:
        raise UsageError("--model names two shot detectors.", hint="Name one: each boundary is found once.")
    return load_weights(paths[0]) if paths else None
