"""The analysis of one video, from the file to its folder."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from reelwise.analysis.actions import action_entry
from reelwise.analysis.assemble import SIGNALS, assemble, item_of
from reelwise.analysis.document import read_analysis
from reelwise.analysis.engine import PassResult, VideoPass, run_pass
from reelwise.analysis.folder import AnalysisFolder, read_arrays
from reelwise.analysis.formats.exports import write_exports
from reelwise.analysis.formats.format import FormatError
from reelwise.analysis.pictures import PictureStore
from reelwise.analysis.results import Analysis, Item
from reelwise.cache.scratch import scratch_folder
from reelwise.core.errors import VideoError
from reelwise.jobs.analyses.copies import VideoCopy, write_copies
from reelwise.jobs.analyses.index import unwritable, when_full
from reelwise.jobs.analyses.plan import STDIN_NAME, AnalysisPlan
from reelwise.media.frame_folders import content_bytes, content_sha256
from reelwise.reports.timeline import TIMELINE, relative_link, write_timeline


@dataclass(frozen=True)
class VideoResult:
    """What is known of one video, and what was written about it.

    Args:
        analysis: As in analysis.json.
        refused_exports: Why a format cannot hold it, by the name of the format.
        copy_problem: Why a copy could not be written; the analysis is whole all the same.
        silent_copies: Why copies have no sound where the video has a track, as sentences.
    """

    analysis: Analysis
    refused_exports: dict[str, str]
    copy_problem: VideoError | None = None
    silent_copies: tuple[str, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was odd: with the video, then with its copies, each thing once."""
        before = self.analysis.media.warnings
        reasons = [reason for reason in self.silent_copies if f"sound: {reason}" not in before]
        return (*before, *(f"sound: left out of clips and overlay: {reason}" for reason in reasons))


@dataclass(frozen=True)
class VideoProgress:
    """How far the work on one video is.

    Args:
        share: Of the step that is being done, in [0, 1].
        num_frames: That this step has seen so far.
        total_frames: That it will see; 0 where the number is not known yet.
        copy: What is being written; None while the video is analyzed.
    """

    share: float
    num_frames: int
    total_frames: int = 0
    copy: VideoCopy | None = None


def analyze_video(
    path: Path,
    plan: AnalysisPlan,
    on_progress: Callable[[VideoProgress], None],
    on_item: Callable[[str, Item], None] | None = None,
    on_pass: Callable[[VideoPass], None] | None = None,
) -> VideoResult:
    """Analyze one video and write its folder, whole or not at all, then the copies beside the analysis, each likewise.

    Where the folder is there already, an earlier command ended while it wrote copies: only those are written.

    Args:
        path: The video.
        plan: What to do.
        on_progress: Called a few times a second; what it raises ends the work.
        on_item: Called with the name of a track and each of its findings, as soon as it is certain.
        on_pass: Called with the pass before it begins, so that another thread can close it.

    Raises:
        VideoError: The video cannot be used.
        CacheError: A result cannot be written.
    """
    target = plan.out / plan.folders[path]
    try:
        if target.exists():
            result = VideoResult(analysis := read_analysis(target), write_derived(analysis, target))
        else:
            result = _analyze(path, plan, on_progress, on_item, on_pass)
        return _with_copies(result, path, plan, on_progress) if plan.copies else result
    except OSError as error:
        raise unwritable(Path(error.filename or target), error, can_resume=plan.can_resume) from None


def _with_copies(
    result: VideoResult, path: Path, plan: AnalysisPlan, on_progress: Callable[[VideoProgress], None]
) -> VideoResult:
    """Write the copies; one that cannot be written leaves a whole analysis, so that its problem is a result too."""
    note = partial(_note_copy, on_progress, result.analysis.media.num_frames)
    target = plan.out / plan.folders[path]
    try:
        reasons = write_copies(plan.copies, result.analysis, path, target, note, can_resume=plan.can_resume)
    except VideoError as problem:
        return replace(result, copy_problem=problem)
    return replace(result, silent_copies=reasons)


def _note_copy(
    on_progress: Callable[[VideoProgress], None], total_frames: int, copy: VideoCopy, num_frames: int
) -> None:
    on_progress(VideoProgress(min(1.0, num_frames / max(total_frames, 1)), num_frames, total_frames, copy))


def _analyze(
    path: Path,
    plan: AnalysisPlan,
    on_progress: Callable[[VideoProgress], None],
    on_item: Callable[[str, Item], None] | None,
    on_pass: Callable[[VideoPass], None] | None,
) -> VideoResult:
    """Decode a video and write its folder.

    Raises:
        OSError: The disk is full, or the folder cannot be written.
    """

    def note(share: float, num_frames: int) -> None:
        on_progress(VideoProgress(share, num_frames))

    folder = AnalysisFolder(plan.out / plan.folders[path])
    try:
        with scratch_folder(plan.scratch, "analyze") as scratch:
            pictures = PictureStore(folder.pictures, when_full=when_full(can_resume=plan.can_resume))
            models = plan.classifiers.for_video(path, scratch) if plan.classifiers else ()
            entries = (*plan.entries, *map(action_entry, models))
            # Findings that were handed out cannot be taken back, as they are where several threads meet damage.
            num_threads = plan.num_threads if on_item is None else 1
            video_pass = VideoPass(
                path,
                entries,
                replace(plan.setup, scratch=scratch),
                pictures,
                num_threads,
                note,
                growth=plan.growth,
                keeps_strip=plan.keeps_folder,
            )
            if on_pass is not None:
                on_pass(video_pass)
            result = run_pass(video_pass) if on_item is None else _run_live(video_pass, pictures, on_item)
        source = {"file": plan.file_of(path), "sha256": _sha256(path), "size_bytes": content_bytes(path)}
        analysis = assemble(result, entries, pictures, plan.tool, source)
        if not plan.keeps_folder:
            folder.discard()
            return VideoResult(analysis, {})
        folder.write(analysis, result.signals, {"pts": result.clock.pts})
        refused_exports = write_derived(analysis, folder.partial)
        folder.finish()
    except BaseException:
        folder.discard()
        raise
    return VideoResult(analysis, refused_exports)


def _run_live(video_pass: VideoPass, pictures: PictureStore, on_item: Callable[[str, Item], None]) -> PassResult:
    for name, finding in video_pass:
        on_item(name, item_of("", finding, video_pass.clock(), pictures))
    return video_pass.result()


def write_derived(analysis: Analysis, folder: Path) -> dict[str, str]:
    """Write what needs no decoding: the page and the exports.

    Args:
        analysis: As in analysis.json.
        folder: That of analysis.json, with pictures and signals.

    Returns:
        Why a format cannot hold it, by the name of the format.

    Raises:
        OSError: The disk is full, or the folder cannot be written.
    """
    # The folder stands beside its place until it is whole, so links out of it are the same.
    write_page(analysis, folder, folder / TIMELINE)
    results = write_exports(analysis, folder)
    return {name: str(result.message) for name, result in results.items() if isinstance(result, FormatError)}


def write_page(analysis: Analysis, folder: Path, path: Path) -> None:
    """Write the page of an analysis.

    Args:
        analysis: As in analysis.json.
        folder: That of analysis.json, with pictures and signals.
        path: Of the page, which links to the video from there.

    Raises:
        OSError: It cannot be written.
    """
    file = analysis.media.file
    link = None if file == STDIN_NAME else relative_link(Path(file), path.parent)
    write_timeline(folder, analysis, _arrays_of(folder), link, path)


def _arrays_of(folder: Path) -> dict[str, np.ndarray]:
    """Signals and times of frames; none where their file is gone or damaged, as a folder from elsewhere may be."""
    try:
        return read_arrays(folder / SIGNALS)
    except (FileNotFoundError, ValueError):
        return {}


def _sha256(path: Path) -> str:
    try:
        return content_sha256(path)
    except OSError as error:
        raise VideoError(f"{path}: went away while it was analyzed ({error.strerror}).", hint="Try again.") from None
