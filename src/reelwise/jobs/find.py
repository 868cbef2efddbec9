"""Which videos hold a clip, and where."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from reelwise.analysis.similarity.matches import Passage, find_passages
from reelwise.analysis.similarity.print_store import PrintStore
from reelwise.analysis.similarity.prints import Print
from reelwise.analysis.similarity.results import ClipFacts, Match, Matches, MatchSpan, UnsearchedVideo
from reelwise.cache.content_hashes import ContentIndex
from reelwise.cache.folder import cache_root
from reelwise.cache.print_cache import PrintCache
from reelwise.core.backend import available_processors
from reelwise.core.errors import UsageError, VideoError
from reelwise.core.files import cannot_write
from reelwise.core.local_paths import not_a_file
from reelwise.core.progress import Progress
from reelwise.jobs.runs.folder import claim_file
from reelwise.jobs.runs.frame_rate import check_frame_rate, with_frame_rate
from reelwise.jobs.runs.inputs import expand_inputs
from reelwise.jobs.runs.option_checks import check_numbers
from reelwise.jobs.runs.options import FindOptions
from reelwise.media.frame_folders import is_frame_folder

_TICK_SECONDS = 0.2
"""How often the caller looks for Ctrl-C and a stop."""


@with_frame_rate
def find_job(options: FindOptions, progress: Progress) -> Matches:
    """Search videos for a clip; one that cannot be used is left out, with its reason.

    Args:
        options: The clip, and where to search.
        progress: Told how many videos are described.

    Raises:
        UsageError: There is nothing to search, or ``out`` is no new page.
        VideoError: The clip cannot be used.
        CacheError: A print cannot be kept, or the page cannot be written.
    """
    check_numbers(options)
    _check_out(options.out)
    clip_path = options.clip
    if not (clip_path.is_file() or is_frame_folder(clip_path)):
        raise UsageError(not_a_file(clip_path), hint="The clip comes first, then where to search.")
    if not options.inputs:
        raise UsageError("There is nothing to search.", hint="Example: reelwise find clip.mp4 films/")
    # A video always holds itself.
    paths = [path for path in expand_inputs(options.inputs) if not (path.exists() and path.samefile(clip_path))]
    check_frame_rate(options, [clip_path, *paths], progress)
    with claim_file(options.out):
        return _find(options, paths, progress)


def _find(options: FindOptions, paths: list[Path], progress: Progress) -> Matches:
    clip_path, root = options.clip, cache_root(options.cache_dir)
    work = _Prints(PrintStore(PrintCache(root, options.cache_gb)), ContentIndex(root / "content.json"))
    progress.stage("describe")
    work.make(clip_path, paths, options.threads or available_processors(), progress)
    clip, films = work.clip, [path for path in paths if path in work.films]
    progress.stage("search")
    passages = find_passages(clip, [work.films[path] for path in films], min_score=options.min_score)
    input_paths = {Path(text) for text in options.inputs}
    matches = Matches(
        clip=ClipFacts(str(clip_path), len(clip), clip.duration),
        num_videos=len(films),
        num_videos_with_clip=len({passage.film for passage in passages}),
        num_matches=len(passages),
        matches=tuple(
            _match(passage, clip, films[passage.film], work.films[films[passage.film]])
            for passage in passages[: options.top]
        ),
        failures=tuple(
            UnsearchedVideo(str(path), work.errors[path], path in input_paths) for path in paths if path in work.errors
        ),
    )
    if options.out is not None:
        _write_page(options.out, matches, progress)
    return matches


@dataclass
class _Prints:
    """The prints of a clip and of videos, made side by side."""

    store: PrintStore
    contents: ContentIndex
    films: dict[Path, Print] = field(default_factory=dict)
    errors: dict[Path, str] = field(default_factory=dict)
    _clip: Print | None = None
    _stop: threading.Event = field(default_factory=threading.Event)
    _shares: dict[Path, float] = field(default_factory=dict)
    _num_frames: dict[Path, int] = field(default_factory=dict)

    @property
    def clip(self) -> Print:
        """The clip, once ``make`` is done."""
        if self._clip is None:
            raise RuntimeError("the prints are not made")
        return self._clip

    def make(self, clip_path: Path, paths: list[Path], num_threads: int, progress: Progress) -> None:
        """Make all of them.

        Raises:
            VideoError: The clip cannot be used.
            CacheError: A print cannot be kept.
        """
        with ThreadPoolExecutor(num_threads) as pool:
            try:
                clip = pool.submit(copy_context().run, self._make, clip_path, self.store.clip)
                films = {pool.submit(copy_context().run, self._make, path, self.store.film): path for path in paths}
                self._collect(clip, films, progress)
            finally:
                self._stop.set()
                pool.shutdown(cancel_futures=True)
        self.contents.save()

    def _collect(self, clip: Future[Print], films: dict[Future[Print], Path], progress: Progress) -> None:
        waiting: set[Future[Print]] = {clip, *films}
        while waiting:
            done, waiting = wait(waiting, _TICK_SECONDS, FIRST_COMPLETED)
            for future in done:
                if future is clip:
                    self._clip = future.result()
                    continue
                try:
                    self.films[films[future]] = future.result()
                except VideoError as error:
                    path = films[future]
                    self.errors[path] = f"{error.reason_for(path)} {error.hint}".strip()
            note = f"{sum(self._num_frames.copy().values()):,} frames decoded"
            num_done = len(self.films) + len(self.errors) + (self._clip is not None)
            running = sum(share for path, share in self._shares.copy().items() if path not in self.films)
            progress.update(round(min(num_done + running, len(films) + 1), 2), len(films) + 1, "videos", note)

    def _make(self, path: Path, make: Callable[..., Print]) -> Print:
        def note(share: float, num_frames: int) -> None:
            if self._stop.is_set():
                raise VideoError(f"{path}: stopped.")
            self._shares[path], self._num_frames[path] = share, num_frames

        note(0.0, 0)
        video_print = make(path, self.contents.content(path), note)
        self._shares.pop(path, None)
        return video_print


def _match(passage: Passage, clip: Print, path: Path, film: Print) -> Match:
    return Match(
        file=str(path),
        score=round(passage.score, 4),
        speed=round(passage.speed, 4),
        is_mirrored=passage.is_mirrored,
        clip=_span(clip, passage.clip_frames, passage.clip_share),
        video=_span(film, passage.film_frames, passage.film_share),
    )


def _span(video: Print, frames: tuple[int, int], share: float) -> MatchSpan:
    start, end = (video.clock.moment(frame) for frame in frames)
    return MatchSpan(start, end, round(share, 4))


def _check_out(out: Path | None) -> None:
    if out is None:
        return
    if out.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"{out}: --out writes a web page.", hint="Choose a name that ends in .html.")
    if out.exists():
        raise UsageError(f"{out}: exists, and nothing is ever overwritten.", hint="Choose another name.")


def _write_page(out: Path, matches: Matches, progress: Progress) -> None:
    from reelwise.reports.matches_page import write_matches_page

    progress.stage("pictures")
    pictures = _pictures_of(matches)
    try:
        write_matches_page(out, matches, pictures)
    except OSError as error:
        raise cannot_write(out, error) from None


def _pictures_of(matches: Matches) -> dict[tuple[str, int], np.ndarray]:
    """The middle frame of every passage, by file and frame; each video is decoded once more, as far as needed."""
    frames_by_file: dict[str, set[int]] = {}
    for match in matches.matches:
        for file, span in ((matches.clip.file, match.clip), (match.file, match.video)):
            frames_by_file.setdefault(file, set()).add(span.middle_frame)
    return {
        (file, frame): picture for file, frames in frames_by_file.items() for frame, picture in _pictures(file, frames)
    }


def _pictures(file: str, frames: set[int]) -> Iterator[tuple[int, np.ndarray]]:
    from reelwise.analysis.analyzer import PREVIEW
    from reelwise.media.requests.stream import StreamTask
    from reelwise.media.stream import VideoStream

    last = max(frames)
    with VideoStream(StreamTask(Path(file), (PREVIEW,))) as stream:
        for frame in stream:
            if frame.index in frames:
                yield frame.index, frame.pictures[0].copy()
            if frame.index >= last:
                return
